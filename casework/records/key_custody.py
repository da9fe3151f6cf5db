"""A key custodian rotates, splits and recovers keys; each action is logged before it begins.

Keys and audit log lie in different databases, so an action is two entries: `begun`, without which
nothing is touched, and `done`. A `begun` alone means a crash: the action is simply taken again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from casework.steps.permissions import Permission, authorize
from casework.steps.step import KEYS, entry, refusals_logged
from models.audit import AuditAction
from models.people import SYSTEM, Actor, Role
from storage.audit import AuditLog
from storage.escrow import Escrow, open_by_shares, open_shares, reset_passphrase, split_keys
from storage.home import Home
from storage.keyring import KeyRing, change_passphrase
from storage.vault import Vault


def note_creation(*, vault: Vault, now: datetime) -> None:
    """Make the log's first entry, that the home and its keys came to be, unless it has one."""
    with vault.write() as tx:
        if AuditLog(tx).size == 0:
            made = entry(
                AuditAction.HOME_CREATED,
                actor=SYSTEM,
                role=Role.SYSTEM,
                object_id=vault.home.id,
                now=now,
            )
            AuditLog(tx).append(made)


def rotate_keys(ring: KeyRing, *, actor: Actor, vault: Vault, now: datetime) -> dict[str, int]:
    """Rewrap every lockbox of the ring's domains under new keys and destroy the old keys.

    Returns how many were rewrapped, by domain. Raises `NotPermittedError`.
    """
    rewrapped = {}
    for domain in sorted(ring.domains):
        with key_action(
            AuditAction.KEYS_ROTATED, actor=actor, vault=vault, now=now, about=str(domain)
        ):
            rewrapped[str(domain)] = ring.rotate(domain).rewrapped
    vault.key_ring.forget()
    return rewrapped


def rotate_passphrase(old: bytes, new: bytes, *, actor: Actor, vault: Vault, now: datetime) -> None:
    """Put the key file under another passphrase.

    Raises `NotPermittedError`, `KeyUnavailableError` if the old one is wrong.
    """
    with key_action(AuditAction.PASSPHRASE_CHANGED, actor=actor, vault=vault, now=now):
        change_passphrase(vault.home, old, new)


def split(passphrase: bytes, folder: Path, *, actor: Actor, vault: Vault, now: datetime) -> Escrow:
    """Write the custodians' shares into a folder. Raises as `split_keys`, `NotPermittedError`."""
    with key_action(AuditAction.KEYS_SPLIT, actor=actor, vault=vault, now=now):
        return split_keys(vault.home, passphrase, folder)


@contextmanager
def opened_by_shares(home: Home, sheets: list[str]) -> Iterator[Vault]:
    """Open a home by its custodians' shares instead of its passphrase.

    Raises `InputError`, `KeyUnavailableError`.
    """
    ring = open_by_shares(home, open_shares(sheets))
    vault = Vault(home, ring)
    try:
        yield vault
    finally:
        vault.close()
        ring.close()


def recover(sheets: list[str], new: bytes, *, actor: Actor, vault: Vault, now: datetime) -> None:
    """Put the keys under a new passphrase by shares. The vault is one `opened_by_shares`.

    Raises `NotPermittedError`, and what `opened_by_shares` does.
    """
    with key_action(AuditAction.KEYS_RECOVERED, actor=actor, vault=vault, now=now):
        reset_passphrase(vault.home, open_shares(sheets), new)


@contextmanager
def key_action(
    action: AuditAction, *, actor: Actor, vault: Vault, now: datetime, about: str = KEYS
) -> Iterator[None]:
    """Log that an action on keys begins, let it happen, and log that it is done.

    Raises `NotPermittedError`; a refusal of any kind is logged too.
    """
    with refusals_logged(about, actor=actor, vault=vault, now=now):
        role = authorize(actor, Permission.MANAGE_KEYS)
        for code in ("begun", "done"):
            made = entry(action, actor=actor, role=role, object_id=about, now=now, code=code)
            with vault.write() as tx:
                AuditLog(tx).append(made)
            if code == "begun":
                yield
