"""A restored home is verified before it takes its name, or it does not come to be.

Data may be older than keys: what was destroyed since stays unreadable. But the audit log would
then lack what its signer remembers, so that is refused unless it is asked for, and never hidden.
"""

import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import URL

from models.errors import AuditBrokenError, HomeError, KeyUnavailableError, SealBrokenError
from models.ids import CaseId
from storage.atomic import owned, settle, sync_directory
from storage.backup import require_sound
from storage.domain import Domain
from storage.engine import transaction
from storage.faults import disk
from storage.home import (
    DESCRIPTION,
    Home,
    HomeMode,
    described,
    migrate_home,
    open_description,
    open_home,
)
from storage.keyring import KeyRing
from storage.manifest import Manifest, checked, one_stored
from storage.migrate import DATABASES, Database
from storage.originals import faulty_originals
from storage.rows import carry
from storage.tables.keys import LOCKBOXES
from storage.vault import Vault
from storage.verification import verify
from storage.writers import make_writers


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore found."""

    home: Home
    entries: int
    lockboxes: int
    """All of them opened."""
    faults: tuple[str, ...]
    """Of the audit log: empty unless an older log was asked for."""


def restore(
    source: Path,
    root: Path,
    *,
    mode: HomeMode,
    open_ring: Callable[[Home], KeyRing],
    keys: Path | None = None,
    urls: Mapping[Database, URL] | None = None,
    older_log: bool = False,
) -> Restored:
    """Make a home of a backup's `data`, and of its `keys` or those of a newer backup.

    Raises `HomeError` if the directory exists, a file is not what was backed up, an original is
    not as it was kept, the parts are
    not one home's, or the home is of another mode; `KeyUnavailableError` and `SealBrokenError`
    if a lockbox does not open; `AuditBrokenError` if the log does not verify.
    """
    if root.exists():
        raise HomeError("the directory of the home exists already")
    if any(root.resolve().is_relative_to(one.resolve()) for one in (source, keys or source)):
        raise HomeError("a home is not restored into its backup")
    data_part, keys_part = source / "data", keys or source / "keys"
    data, keyed = checked(data_part, "data"), checked(keys_part, "keys")
    _require_one_home(data, keyed, mode)
    with disk("the home cannot be restored"):
        root.parent.mkdir(parents=True, exist_ok=True)
        scaffold = root.parent / f".{root.name}.{secrets.token_hex(8)}.new"
        try:
            staged = _staged(scaffold, data_part, data, keys_part, keyed)
            staged = migrate_home(staged)
            found = _verified(staged, open_ring, older_log=older_log, gone=data.destroyed)
            home = Home(scaffold, staged.mode, staged.id, urls or {})
            for database in home.urls:
                carry(staged, home, database)
                staged.database(database).unlink()
            settle(scaffold)
            scaffold.rename(root)
            sync_directory(root.parent)
        finally:
            shutil.rmtree(scaffold, ignore_errors=True)
    return Restored(open_home(root, mode=mode, urls=urls), *found)


def _require_one_home(data: Manifest, keys: Manifest, mode: HomeMode) -> None:
    if (data.home, data.mode) != (keys.home, keys.mode):
        raise HomeError("the two parts are not of one home")
    if data.mode != mode:
        raise HomeError(f"the backup is of a {data.mode} home")
    if keys.made_at < data.made_at:
        raise HomeError("the keys are older than the data: take the newest keys")


def _staged(
    scaffold: Path, data_part: Path, data: Manifest, keys_part: Path, keys: Manifest
) -> Home:
    has = open_description(data_part).databases
    home = Home(scaffold, HomeMode(data.mode), data.home, databases=has)
    scaffold.mkdir(mode=0o700)
    for folder in (home.files, home.prefect):
        folder.mkdir(mode=0o700)
    for part, manifest in ((data_part, data), (keys_part, keys)):
        for name, said in manifest.files.items():
            if name == DESCRIPTION:
                continue
            target = scaffold / name
            if not target.resolve().is_relative_to(scaffold.resolve()):
                raise HomeError("the backup's manifest is damaged")
            shutil.copyfile(part / name, target)
            if one_stored(target) != said:
                raise HomeError(f"{name} was not copied whole")
    with owned(scaffold / DESCRIPTION) as stream:
        stream.write(described(home))
    return home


def _verified(
    home: Home, open_ring: Callable[[Home], KeyRing], *, older_log: bool, gone: tuple[str, ...]
) -> tuple[int, int, tuple[str, ...]]:
    for database in DATABASES:
        require_sound(home.database(database), database)
    ring = open_ring(home)
    make_writers(ring)
    vault = Vault(home, ring)
    try:
        found = verify(vault)
        if found.faults and not older_log:
            raise AuditBrokenError(f"the audit log is not whole: {found.faults[0]}")
        opened = _open_all(ring)
        with vault.read() as tx:
            faulty = sorted(set(faulty_originals(tx, home=home)) - set(gone))
        if faulty:
            raise HomeError(f"an original is missing or altered: {faulty[0]}")
        vault.compact()
    finally:
        vault.close()
        ring.close()
    return found.size, opened, found.faults


def _open_all(ring: KeyRing) -> int:
    """Open every lockbox of the ring's domains. Raises if one does not."""
    with transaction(ring.engine, "keys", writes=False) as connection:
        rows = connection.execute(select(LOCKBOXES.c.case_id, LOCKBOXES.c.domain)).all()
    count = 0
    for case_id, domain in rows:
        if Domain(domain) not in ring.domains:
            continue
        try:
            ring.lockbox(CaseId(case_id), Domain(domain))
        except (KeyUnavailableError, SealBrokenError) as exc:
            raise type(exc)(f"a lockbox of {domain} does not open: {exc}") from exc
        count += 1
    return count
