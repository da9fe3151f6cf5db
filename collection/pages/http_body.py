"""An answer's body is unpacked exactly as its headers say, or refused; half a page is no page.

A sentence that was cut off may say the opposite of the whole one, so a body that ends before its
time is a problem and no text. A recorder may have unpacked a body and left the headers as they
were: what does not begin as packed is taken as it stands.
"""

import re
import zlib
from collections.abc import Callable, Sequence
from typing import Final

from collection.files.limits import MAX_RECORD
from models.errors import InputError

_CHUNK: Final = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_MAX_CODINGS: Final = 4
_NO_CODING: Final = frozenset({"", "identity", "none", "utf-8"})
_CUT: Final = "a page that is cut off"
_MORE: Final = "a page after whose end something else follows"

Headers = Sequence[tuple[str, str]]


def field(headers: Headers, name: str) -> str:
    """Return the last of the headers of that name, as browsers read a type; else nothing."""
    found = [value for key, value in headers if key.strip().lower() == name]
    return found[-1].strip() if found else ""


def tokens(headers: Headers, name: str) -> list[str]:
    """Return what all headers of that name list, in order and in lower case."""
    found = [value for key, value in headers if key.strip().lower() == name]
    parts = (part.strip().lower() for value in found for part in value.split(","))
    return [part for part in parts if part not in _NO_CODING]


def body_of(raw: bytes, headers: Headers) -> bytes:
    """Return what an answer carries, unpacked. Raises `InputError`."""
    sent, packed = tokens(headers, "transfer-encoding"), tokens(headers, "content-encoding")
    codings = [*packed, *sent]
    if len(codings) > _MAX_CODINGS or any(one not in _UNPACK for one in codings):
        raise InputError(_unsupported(codings))
    stated = field(headers, "content-length")
    if not codings and stated.isdecimal() and len(stated) < 16 and len(raw) < int(stated):
        raise InputError(_CUT)
    for one in reversed(codings):
        raw = _UNPACK[one](raw)
    return raw


def _unsupported(codings: list[str]) -> str:
    known = next((one for one in codings if one in ("br", "zstd", "compress")), "")
    how = f": {known}" if known else ""
    return f"a page packed in a way that is not supported{how}"


def _joined(raw: bytes) -> bytes:
    found, at = bytearray(), 0
    while True:
        head = _CHUNK.match(raw, at)
        if head is None:
            if at == 0:
                return raw  # the recorder joined the pieces
            raise InputError(_CUT)
        size, at = int(head[1], 16), head.end()
        if size == 0:
            return bytes(found)
        if at + size > len(raw):
            raise InputError(_CUT)
        found += raw[at : at + size]
        at += size
        end = raw[at : at + 2]
        at += 2 if end == b"\r\n" else end.startswith(b"\n")
        if end != b"\r\n" and not end.startswith(b"\n"):
            raise InputError(_CUT)


def _gunzipped(raw: bytes) -> bytes:
    return _inflated(raw, 16 + zlib.MAX_WBITS) if raw.startswith(b"\x1f\x8b") else raw


def _inflated_somehow(raw: bytes) -> bytes:
    # The standard means zlib's format; some servers send what is in it alone.
    if len(raw) > 1 and raw[0] & 0x0F == 8 and (raw[0] * 256 + raw[1]) % 31 == 0:
        return _inflated(raw, zlib.MAX_WBITS)
    return raw if raw.lstrip()[:1] == b"<" else _inflated(raw, -zlib.MAX_WBITS)


def _inflated(raw: bytes, form: int) -> bytes:
    inflate = zlib.decompressobj(wbits=form)
    found = None
    try:
        found = inflate.decompress(raw, MAX_RECORD + 1)
    except zlib.error:
        found = None
    if found is None:
        raise InputError("a page that cannot be unpacked")
    if len(found) > MAX_RECORD:
        raise InputError(f"a page of more than {MAX_RECORD} bytes")
    if not inflate.eof:
        raise InputError(_CUT)
    if inflate.unused_data.strip(b"\0"):
        raise InputError(_MORE)
    return found


_UNPACK: Final[dict[str, Callable[[bytes], bytes]]] = {
    "chunked": _joined,
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _inflated_somehow,
}
