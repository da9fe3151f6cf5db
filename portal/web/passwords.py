"""Passwords are kept as Argon2id (RFC 9106, second recommended option), one tried at a time.

64 MiB for each: without the limit a crowd at the door would take the machine's memory.
"""

import os
import secrets
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from models.signin import PasswordTooWeakError
from storage.stretching import ALONE

SHORTEST: Final = 12
LONGEST: Final = 256
_DIGITS: Final = 8


def require_strong(password: str, name: str) -> None:
    """Raise `PasswordTooWeakError` for what NIST SP 800-63B would not take beside a second factor.

    Length counts, and that it is not the account's name; no rule about kinds of characters.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordTooWeakError(f"a password has {SHORTEST} to {LONGEST} characters")
    if name.lower() in password.lower() or len(set(password)) < 5:
        raise PasswordTooWeakError("a password holds more than the name or a few characters")


def hashed(secret: str) -> str:
    """Return the PHC string of a password or code."""
    with ALONE:
        return _kdf(os.urandom(16)).derive_phc_encoded(secret.encode())


def matches(secret: str, phc: str | None) -> bool:
    """Say whether a password or code is the one; None costs as much as a wrong one."""
    if len(secret) > LONGEST:
        secret, phc = "", None
    with ALONE:
        try:
            Argon2id.verify_phc_encoded(secret.encode(), phc or _nobody())
        except InvalidKey:
            return False
    return phc is not None


def new_code() -> str:
    """Return a code of eight digits, for what travels another way than its link."""
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def _kdf(salt: bytes) -> Argon2id:
    return Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=65_536)


@cache
def _nobody() -> str:
    """Return what is compared with where there is no account: its time must not tell."""
    return _kdf(os.urandom(16)).derive_phc_encoded(secrets.token_bytes(16))
