"""A sealed value opens only with its key, unaltered, and in the place it was sealed for.

Format: version (1 byte), key id (16), salt (24), commitment (32), AES-256-GCM ciphertext with
tag. HMAC-SHA512 of the salt under the lockbox's key gives each value a key of its own, so the
nonce may be constant and no key wears out, and a commitment: GCM alone lets a ciphertext open
under two keys. The plaintext is padded to whole steps of 256 bytes: a length must not tell a
short word from a longer one.
"""

import hmac
import os
import struct
from dataclasses import dataclass, field
from typing import Final, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.errors import RawTextExposedError, SealBrokenError

STEP: Final = 256
"""Bytes: a sealed plaintext is padded to a multiple of this."""

_VERSION: Final = b"\x01"
_ID: Final = slice(1, 17)
_SALT: Final = slice(17, 41)
_COMMITMENT: Final = slice(41, 73)
_BODY: Final = 73
_LABEL: Final = b"walloff/value"
_NONCE: Final = b"\0" * 12
_LENGTH: Final = struct.Struct(">I")

Context = tuple[str, ...]
"""Where a value belongs, for example (domain, table, row, kind)."""


@dataclass(frozen=True, slots=True, repr=False)
class SealingKey:
    """A 32-byte key and the public name by which sealed values refer to it. Never pickled."""

    id: bytes
    secret: bytes
    _mac: hmac.HMAC = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.id) != 16 or len(self.secret) != 32:
            raise ValueError("a sealing key has an id of 16 bytes and a secret of 32")
        # Keyed once and copied for each value: a third of the time.
        object.__setattr__(self, "_mac", hmac.new(self.secret, digestmod="sha512"))

    @classmethod
    def of(cls, secret: bytes, purpose: str) -> "SealingKey":
        """Derive from a secret the key for one purpose; other purposes tell nothing of it."""
        return cls(
            id=derive(secret, f"{purpose}/id")[:16],
            secret=derive(secret, f"{purpose}/key"),
        )

    def message_keys(self, label: bytes, salt: bytes) -> tuple[bytes, bytes]:
        """Return the encryption key of one message, and its commitment to this key."""
        mac = self._mac.copy()
        mac.update(label + salt + self.id)
        both = mac.digest()
        return both[:32], both[32:]

    def __repr__(self) -> str:
        return "SealingKey(…)"

    def __reduce__(self) -> NoReturn:
        raise RawTextExposedError("pickle of a key")


def derive(secret: bytes, purpose: str) -> bytes:
    """Return 32 bytes that depend on the secret and the purpose (HMAC-SHA256 as a PRF)."""
    return hmac.digest(secret, b"walloff/derive\0" + purpose.encode(), "sha256")


def encode_context(context: Context) -> bytes:
    """Encode a context so that two different ones never give the same bytes."""
    return "".join([f"{len(part)}:{part}" for part in context]).encode()


def seal(key: SealingKey, plaintext: bytes, context: Context) -> bytes:
    """Seal a value for one place."""
    salt = os.urandom(24)
    secret, commitment = key.message_keys(_LABEL, salt)
    head = _VERSION + key.id + salt + commitment
    length = len(plaintext)
    # Joined in one piece: each further copy of a large value costs as much as its encryption.
    padded = b"".join((_LENGTH.pack(length), plaintext, bytes(-(length + _LENGTH.size) % STEP)))
    return head + AESGCM(secret).encrypt(_NONCE, padded, head + encode_context(context))


def unseal(key: SealingKey, sealed: bytes, context: Context) -> bytes:
    """Open a value in its place.

    Raises `SealBrokenError` if a bit was changed, if it was sealed with another key, or for
    another place.
    """
    if len(sealed) < _BODY + STEP + 16 or sealed[:1] != _VERSION or sealed[_ID] != key.id:
        raise SealBrokenError("not a value sealed with this key")
    secret, commitment = key.message_keys(_LABEL, sealed[_SALT])
    if not hmac.compare_digest(commitment, sealed[_COMMITMENT]):
        raise SealBrokenError("not a value sealed with this key")
    try:
        padded = AESGCM(secret).decrypt(
            _NONCE, memoryview(sealed)[_BODY:], sealed[:_BODY] + encode_context(context)
        )
    except InvalidTag:
        raise SealBrokenError("altered, or moved from where it was sealed") from None
    (length,) = _LENGTH.unpack_from(padded)
    if length > len(padded) - _LENGTH.size:
        raise SealBrokenError("the sealed length is impossible")
    return padded[_LENGTH.size : _LENGTH.size + length]
