"""The vault opens transactions on the raw database, from any number of threads and processes.

A write waits up to twenty seconds for another. On SQLite the writers of one process queue on a
lock, which is fair where SQLite's own waiting is not.
"""

import copy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from models.errors import ConstraintError, HomeError
from models.ids import CaseId
from storage.engine import BUSY_MS, transaction
from storage.faults import wrapped
from storage.high_water import HighWater
from storage.home import Home
from storage.keyring import KeyRing
from storage.migrate import Database, check
from storage.transaction import Transaction


class Vault:
    """The raw side of a home, as far as a key ring opens it."""

    def __init__(self, home: Home, key_ring: KeyRing) -> None:
        self._home = home
        self._key_ring = key_ring
        self._engine: Engine = home.engine(Database.RAW)
        self._alone = self._engine.dialect.name == "sqlite"
        self._writer = threading.Lock()
        self._busy = threading.local()
        self._last: Callable[[Transaction], None] | None = None
        self._high_water = HighWater(home.root / "audit.mark", key_ring)
        try:
            check(self._engine, Database.RAW, home_id=home.id, mode=str(home.mode))
        except HomeError:
            self._engine.dispose()
            raise

    @property
    def home(self) -> Home:
        """Where everything lies."""
        return self._home

    @property
    def key_ring(self) -> KeyRing:
        """What this process may open."""
        return self._key_ring

    @property
    def high_water(self) -> HighWater:
        """How far the audit log had grown, as noted outside the database."""
        return self._high_water

    @contextmanager
    def write(self, case_id: CaseId | None = None) -> Iterator[Transaction]:
        """Open a transaction that writes; it commits at the end or, on any error, leaves nothing.

        On PostgreSQL a step that names its one case runs beside steps on other cases; what reads
        or writes across cases names none, and has the database to itself.

        Raises `ConstraintError` if this thread has one open already, `HomeError` if the disk is
        full or the database stays busy.
        """
        if getattr(self._busy, "writing", False):
            raise ConstraintError("this thread has a write transaction open already")
        if self._alone and not self._writer.acquire(timeout=BUSY_MS / 1000):
            raise HomeError("raw: the database stays busy")
        try:
            self._busy.writing = True
            with transaction(self._engine, "raw", writes=True, case_id=case_id) as connection:
                tx = Transaction(
                    connection, self._key_ring, writable=True, high_water=self._high_water
                )
                yield tx
                if self._last is not None:
                    self._last(tx)
                tx.finish()
            tx.committed()
        finally:
            self._busy.writing = False
            if self._alone:
                self._writer.release()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction that sees one state of the database and cannot write."""
        with transaction(self._engine, "raw", writes=False) as connection:
            yield Transaction(connection, self._key_ring, writable=False)

    def ending_with(self, action: Callable[[Transaction], None]) -> "Vault":
        """Return this vault with something that every writing transaction of it ends with.

        What the action writes is there if, and only if, the rest of the transaction is.
        """
        made = copy.copy(self)
        made._last = action
        return made

    def compact(self) -> None:
        """Move the write-ahead log into the database and empty it: deleted rows are gone then.

        Without effect while another process reads, and on PostgreSQL, whose own log and pages
        keep what was deleted for a time: only the loss of the key counts there. Raises
        `HomeError` if the disk is full.
        """
        if self._engine.dialect.name != "sqlite":
            return
        with wrapped("raw"), self._engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()
