"""A backup is made of one moment, verified before it is called one, and never half written.

It has two parts with lives of their own. `data` may be kept for as long as the rules allow.
Of `keys` only the newest is ever of use, and an older one would open what was destroyed since.
The passphrase is in neither. Databases are copied into SQLite files, whatever they lie in: so
one format is verified, and a home may be restored onto the other engine.
"""

import secrets
import shutil
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, select, text

from models.audit import Verification
from models.errors import AuditBrokenError, HomeError
from models.ids import CaptureId
from storage.atomic import owned, settle, sync_directory
from storage.engine import Journal, sqlite_engine, transaction
from storage.faults import disk, wrapped
from storage.home import DESCRIPTION, Home, described
from storage.key_file import locked
from storage.keyring import ring_of
from storage.manifest import Manifest, stored, written
from storage.migrate import DATABASES, Database
from storage.originals import faulty_originals
from storage.rows import carry
from storage.tables.evidence import CAPTURES
from storage.transaction import Transaction
from storage.vault import Vault
from storage.verification import verify

OF_DATA: Final = tuple(one for one in DATABASES if one is not Database.KEYS)
"""The databases of the part `data`."""


def backup(vault: Vault, target: Path, *, now: datetime) -> tuple[Manifest, Manifest]:
    """Write the parts `data` and `keys` into a new folder and return what they hold.

    Raises `HomeError` if the folder exists or lies in the home, if an original is missing or not
    as it was kept, or if the disk is full, `AuditBrokenError` if the log does not verify; nothing
    is left then.
    """
    if target.exists():
        raise HomeError("the folder of the backup exists already")
    if target.resolve().is_relative_to(vault.home.root.resolve()):
        raise HomeError("a backup is not kept in the home that it is of")
    with disk("the backup cannot be written"):
        target.parent.mkdir(parents=True, exist_ok=True)
        scaffold = target.parent / f".{target.name}.{secrets.token_hex(8)}.new"
        try:
            data, keys = _parts(vault.home, scaffold)
            # Nobody writes cases meanwhile: the databases are of one moment. What another process
            # writes into its own is taken in by the inside, under its id, so never twice.
            with vault.write():
                for database in OF_DATA:
                    copy_database(vault.home, data, database)
                _copy_beside(_mark(vault.home), data)
                # Nor does a rotation go on: this key file opens these lockboxes.
                with locked(vault.home.key_file):
                    copy_database(vault.home, keys, Database.KEYS)
                    _copy_beside(vault.home.key_file, keys)
            _copy_originals(vault.home, data)
            entries = require_whole(data, keys, vault).size
            gone = _destroyed_since(data, keys, vault)
            made = (
                _described(data, "data", entries, now, gone),
                _described(keys, "keys", entries, now),
            )
            settle(scaffold)
            scaffold.rename(target)
            sync_directory(target.parent)
        finally:
            shutil.rmtree(scaffold, ignore_errors=True)
    return made


def copy_database(source: Home, target: Home, database: Database) -> None:
    """Copy a database, as it is at one moment, into a SQLite file that must not exist."""
    path = target.database(database)
    if database in source.urls:
        owned(path).close()
        carry(source, target, database)
        return
    engine = source.engine(database)
    try:
        with wrapped(database), engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("VACUUM INTO ?", (str(path),))
    except Exception as exc:
        if isinstance(exc, HomeError):
            raise
        raise HomeError(f"{database}: the database cannot be copied: {type(exc).__name__}") from exc
    finally:
        engine.dispose()
    path.chmod(0o600)


def require_whole(data: Home, keys: Home, vault: Vault) -> Verification:
    """Check two parts as far as it goes without reading content; return the verified log.

    Every database by SQLite's own check, every reference between rows, and the whole audit log
    by its signatures. Raises `HomeError`, `AuditBrokenError`.
    """
    for database in DATABASES:
        part = keys if database is Database.KEYS else data
        require_sound(part.database(database), database)
    ring = ring_of(keys, vault.key_ring.provider)
    copy = Vault(data, ring)
    try:
        found = verify(copy)
    finally:
        copy.close()
        ring.close()
    if not found.intact:
        raise AuditBrokenError(f"the audit log is not whole: {found.faults[0]}")
    return found


def require_sound(path: Path, database: Database) -> None:
    """Raise `HomeError` unless a SQLite file is sound and every reference in it leads somewhere."""
    engine = sqlite_engine(path, journal=Journal.ROLLBACK)
    try:
        with transaction(engine, database, writes=False) as connection:
            sound = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            dangling = connection.execute(text("PRAGMA foreign_key_check")).first()
    finally:
        engine.dispose()
    if sound != ["ok"] or dangling is not None:
        raise HomeError(f"{database}: the database is damaged")


def _mark(home: Home) -> Path:
    """Return the file that remembers how far the log had grown."""
    return home.root / "audit.mark"


def _parts(home: Home, scaffold: Path) -> tuple[Home, Home]:
    scaffold.mkdir(mode=0o700)
    made = []
    for name in ("data", "keys"):
        part = Home(scaffold / name, home.mode, home.id)
        part.root.mkdir(mode=0o700)
        with owned(part.root / DESCRIPTION) as stream:
            stream.write(described(part))
        shutil.copyfile(home.audit_key_file, part.audit_key_file)
        made.append(part)
    return made[0], made[1]


def _copy_beside(path: Path, part: Home) -> None:
    if path.exists():
        shutil.copyfile(path, part.root / path.name)


def _copy_originals(home: Home, data: Home) -> None:
    """Copy the originals that the copied rows tell of; one destroyed since is passed over."""
    data.files.mkdir(mode=0o700)
    engine: Engine = data.engine(Database.RAW)
    try:
        with transaction(engine, "raw", writes=False) as connection:
            names = connection.execute(select(CAPTURES.c.id)).scalars().all()
    finally:
        engine.dispose()
    for name in names:
        if (home.files / name).exists():
            shutil.copyfile(home.files / name, data.files / name)


def _destroyed_since(data: Home, keys: Home, vault: Vault) -> tuple[str, ...]:
    """Return the originals that were destroyed while the backup was made.

    Raises `HomeError` for any other that is not there as it was kept.
    """
    ring = ring_of(keys, vault.key_ring.provider)
    copy = Vault(data, ring)
    try:
        with copy.read() as tx:
            faulty = faulty_originals(tx, home=data)
    finally:
        copy.close()
        ring.close()
    with vault.read() as tx:
        standing = [one for one in faulty if _stands(tx, one)]
    if standing:
        raise HomeError(f"an original is missing or altered: {min(standing)}")
    return tuple(faulty)


def _stands(tx: Transaction, capture: CaptureId) -> bool:
    return tx.execute(select(CAPTURES.c.id).where(CAPTURES.c.id == capture)).first() is not None


def _described(
    part: Home, name: str, entries: int, now: datetime, gone: tuple[str, ...] = ()
) -> Manifest:
    for leftover in part.root.glob("*.db-*"):
        leftover.unlink()
    manifest = Manifest.model_validate(
        {
            "part": name,
            "home": part.id,
            "mode": str(part.mode),
            "made_at": now,
            "entries": entries,
            "files": stored(part.root),
            "destroyed": gone,
        }
    )
    written(part.root, manifest)
    return manifest
