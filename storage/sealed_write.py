"""Whoever holds only a case's public key writes what they cannot read back.

A collector or the applicant's interface is given a `Writer` and no key that opens. Each value
gets a secret of its own, sealed to the case by HPKE (RFC 9180, base mode) over the hybrid
ML-KEM-768 with X25519 (X-Wing), so that a quantum computer of later years opens nothing that
was copied today; the value itself is sealed with that secret as any other is.

Format: version (1 byte), key id (16), encapsulation and sealed secret (1,168), then the envelope
or, for a file, the chunks. Place and domain are bound into both. The writer is not named by the
format: that a value comes from its writer is for the process that takes it in to know.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519

from models.errors import KeyUnavailableError, RawTextExposedError, SealBrokenError
from models.ids import CaptureId, CaseId, is_id
from storage.atomic import replacing
from storage.domain import Domain
from storage.envelope import Context, SealingKey, encode_context, seal, unseal
from storage.stream import open_stream, seal_stream

SUITE: Final = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)

_FORM: Final = "walloff-writer-1"
_VERSION: Final = b"\x03"
_ID: Final = slice(1, 17)
_MLKEM_PUBLIC: Final = 1184
_PUBLIC: Final = _MLKEM_PUBLIC + 32
_SECRET: Final = 32
_HEAD: Final = 17 + 1120 + _SECRET + 16


@dataclass(frozen=True)
class WritingKey:
    """The public half of a case's key pair in one domain."""

    public: bytes

    def __post_init__(self) -> None:
        if len(self.public) != _PUBLIC:
            raise ValueError(f"a writing key has {_PUBLIC} bytes")

    @property
    def id(self) -> bytes:
        """The 16 bytes by which what was written names the key."""
        return hashlib.sha256(self.public).digest()[:16]

    @cached_property
    def hybrid(self) -> hpke.MLKEM768X25519PublicKey:
        """The key as the library takes it."""
        return hpke.MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(self.public[:_MLKEM_PUBLIC]),
            x25519.X25519PublicKey.from_public_bytes(self.public[_MLKEM_PUBLIC:]),
        )


@dataclass(frozen=True, repr=False)
class ReadingKey:
    """The private half, made of a seed of 32 bytes as X-Wing does. Never pickled."""

    seed: bytes

    @cached_property
    def _halves(self) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
        expanded = hashlib.shake_256(self.seed).digest(96)
        return (
            mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
            x25519.X25519PrivateKey.from_private_bytes(expanded[64:]),
        )

    @cached_property
    def hybrid(self) -> hpke.MLKEM768X25519PrivateKey:
        """The key as the library takes it."""
        return hpke.MLKEM768X25519PrivateKey(*self._halves)

    @cached_property
    def writing(self) -> WritingKey:
        """The public half."""
        return WritingKey(b"".join(half.public_key().public_bytes_raw() for half in self._halves))

    def __repr__(self) -> str:
        return "ReadingKey(…)"

    def __reduce__(self) -> NoReturn:
        raise RawTextExposedError("pickle of a key")


@dataclass(frozen=True)
class Writer:
    """What a process that only writes holds of one case in one domain. No secret is in it."""

    case_id: CaseId
    domain: Domain
    key: WritingKey

    def seal(self, place: tuple[str, str, str], plaintext: bytes) -> bytes:
        """Seal bytes for one place, (table, row id, kind), as `Transaction.seal` does."""
        return seal_to(self.key, plaintext, (self.domain, *place))

    def seal_file(self, source: Path, target: Path, context: Context) -> int:
        """Seal a file; the target appears whole or not at all. Returns the bytes read."""
        return seal_file_to(self.key, source, target, context)

    def seal_stream(self, source: BinaryIO, out: BinaryIO, context: Context) -> int:
        """Seal what a stream gives into another. Returns the bytes read."""
        return seal_stream_to(self.key, source, out, context)

    def dumps(self) -> bytes:
        """Return the writer as it is handed to its process."""
        content = {
            "form": _FORM,
            "case": self.case_id,
            "domain": str(self.domain),
            "public": base64.b64encode(self.key.public).decode(),
        }
        return json.dumps(content, sort_keys=True).encode() + b"\n"

    @classmethod
    def parse(cls, content: bytes) -> "Writer":
        """Read a writer back. Raises `KeyUnavailableError`."""
        try:
            said = json.loads(content)
            public = base64.b64decode(said["public"], validate=True)
            writer = cls(CaseId(said["case"]), Domain(said["domain"]), WritingKey(public))
        except (ValueError, KeyError, TypeError) as exc:
            raise KeyUnavailableError("the writing key is damaged") from exc
        if said.get("form") != _FORM or not is_id(writer.case_id):
            raise KeyUnavailableError("the writing key is damaged")
        return writer


def is_written(sealed: bytes) -> bool:
    """Say whether a value was sealed to a public key."""
    return sealed[:1] == _VERSION


def seal_to(key: WritingKey, plaintext: bytes, context: Context) -> bytes:
    """Seal a value for one place, to whoever holds the private half."""
    head, secret = _encapsulated(key, context)
    return head + seal(SealingKey.of(secret, "rows"), plaintext, context)


def unseal_written(key: ReadingKey, sealed: bytes, context: Context) -> bytes:
    """Open a value in its place. Raises `SealBrokenError`."""
    secret = _decapsulated(key, sealed[:_HEAD], context)
    return unseal(SealingKey.of(secret, "rows"), sealed[_HEAD:], context)


def seal_file_to(key: WritingKey, source: Path, target: Path, context: Context) -> int:
    """Seal a file to a public key."""
    with source.open("rb") as stream, replacing(target) as out:
        return seal_stream_to(key, stream, out, context)


def seal_stream_to(key: WritingKey, source: BinaryIO, out: BinaryIO, context: Context) -> int:
    """Seal what a stream gives to a public key."""
    head, secret = _encapsulated(key, context)
    out.write(head)
    return seal_stream(source, out, SealingKey.of(secret, "files"), context)


def open_written_file(path: Path, key: ReadingKey, context: Context) -> Iterator[bytes]:
    """Yield a file's plaintext as `storage.stream.open_file` does. Raises `SealBrokenError`."""
    with path.open("rb") as stream:
        yield from open_written_stream(stream, key, context)


def open_written_stream(stream: BinaryIO, key: ReadingKey, context: Context) -> Iterator[bytes]:
    """Yield what a stream holds that was sealed to a public key. Raises `SealBrokenError`."""
    secret = _decapsulated(key, stream.read(_HEAD), context)
    yield from open_stream(stream, SealingKey.of(secret, "files"), context)


def original_context(case_id: CaseId, capture_id: CaptureId) -> Context:
    """Return what an original is bound to, whoever seals it."""
    return ("original", case_id, capture_id)


def _encapsulated(key: WritingKey, context: Context) -> tuple[bytes, bytes]:
    secret = os.urandom(_SECRET)
    return _VERSION + key.id + SUITE.encrypt(secret, key.hybrid, _info(context)), secret


def _decapsulated(key: ReadingKey, head: bytes, context: Context) -> bytes:
    if len(head) != _HEAD or not is_written(head) or head[_ID] != key.writing.id:
        raise SealBrokenError("not a value sealed to this key")
    try:
        return SUITE.decrypt(head[17:], key.hybrid, _info(context))
    except (InvalidTag, ValueError):
        raise SealBrokenError("altered, or moved from where it was sealed") from None


def _info(context: Context) -> bytes:
    return b"walloff/write\0" + encode_context(context)
