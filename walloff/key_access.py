"""The settings say what holds a home's keys; nothing else chooses."""

import secrets
from collections.abc import Set
from pathlib import Path
from typing import Any

from models.errors import SettingsError
from storage.atomic import replacing
from storage.domain import Domain
from storage.faults import disk
from storage.home import Home
from storage.keyring import KeyRing, init_keys, open_key_ring
from walloff.settings import KeyProvider, Settings


def open_keys(settings: Settings, home: Home, domains: Set[Domain]) -> KeyRing:
    """Return the key ring of some domains. Raises `KeyUnavailableError`, `SettingsError`."""
    if settings.key_provider is KeyProvider.PKCS11:
        pkcs11, access = _tokens(settings)
        ring: KeyRing = pkcs11.open_token_ring(home, access, domains)
        return ring
    return open_key_ring(home, passphrase=passphrase_of(settings, home), domains=domains)


def make_keys(settings: Settings, home: Home) -> None:
    """Give a home its keys, or end a set-up that was interrupted. Raises as `init_keys` does."""
    if settings.key_provider is KeyProvider.PKCS11:
        pkcs11, access = _tokens(settings)
        pkcs11.init_token_keys(home, access)
    else:
        init_keys(home, passphrase_of(settings, home))


def passphrase_of(settings: Settings, home: Home) -> bytes:
    """Return the passphrase that opens a home's key file. Raises `SettingsError`."""
    return read_passphrase(settings.passphrase_file or home.passphrase_file)


def require_key_file(settings: Settings) -> None:
    """Raise `SettingsError` where the keys lie in tokens, which have no passphrase or escrow."""
    if settings.key_provider is KeyProvider.PKCS11:
        raise SettingsError(
            "the keys lie in PKCS#11 tokens: PINs and backups are a matter of the token's tools"
        )


def read_passphrase(path: Path) -> bytes:
    """Return the passphrase that a file holds. Raises `SettingsError`."""
    try:
        passphrase = path.read_bytes().strip()
    except OSError as error:
        raise SettingsError("the passphrase file cannot be read") from error
    if not passphrase:
        raise SettingsError("the passphrase file is empty")
    return passphrase


def new_passphrase(path: Path) -> bytes:
    """Return what a file holds, made with a random passphrase of 256 bits if it is missing.

    Raises `SettingsError`, and `HomeError` if the file cannot be written.
    """
    if not path.exists():
        with disk("the passphrase file cannot be written"), replacing(path) as stream:
            stream.write(secrets.token_hex(32).encode() + b"\n")
    return read_passphrase(path)


def _tokens(settings: Settings) -> tuple[Any, Any]:
    if settings.pkcs11_module is None or settings.pkcs11_pin_file is None:
        raise SettingsError("WALLOFF_PKCS11_MODULE and WALLOFF_PKCS11_PIN_FILE are not set")
    try:
        from storage import pkcs11  # its library is an extra
    except ImportError as exc:
        raise SettingsError("PKCS#11 is not installed: install walloff[pkcs11]") from exc
    access = pkcs11.TokenAccess(
        settings.pkcs11_module, settings.pkcs11_token, settings.pkcs11_pin_file
    )
    return pkcs11, access
