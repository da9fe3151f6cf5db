"""Every SQLite connection is opened with the same settings, each read back and compared.

`storage.postgresql` has the same for PostgreSQL; `transaction` serves both.

On SQLite writers begin with `BEGIN IMMEDIATE`: a transaction that read first and then wants to
write fails under load, whatever the timeout. The library must be 3.51.3 or newer: older ones can
corrupt a database in WAL mode when two processes use it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from weakref import WeakSet

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import Pool, QueuePool

from models.errors import HomeError
from models.ids import CaseId
from storage.faults import wrapped
from storage.postgresql import CASE, WRITES
from storage.prepared import run

OLDEST: Final = (3, 51, 3)
"""First SQLite release without the WAL-reset corruption fault."""

BUSY_MS: Final = 20_000
"""Milliseconds that a writer waits for another one."""


class Journal(StrEnum):
    """How a database keeps its own undo log."""

    WAL = "wal"
    ROLLBACK = "delete"


class Sync(StrEnum):
    """How hard a commit insists that the disk has it. The value is what SQLite reads back."""

    FULL = "2"
    EXTRA = "3"


def sqlite_engine(path: Path, *, journal: Journal, sync: Sync = Sync.FULL) -> Engine:
    """Return an engine on an existing SQLite file; it never creates one.

    Raises `HomeError` here if the library is too old, and at a connection if the file is
    missing, a setting does not hold, or the process was forked while a database was open.
    """
    if sqlite.sqlite_version_info < OLDEST:
        raise HomeError(f"SQLite {sqlite.sqlite_version} is older than 3.51.3")
    uri = f"file:{quote(str(path))}?mode=rw"

    def connect() -> Any:
        if _ABANDONED:
            raise HomeError("this process was forked from one that had a database open")
        try:
            connection = sqlite.connect(
                uri,
                uri=True,
                timeout=BUSY_MS / 1000,
                check_same_thread=False,
                isolation_level=None,
            )
            _configure(connection, journal=journal, sync=sync)
        except sqlite.Error as exc:
            raise HomeError(f"{path.name}: does not open: {exc}") from exc
        return connection

    engine = create_engine(
        "sqlite://",
        creator=connect,
        module=sqlite,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=56,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    _ENGINES.add(engine)
    return engine


@contextmanager
def transaction(
    engine: Engine, database: str, *, writes: bool, case_id: CaseId | None = None
) -> Iterator[Connection]:
    """Open a transaction; it commits at the end and rolls back on any error.

    One that does not write cannot. Writers follow each other, but for those on PostgreSQL that
    name the one case they write to: these run beside those of other cases. Raises what
    `storage.faults.wrapped` says.
    """
    with (
        wrapped(database),
        engine.connect().execution_options(**{WRITES: writes, CASE: case_id}) as connection,
        connection.begin(),
    ):
        yield connection


_ENGINES: Final["WeakSet[Engine]"] = WeakSet()
_ABANDONED: Final[list[Pool]] = []


def _abandon() -> None:
    """After a fork, give up in the child: SQLite's locks are the parent's, its notes of them not.

    The parent's connections are kept, untouched, for to close one in the child could harm it.
    """
    for engine in _ENGINES:
        _ABANDONED.append(engine.pool)
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_abandon)


def _configure(connection: Any, *, journal: Journal, sync: Sync) -> None:
    wanted = {
        "busy_timeout": str(BUSY_MS),
        "journal_mode": str(journal),
        "synchronous": str(sync),
        "secure_delete": "1",
        "foreign_keys": "1",
        "trusted_schema": "0",
        "cell_size_check": "1",
        "temp_store": "2",
        "mmap_size": "0",
    }
    for name, value in wanted.items():
        connection.execute(f"PRAGMA {name}={value}").fetchall()
        found = connection.execute(f"PRAGMA {name}").fetchone()
        if found is None or str(found[0]) != value:
            raise HomeError(f"the database setting {name} does not hold")


def _begin(connection: Connection) -> None:
    writes = bool(connection.get_execution_options().get(WRITES, False))
    if connection.info.get(WRITES) is not writes:
        run(connection, f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.info[WRITES] = writes
    run(connection, "BEGIN IMMEDIATE" if writes else "BEGIN")
