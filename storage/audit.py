"""The audit log takes an entry in the transaction of what it records, and gives none back.

A leaf is the entry as canonical JSON (RFC 8785). Where one writer at a time has the database, the
entry becomes a leaf in that transaction; where several write, it waits in a queue row, committed
with what it records, until `storage.sequencer` puts it into the tree.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from models.audit import AuditEntry
from models.errors import AuditBrokenError
from storage.high_water import HighWater
from storage.merkle import Frontier, leaf_hash
from storage.prepared import Prepared
from storage.shape import code
from storage.tables.audit import CHECKPOINTS, HEAD, LEAVES, QUEUE
from storage.transaction import Transaction

_PENDING = "audit-pending"
_LEAVE = Prepared(insert(LEAVES).inline(), "position", "at", "object_id", "body", "hash")
_WAIT = Prepared(insert(QUEUE).inline(), "at", "object_id", "body")
_READ = Prepared(select(HEAD.c.size, HEAD.c.frontier))
_GROW = Prepared(
    update(HEAD).values(size=bindparam("new_size"), frontier=bindparam("new_frontier"))
)
_BETWEEN = (
    select(LEAVES.c.hash)
    .where(LEAVES.c.position >= bindparam("first"), LEAVES.c.position < bindparam("end"))
    .order_by(LEAVES.c.position)
)
_CANONICAL = json.JSONEncoder(
    separators=(",", ":"), ensure_ascii=False, check_circular=False
).encode
"""Writes an object whose keys come in order already."""

_LARGEST = 65_535
"""Bytes: the most that a tile of the published log can hold of one leaf."""


class AuditLog:
    """The log, as one transaction sees it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def append(self, entry: AuditEntry) -> None:
        """Append an entry: it is written at the end of the transaction, or that fails whole.

        Raises `ConstraintError` if a field holds anything but an id or a code, or if the
        transaction only reads.
        """
        self._tx.require_writable()
        for text, what in (
            (entry.event_id, "the event's id"),
            (entry.actor, "the actor"),
            (entry.object_id, "the object's id"),
        ):
            code(text, what)
        for text, what in ((entry.code, "the code"), (entry.commitment, "the commitment")):
            if text:
                code(text, what)
        body = leaf_body(entry).decode()
        row = {"at": entry.at, "object_id": entry.object_id, "body": body}
        if _PENDING not in self._tx.memo:
            self._tx.memo[_PENDING] = []
            self._tx.before_commit(self._write)
        self._tx.memo[_PENDING].append(row)

    def entries(self, object_id: str | None = None) -> list[AuditEntry]:
        """Return the entries in order, of one case or other object if named.

        Raises `AuditBrokenError` if one cannot be read.
        """
        bodies: list[str] = []
        for table, order in ((LEAVES, LEAVES.c.position), (QUEUE, QUEUE.c.qid)):
            query = select(table.c.body).order_by(order)
            if object_id is not None:
                query = query.where(table.c.object_id == object_id)
            bodies += self._tx.execute(query).scalars()
        bodies += [row["body"] for row in self._pending if object_id in (None, row["object_id"])]
        try:
            return [AuditEntry.model_validate_json(body) for body in bodies]
        except ValueError as exc:
            raise AuditBrokenError("an entry of the audit log cannot be read") from exc

    @property
    def size(self) -> int:
        """How many entries there are, those that still wait for the tree included."""
        waiting = self._tx.execute(select(func.count()).select_from(QUEUE)).scalar_one()
        return read_frontier(self._tx).size + int(waiting) + len(self._pending)

    @property
    def _pending(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._tx.memo.get(_PENDING, [])
        return found

    def _write(self) -> None:
        rows = self._tx.memo.pop(_PENDING)
        if self._tx.alone:
            grow(self._tx, rows)
        else:
            self._tx.run(_WAIT, rows)


def grow(tx: Transaction, rows: Sequence[dict[str, Any]]) -> Frontier:
    """Put entries into the tree, in order, and return its right edge.

    Nobody else grows it meanwhile: the caller sees to that. The high-water mark follows after the
    commit, unless the log as it was is not what it says.
    """
    before = read_frontier(tx)
    frontier, leaves = before, []
    for row in rows:
        digest = leaf_hash(row["body"].encode())
        leaves.append({**row, "position": frontier.size, "hash": digest})
        frontier = frontier.add(digest)
    tx.run(_LEAVE, leaves)
    tx.run(_GROW, {"new_size": frontier.size, "new_frontier": frontier.packed()})
    mark = tx.high_water
    if mark is not None and not mark.doubted and mark.held:
        if _continues(tx, mark, before):
            tx.after_commit(lambda: mark.write(frontier))
        else:
            mark.doubted = True
    return frontier


def leaf_body(entry: AuditEntry) -> bytes:
    """Return the canonical JSON of an entry. Raises `AuditBrokenError` if it is too long."""
    # Of a flat object of strings and small whole numbers, this is RFC 8785; a test compares.
    body = _CANONICAL(
        {
            "action": entry.action,
            "actor": entry.actor,
            "at": entry.at.isoformat().replace("+00:00", "Z"),
            "code": entry.code,
            "commitment": entry.commitment,
            "count": entry.count,
            "event_id": entry.event_id,
            "object_id": entry.object_id,
            "role": entry.role,
        }
    ).encode()
    if len(body) > _LARGEST:
        raise AuditBrokenError("an audit entry is too long")
    return body


def read_frontier(tx: Transaction) -> Frontier:
    """Return the tree's right edge as stored. Raises `AuditBrokenError` if it is damaged."""
    rows = tx.rows(_READ, {})
    if len(rows) != 1:
        raise AuditBrokenError("the head of the audit log is missing")
    row = rows[0]
    try:
        return Frontier.unpack(row.size, row.frontier)
    except ValueError as exc:
        raise AuditBrokenError("the head of the audit log is damaged") from exc


def hashes_between(tx: Transaction, first: int, end: int) -> Iterable[bytes]:
    """Yield the leaf hashes from one position up to another, as stored."""
    return tx.execute(_BETWEEN, {"first": first, "end": end}).scalars()


def newest_time(tx: Transaction) -> datetime | None:
    """Return the newest time that the log bears witness to, or None if it is empty.

    What destroys compares the wall clock with it first.
    """
    times = [
        tx.execute(select(func.max(column))).scalar_one()
        for column in (LEAVES.c.at, QUEUE.c.at, CHECKPOINTS.c.at)
    ]
    return max((time for time in times if time is not None), default=None)


def _continues(tx: Transaction, mark: HighWater, now: Frontier) -> bool:
    """Say whether the log as it stands grew out of what the mark says."""
    try:
        marked = mark.read()
    except AuditBrokenError:
        return False
    if marked is None:
        return now.size == 0
    if marked.size < now.size:
        for digest in hashes_between(tx, marked.size, now.size):
            marked = marked.add(digest)
    return marked == now
