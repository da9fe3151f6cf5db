"""A home that an earlier version made is brought to this one's form, and its log verified."""

from collections.abc import Callable

from sqlalchemy import select, text

from models.errors import AuditBrokenError
from storage.blind_index import BlindIndex
from storage.engine import transaction
from storage.high_water import HighWater
from storage.home import Home, migrate_database, migrate_home
from storage.keyring import KeyRing
from storage.merkle import Frontier
from storage.migrate import DATABASES, HEADS, Database
from storage.tables.audit import HEAD
from storage.vault import Vault
from storage.verification import verify
from storage.writers import make_writers

_UNMARKED = frozenset({"raw0001", "raw0002", "raw0003"})
"""Forms of versions that kept no high-water mark beside the log."""


def upgrade_home(home: Home, open_ring: Callable[[Home], KeyRing]) -> tuple[Database, ...]:
    """Upgrade every database, each whole or not at all; return the new ones and the changed ones.

    Running it again takes up what a crash left. Raises `HomeError`, and `AuditBrokenError` if
    the log does not verify.
    """
    before = {database: _form(home, database) for database in home.databases}
    migrate_database(home, Database.KEYS)  # first of all: no key ring opens on another form
    ring = open_ring(home)
    try:
        if before[Database.RAW] in _UNMARKED:
            # First, so that a crash after the upgrade does not leave a log without its mark.
            _mark(home, ring)
        home = migrate_home(home)
        make_writers(ring)
        vault = Vault(home, ring)
        with vault.write() as tx:
            BlindIndex(tx).fill()
        found = verify(vault)
        vault.close()
    finally:
        ring.close()
    if found.faults:
        raise AuditBrokenError(f"the audit log is not whole: {found.faults[0]}")
    return tuple(one for one in DATABASES if before.get(one) != HEADS[one])


def _mark(home: Home, ring: KeyRing) -> None:
    engine = home.engine(Database.RAW)
    try:
        with transaction(engine, "raw", writes=False) as connection:
            head = connection.execute(select(HEAD.c.size, HEAD.c.frontier)).one()
    finally:
        engine.dispose()
    HighWater(home.root / "audit.mark", ring).write(Frontier.unpack(*head), sync=True)


def _form(home: Home, database: Database) -> str:
    engine = home.engine(database)
    try:
        with transaction(engine, database, writes=False) as connection:
            query = text("SELECT version_num FROM alembic_version")
            return str(connection.execute(query).scalar_one())
    finally:
        engine.dispose()
