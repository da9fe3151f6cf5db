"""An interface's process has a folder of its own, and nothing in it opens another domain.

It holds the domain's database (or the process has the URL of one), the domain's part of the key
file, and which home it belongs to. The process runs as a user of its own who reaches this folder
and a portion of the keys, and no other file of the home. The inside keeps the folder up to date:
what it delivers, what opens it, and who may look.
"""

import dataclasses
import os
import shutil
from collections.abc import Mapping
from grp import getgrnam
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy.engine import URL

from models.errors import HomeError
from storage.atomic import sync_directory
from storage.domain import Domain
from storage.domain_vault import DomainVault
from storage.faults import disk
from storage.home import DESCRIPTION, Home, describe, described, open_description
from storage.interface_keys import publish_key_file, put_shared
from storage.keyring import KeyRing, identity
from storage.keystore import KeyStore
from storage.migrate import Database
from storage.portions import portion_provider

_FOLDER: Final = 0o2770
_FILE: Final = 0o660

V = TypeVar("V", bound=DomainVault)


def make_folder(
    home: Home, database: Database, root: Path, *, group: str | int | None = None
) -> Home:
    """Move a domain's database into a folder of its own and return the home as it is then.

    Files belong to the group, if one is named: that of the interface's process. The auditors'
    folder gets the log's public key and no key that opens anything. Raises `HomeError` if the
    domain has such a folder or may have none, the folder holds anything, or there is no such group.
    """
    if database in {Database.RAW, Database.KEYS}:
        raise HomeError(f"{database}: the inside's own, and no other process's")
    if database in home.folders:
        raise HomeError(f"{database}: its process has a folder already")
    if isinstance(group, str):
        try:
            group = getgrnam(group).gr_gid
        except KeyError:
            raise HomeError("there is no such group") from None
    root = root.absolute()
    with disk("the folder cannot be made"):
        root.mkdir(parents=True, exist_ok=True)
        if any(root.iterdir()):
            raise HomeError("the folder is not empty")
        if group is not None:
            shutil.chown(root, group=group)
        root.chmod(_FOLDER)
        moved = dataclasses.replace(home, folders={**home.folders, database: root})
        own = dataclasses.replace(home, folders={database: root})
        put_shared(root / DESCRIPTION, described(own))
        _copy(home, moved, database)
        if database is Database.AUDIT:
            put_shared(root / home.audit_key_file.name, home.audit_key_file.read_bytes())
        else:
            publish_key_file(moved, Domain(database))
        # From here on the home knows of the folder; before, nothing of it had changed.
        describe(moved)
        if database not in home.urls:
            home.database(database).unlink()
            sync_directory(home.root)
    return moved


def open_folder(
    root: Path, portion: Path, kind: type[V], *, urls: Mapping[Database, URL] | None = None
) -> V:
    """Return what an interface's process may read, by its portion of the keys.

    Raises `HomeError` if the folder is damaged or can be read by everybody, and
    `KeyUnavailableError` as `portion_provider` does.
    """
    home = folder_home(root, urls=urls)
    provider = portion_provider(home, portion)
    engine = home.engine(kind.database())
    ring = KeyRing(KeyStore(engine, provider, identity(home)), engine)
    return kind(home, ring, engine)


def folder_home(root: Path, *, urls: Mapping[Database, URL] | None = None) -> Home:
    """Return what an interface's folder says of its home. Raises `HomeError`."""
    home = open_description(root, urls)
    if root.stat().st_mode & 0o007:
        raise HomeError("the folder can be read by everybody")
    return dataclasses.replace(home, folders={})


def _copy(home: Home, moved: Home, database: Database) -> None:
    if database in home.urls:
        return
    target = moved.database(database)
    engine = home.engine(database)
    try:
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("VACUUM INTO ?", (str(target),))
    finally:
        engine.dispose()
    target.chmod(_FILE)
    with target.open("rb") as stream:
        os.fsync(stream.fileno())
    sync_directory(target.parent)
