"""A home is one directory that holds everything; production and rehearsal never mix.

Databases may lie on a PostgreSQL server instead; keys and sealed files stay in the directory. It
is built under another name and renamed into place, so that a crash leaves no half-made home.
Its mode and id are bound into its keys and written into its databases: a rehearsal home whose
description was edited opens nothing.
"""

import dataclasses
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
from storage.atomic import owned, replacing, sync_directory
from storage.engine import Journal, Sync, sqlite_engine
from storage.migrate import DATABASES, FIRST, Database, upgrade
from storage.postgresql import postgresql_engine

_FORM: Final = "walloff-home-1"
DESCRIPTION: Final = "home.json"
"""Says which home a directory is."""

_WRITTEN_AS: Final = {
    Database.RAW: (Journal.WAL, Sync.FULL),
    # Another user's process reads these, for which a write-ahead log is no good.
    Database.RELEASED: (Journal.ROLLBACK, Sync.FULL),
    Database.SEALED: (Journal.ROLLBACK, Sync.FULL),
    Database.APPLICANT: (Journal.ROLLBACK, Sync.FULL),
    Database.AUDIT: (Journal.ROLLBACK, Sync.FULL),
    Database.FAIRNESS: (Journal.ROLLBACK, Sync.FULL),
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
    folders: Mapping[Database, Path] = field(default_factory=dict, hash=False)
    """Where another process finds its database and keys, once it has a folder of its own."""
    collectors: Mapping[str, Path] = field(default_factory=dict, hash=False)
    """The folders of the collectors, by their names."""
    databases: frozenset[Database] = frozenset(DATABASES)
    """Those that the home has; an earlier version's lacks some until it is upgraded."""

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

    @property
    def manager_folder(self) -> Path | None:
        """Where the manager's process finds its database and keys, if it has a folder."""
        return self.folders.get(Database.RELEASED)

    def database(self, database: Database) -> Path:
        """Return the file of a database that lies in the home, or in its process's folder."""
        return self.folders.get(database, self.root) / f"{database}.db"

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
    root: Path,
    *,
    mode: HomeMode | None = None,
    urls: Mapping[Database, URL] | None = None,
    earlier: bool = False,
) -> Home:
    """Return a home that exists; `earlier` is for a home that is about to be upgraded.

    Raises `HomeError` if it is missing, damaged, readable by others, or not of that mode, and if
    an earlier version made it.
    """
    home = open_description(root, urls)
    if mode is not None and home.mode is not mode:
        raise HomeError(f"the home is a {home.mode} home")
    for database in DATABASES:
        if database not in home.databases and not earlier:
            raise HomeError(f"{database}: an earlier version made this home: run `walloff upgrade`")
        if database not in home.databases or database in home.urls:
            continue
        if not home.database(database).is_file():
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
        folders = dict(said.get("folders", {}))
        if "manager_folder" in said:  # as the first version with such a folder wrote it
            folders[Database.RELEASED] = said["manager_folder"]
        home = Home(
            root,
            HomeMode(said["mode"]),
            said["id"],
            urls or {},
            {Database(name): Path(folder) for name, folder in folders.items()},
            {str(name): Path(folder) for name, folder in said.get("collectors", {}).items()},
            frozenset(map(Database, said.get("databases", FIRST))),
        )
    except FileNotFoundError as exc:
        raise HomeError("there is no home in this directory") from exc
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise HomeError("the home's description is damaged") from exc
    if not is_id(home.id) or not home.databases >= FIRST:
        raise HomeError("the home's description is damaged")
    return home


def described(home: Home) -> bytes:
    """Return what the description of a home says."""
    said: dict[str, object] = {
        "form": _FORM,
        "id": home.id,
        "mode": str(home.mode),
        "databases": sorted(home.databases),
    }
    if home.folders:
        said["folders"] = {str(name): str(folder) for name, folder in home.folders.items()}
    if home.collectors:
        said["collectors"] = {name: str(folder) for name, folder in home.collectors.items()}
    return json.dumps(said, sort_keys=True).encode() + b"\n"


def describe(home: Home) -> None:
    """Write the description of a home anew."""
    with replacing(home.root / DESCRIPTION) as stream:
        stream.write(described(home))


def migrate_home(home: Home) -> Home:
    """Bring the databases of a home to the newest form, each in one transaction.

    Those that an earlier version's home lacks are made, each under another name and renamed into
    place; the home, which is returned as it is then, lists them last of all.
    """
    for database in DATABASES:
        if database not in home.databases and database not in home.urls:
            _add(home, database)
        migrate_database(home, database)
    if home.databases == frozenset(DATABASES):
        return home
    whole = dataclasses.replace(home, databases=frozenset(DATABASES))
    describe(whole)
    return whole


def _build(home: Home) -> None:
    home.root.mkdir(mode=0o700)
    for folder in (home.files, home.prefect):
        folder.mkdir(mode=0o700)
    for database in DATABASES:
        if database in home.urls:
            _upgrade(home, database, home.engine(database))
        else:
            _make(home, database, home.database(database))
    with owned(home.root / DESCRIPTION) as stream:
        stream.write(described(home))
        stream.flush()
        os.fsync(stream.fileno())
    sync_directory(home.root)


def migrate_database(home: Home, database: Database) -> None:
    """Bring one database of a home to the newest form."""
    _upgrade(home, database, home.engine(database))


def _add(home: Home, database: Database) -> None:
    path = home.database(database)
    if path.exists():
        return  # a crash came between this database and the description
    scaffold = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    try:
        _make(home, database, scaffold)
        scaffold.rename(path)
        sync_directory(path.parent)
    except OSError as exc:
        raise HomeError(f"{database}: the database cannot be made: {exc.strerror}") from exc
    finally:
        scaffold.unlink(missing_ok=True)


def _make(home: Home, database: Database, path: Path) -> None:
    owned(path).close()
    # No write-ahead log yet: it would be a file beside, left in the scaffold.
    _upgrade(home, database, sqlite_engine(path, journal=Journal.ROLLBACK, sync=Sync.FULL))


def _upgrade(home: Home, database: Database, engine: Engine) -> None:
    try:
        upgrade(engine, database, home_id=home.id, mode=str(home.mode))
    finally:
        engine.dispose()
