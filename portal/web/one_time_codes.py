"""One-time codes of an authenticator (TOTP, RFC 6238); each counts once, and none before it."""

import base64
import secrets
from datetime import datetime
from typing import Final

import pyotp

from storage.signin.accounts import Accounts

ISSUER: Final = "Walloff"
_AROUND: Final = 1
"""Steps of 30 seconds by which an authenticator's clock may be off."""


def new_secret() -> bytes:
    """Return a secret of 160 bits, as RFC 4226 recommends."""
    return secrets.token_bytes(20)


def shown(secret: bytes) -> str:
    """Return a secret as an authenticator takes it."""
    return base64.b32encode(secret).decode()


def read(text: str) -> bytes | None:
    """Return the secret that is shown like this, or None."""
    try:
        secret = base64.b32decode(text.replace(" ", ""))
    except ValueError:
        return None
    return secret if len(secret) == 20 else None


def address(secret: bytes, name: str, interface: str) -> str:
    """Return the `otpauth:` address that sets an authenticator up."""
    uri = pyotp.TOTP(shown(secret)).provisioning_uri(name=name, issuer_name=f"{ISSUER} {interface}")
    return str(uri)


def step_of(secret: bytes, code: str, at: datetime) -> int | None:
    """Return the time step to which a code belongs, or None."""
    totp = pyotp.TOTP(shown(secret))
    now = totp.timecode(at)
    code = code.replace(" ", "")
    found = None
    for step in range(now - _AROUND, now + _AROUND + 1):
        # Every step is compared: the time that it takes must not tell which.
        if secrets.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            found = step
    return found


def accept(accounts: Accounts, account_id: str, code: str, *, at: datetime) -> bool:
    """Say whether a code is the account's, and use it up."""
    secret = accounts.totp_of(account_id)
    if secret is None:
        return False
    step = step_of(secret, code, at)
    return step is not None and accounts.use_step(account_id, step)
