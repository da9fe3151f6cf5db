"""A home is one directory that holds everything; production and rehearsal never mix.

Databases may lie on a PostgreSQL server instead; keys and sealed files stay in the directory. It
is built under another name and renamed into place, so that a crash leaves no half-made home.
Its mode and id are bound into its keys and written into its databases: a rehearsal home whose
description was edited opens nothing.
"""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from models.errors import HomeError
from models.ids import is_id, new_id
from storage.atomic import owned, sync_directory
from storage.engine import Journal, Sync, sqlite_engine
from storage.migrate import DATABASES, Database, upgrade
from storage.postgresql import postgresql_engine

_FORM: Final = "walloff-home-1"
DESCRIPTION: Final = "home.json"
"""Says which home a directory is."""

_WRITTEN_AS: Final = {
    Database.RAW: (Journal.WAL, Sync.FULL),
    # Another user's process reads it, for which a write-ahead log is no good.
    Database.RELEASED: (Journal.ROLLBACK, Sync.FULL),
    # What is deleted from it is gone at once, and a commit is on the disk for good.
    Database.KEYS: (Journal.ROLLBACK, Sync.EXTRA),
}


class HomeMode(StrEnum):
    """What a home is for. It never changes."""

    PRODUCTION = "production"
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True)
class Home:
    """Where everything lies, and which home it is."""

    root: Path
    mode: HomeMode
    id: str = ""
    urls: Mapping[Database, URL] = field(default_factory=dict, repr=False, hash=False)
    """Where those databases lie that are not files of the directory."""
    manager_folder: Path | None = None
    """Where the manager's process finds its database and keys, once it has a folder of its own."""

    @property
    def raw_database(self) -> Path:
        """Cases, sealed evidence, audit log and outbox."""
        return self.root / "raw.db"

    @property
    def released_database(self) -> Path:
        """What hiring managers receive."""
        return self.database(Database.RELEASED)

    @property
    def keys_database(self) -> Path:
        """The lockboxes."""
        return self.root / "keys.db"

    @property
    def key_file(self) -> Path:
        """The domain keys, wrapped by the passphrase."""
        return self.root / "keys.json"

    @property
    def passphrase_file(self) -> Path:
        """A generated passphrase, where the operator gave none."""
        return self.root / "passphrase"

    @property
    def audit_key_file(self) -> Path:
        """The public key with which anybody checks the audit log's checkpoints."""
        return self.root / "audit.vkey"

    @property
    def files(self) -> Path:
        """Folder of the sealed files."""
        return self.root / "files"

    @property
    def prefect(self) -> Path:
        """Folder of the scheduler's own database: ids and counts only."""
        return self.root / "prefect"

    def database(self, database: Database) -> Path:
        """Return the file of a database that lies in the home, or in the manager's folder."""
        root = self.root
        if database is Database.RELEASED and self.manager_folder is not None:
            root = self.manager_folder
        return root / f"{database}.db"

    def engine(self, database: Database) -> Engine:
        """Return an engine on a database, wherever it lies; its caller disposes of it."""
        if database in self.urls:
            return postgresql_engine(self.urls[database])
        journal, sync = _WRITTEN_AS[database]
        return sqlite_engine(self.database(database), journal=journal, sync=sync)


def create_home(root: Path, mode: HomeMode, urls: Mapping[Database, URL] | None = None) -> Home:
    """Create a home, or open the one that is there.

    Raises `HomeError` if the directory holds a home of another mode or anything else, or if a
    database on a server is another home's.
    """
    urls = urls or {}
    if (root / DESCRIPTION).exists():
        return open_home(root, mode=mode, urls=urls)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise HomeError("the directory is not empty and is not a home")
    root.parent.mkdir(parents=True, exist_ok=True)
    scaffold = root.parent / f".{root.name}.{secrets.token_hex(8)}.new"
    try:
        _build(Home(scaffold, mode, new_id(), urls))
        scaffold.rename(root)
        sync_directory(root.parent)
    except OSError as exc:
        raise HomeError(f"the home cannot be created: {exc.strerror}") from exc
    finally:
        shutil.rmtree(scaffold, ignore_errors=True)
    return open_home(root, mode=mode, urls=urls)


def open_home(
    root: Path, *, mode: HomeMode | None = None, urls: Mapping[Database, URL] | None = None
) -> Home:
    """Return a home that exists.

    Raises `HomeError` if it is missing, damaged, readable by others, or not of that mode.
    """
    home = open_description(root, urls)
    if mode is not None and home.mode is not mode:
        raise HomeError(f"the home is a {home.mode} home")
    for database in DATABASES:
        if database not in home.urls and not home.database(database).is_file():
            raise HomeError(f"{database}.db is missing, and no URL is set for it")
    if root.stat().st_mode & 0o077:
        raise HomeError("the home can be read by others: its directory must have mode 0700")
    return home


def open_description(root: Path, urls: Mapping[Database, URL] | None = None) -> Home:
    """Return which home a directory says it is. Raises `HomeError` if it is missing or damaged."""
    description = root / DESCRIPTION
    try:
        said = json.loads(description.read_text(encoding="utf-8"))
        if said["form"] != _FORM:
            raise HomeError("the home is of another version")
        folder = said.get("manager_folder")
        home = Home(
            root,
            HomeMode(said["mode"]),
            said["id"],
            urls or {},
            None if folder is None else Path(folder),
        )
    except FileNotFoundError as exc:
        raise HomeError("there is no home in this directory") from exc
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise HomeError("the home's description is damaged") from exc
    if not is_id(home.id):
        raise HomeError("the home's description is damaged")
    return home


def described(home: Home) -> bytes:
    """Return what the description of a home says."""
    said = {"form": _FORM, "id": home.id, "mode": str(home.mode)}
    if home.manager_folder is not None:
        said["manager_folder"] = str(home.manager_folder)
    return json.dumps(said, sort_keys=True).encode() + b"\n"


def migrate_home(home: Home) -> None:
    """Bring the databases of a home to the newest form, each in one transaction."""
    for database in DATABASES:
        _upgrade(home, database, home.engine(database))


def _build(home: Home) -> None:
    home.root.mkdir(mode=0o700)
    for folder in (home.files, home.prefect):
        folder.mkdir(mode=0o700)
    for database in DATABASES:
        if database in home.urls:
            engine = home.engine(database)
        else:
            path = home.database(database)
            owned(path).close()
            # No write-ahead log yet: it would be a file beside, left in the scaffold.
            engine = sqlite_engine(path, journal=Journal.ROLLBACK, sync=Sync.FULL)
        _upgrade(home, database, engine)
    with owned(home.root / DESCRIPTION) as stream:
        stream.write(described(home))
        stream.flush()
        os.fsync(stream.fileno())
    sync_directory(home.root)


def _upgrade(home: Home, database: Database, engine: Engine) -> None:
    try:
        upgrade(engine, database, home_id=home.id, mode=str(home.mode))
    finally:
        engine.dispose()
