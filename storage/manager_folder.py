"""The manager's process has a folder of its own, and nothing in it opens raw evidence.

It holds the released database (or the process has the URL of one), the released domain's part of
the key file, and which home it belongs to. The process runs as a user of its own who reaches
this folder and a portion of the keys, and no other file of the home. The inside keeps the folder
up to date: what it delivers, what opens it, and who may look.
"""

import dataclasses
import os
import shutil
from collections.abc import Mapping
from grp import getgrnam
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL

from models.errors import HomeError
from storage.atomic import replacing, sync_directory
from storage.faults import disk
from storage.home import DESCRIPTION, Home, described, open_description
from storage.keyring import KeyRing, identity
from storage.keystore import KeyStore
from storage.manager_keys import publish_key_file, put_shared
from storage.migrate import Database
from storage.portions import portion_provider
from storage.released import ReleasedVault

_FOLDER: Final = 0o2770
_FILE: Final = 0o660


def make_manager_folder(home: Home, root: Path, *, group: str | int | None = None) -> Home:
    """Move the released database into a folder of its own and return the home as it is then.

    Files belong to the group, if one is named: that of the manager's process. Raises `HomeError`
    if the home has such a folder, the folder holds anything, or there is no such group.
    """
    if home.manager_folder is not None:
        raise HomeError("the manager's process has a folder already")
    if isinstance(group, str):
        try:
            group = getgrnam(group).gr_gid
        except KeyError:
            raise HomeError("there is no such group") from None
    root = root.absolute()
    with disk("the manager's folder cannot be made"):
        root.mkdir(parents=True, exist_ok=True)
        if any(root.iterdir()):
            raise HomeError("the manager's folder is not empty")
        if group is not None:
            shutil.chown(root, group=group)
        root.chmod(_FOLDER)
        moved = dataclasses.replace(home, manager_folder=root)
        put_shared(root / DESCRIPTION, described(home))
        _copy_released(home, moved)
        publish_key_file(moved)
        # From here on the home knows of the folder; before, nothing of it had changed.
        with replacing(home.root / DESCRIPTION) as stream:
            stream.write(described(moved))
        if Database.RELEASED not in home.urls:
            home.released_database.unlink()
            sync_directory(home.root)
    return moved


def open_manager_folder(
    root: Path, portion: Path, *, urls: Mapping[Database, URL] | None = None
) -> ReleasedVault:
    """Return what a manager's process may read, by its portion of the keys.

    Raises `HomeError` if the folder is damaged or can be read by everybody, and
    `KeyUnavailableError` as `portion_provider` does.
    """
    home = open_description(root, urls)
    if root.stat().st_mode & 0o007:
        raise HomeError("the manager's folder can be read by everybody")
    home = dataclasses.replace(home, manager_folder=None)
    provider = portion_provider(home, portion)
    engine = home.engine(Database.RELEASED)
    ring = KeyRing(KeyStore(engine, provider, identity(home)), engine)
    return ReleasedVault(home, ring, engine)


def _copy_released(home: Home, moved: Home) -> None:
    if Database.RELEASED in home.urls:
        return
    target = moved.released_database
    engine = home.engine(Database.RELEASED)
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
