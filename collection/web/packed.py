"""What a server packed, though it was asked not to, is unpacked within a limit, or refused."""

import zlib
from typing import Final

from models.fetching import FetchRefusedError

_WINDOW: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}


def unpacked(body: bytes, packing: str, most: int, *, cut: bool = False) -> bytes:
    """Return what a body of a `Content-Encoding` holds.

    Raises `FetchRefusedError` for a packing that is not known, what cannot be unpacked, and what
    holds more; with `cut`, what was got of something too long is enough.
    """
    packing = packing.strip().lower()
    if packing in ("", "identity") or not body:
        return body
    if packing not in _WINDOW:
        raise FetchRefusedError("an answer packed in a way that is not supported")
    unpacker, found = zlib.decompressobj(_WINDOW[packing]), b""
    failed = False
    try:
        found = unpacker.decompress(body, most + 1)
    except zlib.error:
        failed = True
    if len(found) > most and not cut:
        raise FetchRefusedError(f"an answer of more than {most} bytes, unpacked")
    if failed or not (unpacker.eof or cut):
        raise FetchRefusedError("an answer that cannot be unpacked")
    return found
