"""What the auditors' entries say is found by index; it is made of the log anew by each process.

A leaf is one text, in which a database finds nothing by who did what. So that a page of a log of
200,000 entries comes at once, entries are copied as they arrive into a database that belongs to
this process, has no name and is gone with it. It proves nothing: the log is verified as it lies.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pysqlite3.dbapi2 as sqlite

from models.audit import AuditAction, AuditEntry
from models.errors import AuditBrokenError
from storage.auditors import AuditorsLog

_BATCH: Final = 5_000
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TABLES: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -65536;
CREATE TABLE entries (
    position INTEGER PRIMARY KEY, at INTEGER NOT NULL, ledger TEXT NOT NULL, action TEXT NOT NULL,
    actor TEXT NOT NULL, object_id TEXT NOT NULL, code TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE months (
    ledger TEXT, month TEXT, action TEXT, count INTEGER NOT NULL,
    PRIMARY KEY (ledger, month, action)) WITHOUT ROWID;
CREATE TABLE parts (
    object_id TEXT, actor TEXT, part TEXT, first INTEGER NOT NULL, last INTEGER NOT NULL,
    count INTEGER NOT NULL, PRIMARY KEY (object_id, actor, part)) WITHOUT ROWID;
"""
_INDEXES: Final = """
CREATE INDEX IF NOT EXISTS by_time ON entries (at);
CREATE INDEX IF NOT EXISTS by_ledger ON entries (ledger, at);
CREATE INDEX IF NOT EXISTS by_ledger_actor ON entries (ledger, actor, at);
CREATE INDEX IF NOT EXISTS by_action ON entries (action, at);
CREATE INDEX IF NOT EXISTS by_actor ON entries (actor, at);
CREATE INDEX IF NOT EXISTS by_actor_action ON entries (actor, action, at);
CREATE INDEX IF NOT EXISTS by_object ON entries (object_id, at);
CREATE INDEX IF NOT EXISTS by_code ON entries (code, at);
CREATE INDEX IF NOT EXISTS parts_by_actor ON parts (actor, object_id, part);
CREATE INDEX IF NOT EXISTS parts_by_part ON parts (part, object_id, actor);
"""
"""Made once everything is in: faster by far than to keep them up row by row."""
_SEEN: Final = """
INSERT INTO parts VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET
    first = min(first, excluded.first), last = max(last, excluded.last), count = count + 1
"""
_MONTH: Final = """
INSERT INTO months VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count
"""


@dataclass(frozen=True, slots=True)
class Numbered:
    """An entry with its number: its place in the log, counted from 0."""

    position: int
    entry: AuditEntry

    @property
    def key(self) -> str:
        """What the page after this entry is asked for by."""
        return f"{_number(self.entry.at)}.{self.position}"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries are asked for; what is empty or None is not asked."""

    ledger: str = ""
    action: str = ""
    actor: str = ""
    object_id: str = ""
    code: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """Before this moment."""


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody did with one case: how often, and when first and last."""

    object_id: str
    actor: str
    part: str
    first: datetime
    last: datetime
    count: int


class LogIndex:
    """The auditors' entries, newest first, and what they come to. Safe to share by threads."""

    def __init__(
        self,
        log: AuditorsLog,
        *,
        ledgers: Mapping[AuditAction, str],
        parts: Mapping[AuditAction, str],
    ) -> None:
        """Take the ledger that an action belongs to, and the part that it gives somebody."""
        self._log = log
        self._ledgers, self._parts = dict(ledgers), dict(parts)
        self._lock = threading.Lock()
        self._database: Any = None
        self._size = 0
        self._unreadable: list[int] = []
        self._crossed: dict[tuple[str, str, int], list[tuple[Part, Part]]] = {}

    @property
    def unreadable(self) -> tuple[int, ...]:
        """The numbers of entries that cannot be read: the log is not what it was."""
        return tuple(self._unreadable)

    def refresh(self) -> int:
        """Take in what was handed over since, and return how many entries there are."""
        with self._lock:
            size = self._log.size()
            if self._database is None or size < self._size:
                self._begin()
            if self._size < size:
                while self._size < size:
                    self._take(self._log.leaves_from(self._size, _BATCH))
                self._database.executescript(_INDEXES)
                self._crossed.clear()
            return self._size

    def entries(self, asked: Asked, *, after: str = "", limit: int) -> list[Numbered]:
        """Return entries newest first, those after a key; none for a key that is none."""
        where, values = _where(asked)
        if after:
            place = _place(after)
            if place is None:
                return []
            where.append("(at, position) < (?, ?)")
            values += place
        query = f"SELECT position, body FROM entries {_all(where)}"  # noqa: S608 - our own words
        rows = self._rows(f"{query} ORDER BY at DESC, position DESC LIMIT ?", *values, limit)
        return [Numbered(at, AuditEntry.model_validate_json(body)) for at, body in rows]

    def at(self, position: int) -> Numbered | None:
        """Return the entry of a number, or None."""
        rows = self._rows("SELECT body FROM entries WHERE position = ?", position)
        return Numbered(position, AuditEntry.model_validate_json(rows[0][0])) if rows else None

    def plan(self, asked: Asked) -> list[str]:
        """Return how the database would find these entries."""
        where, values = _where(asked)
        query = f"SELECT position, body FROM entries {_all(where)}"  # noqa: S608 - our own words
        query = f"EXPLAIN QUERY PLAN {query} ORDER BY at DESC, position DESC LIMIT 1"
        return [row[3] for row in self._rows(query, *values)]

    def months(self, ledger: str) -> dict[str, dict[str, int]]:
        """Return how many entries of each action a month has, as 2026-11, oldest first."""
        query = "SELECT month, action, count FROM months WHERE ledger = ? ORDER BY month, action"
        found: dict[str, dict[str, int]] = {}
        for month, action, count in self._rows(query, ledger):
            found.setdefault(month, {})[action] = count
        return found

    def parts(
        self, *, actor: str = "", object_id: str = "", part: str = "", after: str = "", limit: int
    ) -> list[Part]:
        """Return who did what with which case, by case, person and part; those after a key."""
        asked = (("actor", actor), ("object_id", object_id), ("part", part))
        where = [f"{name} = ?" for name, value in asked if value]
        values: list[object] = [value for _, value in asked if value]
        if after:
            where.append("(object_id, actor, part) > (?, ?, ?)")
            values += [*after.split("~"), "", ""][:3]
        query = f"SELECT * FROM parts {_all(where)} ORDER BY object_id, actor, part LIMIT ?"  # noqa: S608
        return [_part(row) for row in self._rows(query, *values, limit)]

    def both(self, first: str, second: str, *, limit: int) -> list[tuple[Part, Part]]:
        """Return those who have two parts in one case, by case; what was found is kept."""
        query = """
            SELECT one.*, other.* FROM parts AS one JOIN parts AS other
            ON other.object_id = one.object_id AND other.actor = one.actor AND other.part = ?
            WHERE one.part = ? ORDER BY one.object_id, one.actor LIMIT ?
        """
        found = self._crossed.get((first, second, limit))
        if found is None:
            rows = self._rows(query, second, first, limit)
            found = [(_part(row[:6]), _part(row[6:])) for row in rows]
            self._crossed[first, second, limit] = found
        return found

    def _begin(self) -> None:
        if self._database is not None:
            self._database.close()
        # A name of no letters: a database of this connection alone, in a file without a name.
        self._database = sqlite.connect("", check_same_thread=False, isolation_level=None)
        self._database.executescript(_TABLES)
        self._size, self._unreadable = 0, []

    def _take(self, leaves: Sequence[tuple[int, str]]) -> None:
        if not leaves:
            raise AuditBrokenError("entries that were counted are not there")
        rows, parts = [], []
        months: Counter[tuple[str, str, str]] = Counter()
        for position, body in leaves:
            try:
                one = AuditEntry.model_validate_json(body)
            except ValueError:
                self._unreadable.append(position)
                continue
            at, ledger = _number(one.at), self._ledgers.get(one.action, "")
            rows.append(
                (position, at, ledger, one.action, one.actor, one.object_id, one.code, body)
            )
            months[ledger, f"{one.at:%Y-%m}", one.action] += 1
            if part := self._parts.get(one.action):
                parts.append((one.object_id, one.actor, part, at, at))
        run = self._database
        run.execute("BEGIN")
        run.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        run.executemany(_MONTH, [(*key, count) for key, count in months.items()])
        run.executemany(_SEEN, parts)
        run.execute("COMMIT")
        self._size = leaves[-1][0] + 1

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            if self._database is None:
                self._begin()
            return list(self._database.execute(query, values).fetchall())


def _where(asked: Asked) -> tuple[list[str], list[object]]:
    same = (
        # An action is of one ledger: both together would hide the index from the planner.
        ("ledger", "" if asked.action else asked.ledger),
        ("action", asked.action),
        ("actor", asked.actor),
        ("object_id", asked.object_id),
        ("code", asked.code),
    )
    where = [f"{name} = ?" for name, value in same if value]
    values: list[object] = [value for _, value in same if value]
    for moment, relation in ((asked.since, ">="), (asked.until, "<")):
        if moment is not None:
            where.append(f"at {relation} ?")
            values.append(_number(moment))
    return where, values


def _all(where: Sequence[str]) -> str:
    return f"WHERE {' AND '.join(where)}" if where else ""


def _number(at: datetime) -> int:
    return (at - _START) // timedelta(microseconds=1)


def _moment(number: int) -> datetime:
    return _START + timedelta(microseconds=number)


def _part(row: Sequence[Any]) -> Part:
    object_id, actor, part, first, last, count = row
    return Part(object_id, actor, part, _moment(first), _moment(last), count)


def _place(key: str) -> Iterator[int] | None:
    at, _, position = key.partition(".")
    good = all(one.isascii() and one.isdigit() and len(one) <= 18 for one in (at, position))
    return iter((int(at), int(position))) if good else None
