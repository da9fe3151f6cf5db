"""What opens the domain keys is also sealed to a recovery key, which custodians hold in shares.

The key file keeps the public half, so that a rotation or another passphrase needs no custodian;
a MAC under the passphrase guards it, or else whoever can write to the file could put a key of
their own in its place and wait for the next change of passphrase.
"""

import hmac
from collections.abc import Mapping
from typing import Any, Final

from models.errors import KeyUnavailableError, SealBrokenError
from storage.domain import Domain
from storage.envelope import Context, SealingKey, derive, encode_context
from storage.key_file import decoded, encoded
from storage.sealed_write import ReadingKey, WritingKey, seal_to, unseal_written

_ENTRY: Final = "recovery"


def escrow_id(content: Mapping[str, Any]) -> str | None:
    """Return which escrow stands in a key file, or None."""
    writing = _written(content)
    return None if writing is None else writing.id.hex()


def put_recovery(
    content: dict[str, Any],
    writing: WritingKey,
    *,
    root: bytes,
    wrapping: Mapping[Domain, SealingKey],
    identity: Context,
) -> None:
    """Seal what opens each domain to a recovery key; one that was there before is replaced."""
    content[_ENTRY] = {
        "public": encoded(writing.public),
        "mac": _mac(root, writing, identity),
        "domains": {
            domain: encoded(seal_to(writing, key.id + key.secret, _place(identity, domain)))
            for domain, key in wrapping.items()
        },
    }


def kept_recovery(
    content: Mapping[str, Any], *, root: bytes, identity: Context
) -> WritingKey | None:
    """Return the recovery key of a file whose passphrase is known, or None if there is none.

    Raises `KeyUnavailableError` if it was not put there by somebody who knew the passphrase.
    """
    writing = _written(content)
    if writing is None:
        return None
    claimed = str(content[_ENTRY].get("mac"))
    if not hmac.compare_digest(claimed.encode(), _mac(root, writing, identity).encode()):
        raise KeyUnavailableError("the escrow in the key file is not the one that was made")
    return writing


def recovered(
    content: Mapping[str, Any], reading: ReadingKey, identity: Context
) -> dict[Domain, SealingKey]:
    """Return what opens each domain, by the recovery key.

    Raises `KeyUnavailableError` if the file has no escrow, or another than this key's.
    """
    writing = _written(content)
    if writing is None:
        raise KeyUnavailableError("the key file has no escrow")
    if writing != reading.writing:
        raise KeyUnavailableError("the shares are of another escrow than the key file's")
    try:
        opened = {
            domain: unseal_written(
                reading, decoded(content[_ENTRY]["domains"][domain]), _place(identity, domain)
            )
            for domain in Domain
        }
    except (SealBrokenError, KeyError, TypeError, ValueError) as exc:
        raise KeyUnavailableError("the escrow in the key file is damaged") from exc
    return {domain: SealingKey(both[:16], both[16:]) for domain, both in opened.items()}


def _written(content: Mapping[str, Any]) -> WritingKey | None:
    if _ENTRY not in content:
        return None
    try:
        return WritingKey(decoded(content[_ENTRY]["public"]))
    except (KeyError, TypeError, ValueError) as exc:
        raise KeyUnavailableError("the escrow in the key file is damaged") from exc


def _mac(root: bytes, writing: WritingKey, identity: Context) -> str:
    key = derive(root, "recovery-key")
    return hmac.digest(key, encode_context(identity) + writing.public, "sha256").hex()


def _place(identity: Context, domain: Domain) -> Context:
    return ("recovery", *identity, domain)
