"""A sealed file is a chain of sealed chunks: cut, swapped, dropped or added ones do not open.

Format: version (1 byte), key id (16), salt (24), commitment (32), then chunks of 1 MiB of
plaintext, each AES-256-GCM under a key derived for this file. The nonce is the chunk's number
and a mark on the last chunk (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár,
2015), so an order other than the written one, and an early end, fail.
"""

import hmac
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.errors import SealBrokenError
from storage.atomic import replacing
from storage.envelope import Context, SealingKey, encode_context

CHUNK: Final = 1 << 20
"""Bytes of plaintext in every chunk but the last."""

_VERSION: Final = b"\x02"
_LABEL: Final = b"walloff/file"
_HEAD: Final = 73
_TAG: Final = 16


def seal_file(source: Path | BinaryIO, target: Path, key: SealingKey, context: Context) -> int:
    """Seal a file; the target appears whole or not at all. Returns the bytes read."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return seal_file(stream, target, key, context)
    with replacing(target) as out:
        return seal_stream(source, out, key, context)


def seal_stream(source: BinaryIO, out: BinaryIO, key: SealingKey, context: Context) -> int:
    """Seal what a stream gives into another. Returns the bytes read."""
    salt = os.urandom(24)
    secret, commitment = key.message_keys(_LABEL, salt)
    cipher = AESGCM(secret)
    head = _VERSION + key.id + salt + commitment
    bound = head + encode_context(context)
    total = 0
    out.write(head)
    chunk, number = _read(source), 0
    while True:
        following = _read(source) if len(chunk) == CHUNK else b""
        out.write(cipher.encrypt(_nonce(number, last=not following), chunk, bound))
        total += len(chunk)
        if not following:
            return total
        chunk, number = following, number + 1


def open_file(path: Path, key: SealingKey, context: Context) -> Iterator[bytes]:
    """Yield the plaintext, chunk by chunk, each only after it was checked.

    Raises `SealBrokenError` as soon as a chunk does not open; a file cut at a chunk's edge is
    noticed before its last chunk is yielded. Raises `OSError` if the file cannot be read.
    """
    with path.open("rb") as stream:
        yield from open_stream(stream, key, context)


def open_stream(stream: BinaryIO, key: SealingKey, context: Context) -> Iterator[bytes]:
    """Yield what a sealed stream holds, as `open_file` does."""
    head = stream.read(_HEAD)
    if len(head) < _HEAD or head[:1] != _VERSION or head[1:17] != key.id:
        raise SealBrokenError("not a file sealed with this key")
    secret, commitment = key.message_keys(_LABEL, head[17:41])
    if not hmac.compare_digest(commitment, head[41:]):
        raise SealBrokenError("not a file sealed with this key")
    cipher, bound = AESGCM(secret), head + encode_context(context)
    number, chunk = 0, stream.read(CHUNK + _TAG)
    while True:
        following = stream.read(CHUNK + _TAG)
        try:
            plain = cipher.decrypt(_nonce(number, last=not following), chunk, bound)
        except InvalidTag:
            raise SealBrokenError(f"chunk {number} is altered, moved or missing") from None
        yield plain
        if not following:
            return
        number, chunk = number + 1, following


def _read(source: BinaryIO) -> bytes:
    """Read a whole chunk even from a source that returns less than asked for."""
    parts = []
    missing = CHUNK
    while missing:
        part = source.read(missing)
        if not part:
            break
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
