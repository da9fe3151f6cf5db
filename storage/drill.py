"""The drill that counts: an old copy of the data, opened with today's keys.

What was destroyed since stays unreadable, and everything else opens whole. The copy is copied
again before it is opened, so the drill changes neither it nor the home.
"""

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import inspect

from models.errors import HomeError, KeyUnavailableError, SealBrokenError
from models.ids import CaseId
from storage.captures import CaptureStore
from storage.cases import CaseStore
from storage.engine import Journal, sqlite_engine, transaction
from storage.evidence import EvidenceStore
from storage.faults import disk
from storage.home import Home
from storage.keyring import KeyRing
from storage.migrate import Database, upgrade
from storage.transaction import Transaction
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Drill:
    """What an old copy of the data gives to today's keys."""

    whole: int
    """Cases of which every item opens."""
    destroyed: int
    """Cases destroyed since, of which nothing opens: as it should be."""
    reopened: tuple[CaseId, ...] = ()
    """Destroyed cases that open all the same."""
    broken: tuple[CaseId, ...] = ()
    """Cases that nobody destroyed and that do not open."""

    @property
    def passed(self) -> bool:
        """True if all that was destroyed is gone and nothing else is."""
        return not self.reopened and not self.broken


def drill(home: Home, key_ring: KeyRing, data: Path) -> Drill:
    """Try an old copy of the raw database, an SQLite file, with a ring that holds the raw domain.

    Raises `HomeError` if the copy cannot be read or is another home's.
    """
    with tempfile.TemporaryDirectory(prefix=".drill.", dir=home.root) as folder:
        copy = replace(home, root=Path(folder), urls={})
        with disk("the copy of the data cannot be read"):
            shutil.copyfile(data, copy.raw_database)
        engine = sqlite_engine(copy.raw_database, journal=Journal.ROLLBACK)
        try:
            with transaction(engine, "raw", writes=False) as connection:
                if not inspect(connection).has_table("home"):
                    raise HomeError("this is no copy of raw.db")
            upgrade(engine, Database.RAW, home_id=home.id, mode=str(home.mode))
        finally:
            engine.dispose()
        vault = Vault(copy, key_ring)
        try:
            with vault.read() as tx:
                return _tried(tx, key_ring)
        finally:
            vault.close()


def _tried(tx: Transaction, key_ring: KeyRing) -> Drill:
    dropped = key_ring.dropped()
    whole, gone = 0, 0
    reopened: list[CaseId] = []
    broken: list[CaseId] = []
    for case in CaseStore(tx).all():
        opens = _opens(tx, case.id)
        if case.id in dropped:
            gone += 1
            if opens:
                reopened.append(case.id)
        elif opens is False:
            broken.append(case.id)
        else:
            whole += 1
    return Drill(whole, gone, tuple(reopened), tuple(broken))


def _opens(tx: Transaction, case_id: CaseId) -> bool | None:
    """Say whether a case's sealed rows open; None if it has none."""
    try:
        captures = len(CaptureStore(tx).all(case_id))
        items = sum(1 for _item in EvidenceStore(tx).for_case(case_id))
    except (KeyUnavailableError, SealBrokenError):
        return False
    return True if captures or items else None
