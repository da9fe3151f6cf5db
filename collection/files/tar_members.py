"""A tar file is read front to back, header by header, so that a cut costs only what lies behind it.

The standard library stops without a word at a damaged header; here it is a problem. Formats:
POSIX.1-2001 (ustar and pax), and the long names of GNU tar.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from collection.files.denied import INFERRED, is_denied
from collection.files.inflate import Inflate
from collection.files.limits import MAX_ENTRIES, MAX_MEMBER, MIB
from collection.files.members import LINK, OUTSIDE, Member, Refused, safe_name
from collection.files.reader import WHOLE_FILE, Problem
from models.errors import InputError

_BLOCK: Final = 512
_EMPTY: Final = b"\0" * _BLOCK
_FILE: Final = frozenset(b"0\0007")
_FOLDER: Final = ord("5")
_PAX: Final = ord("x")
_PAX_GLOBAL: Final = ord("g")
_LONG_NAME: Final = ord("L")
_LONG_LINK: Final = ord("K")


@dataclass(slots=True)
class _Header:
    name: str
    size: int
    kind: int


def tar_members(path: Path, wanted: Callable[[PurePosixPath], bool]) -> Iterator[Member | Problem]:
    """Yield the wanted members of a tar file, packed or not, then a problem if it is damaged."""
    refused = Refused()
    with Inflate(path) as stream:
        kind = "tar.gz" if stream.packed else "tar"
        try:
            yield from _members(stream, wanted, refused)
        except InputError as damage:
            yield from refused.problems(kind)
            yield Problem(f"{kind}: {damage.fault}", WHOLE_FILE)
            return
    yield from refused.problems(kind)


def _members(
    stream: Inflate, wanted: Callable[[PurePosixPath], bool], refused: Refused
) -> Iterator[Member]:
    long_name: str | None = None
    for number, header in enumerate(_headers(stream), start=1):
        if number > MAX_ENTRIES:
            raise InputError(f"more than {MAX_ENTRIES} entries")
        if header.kind in (_PAX, _LONG_NAME):
            note = _body(stream, header.size, limit=MIB)
            long_name = _pax_path(note) if header.kind == _PAX else _text(note)
            continue
        if header.kind in (_PAX_GLOBAL, _LONG_LINK):
            _skip(stream, header.size)
            continue
        name = safe_name(long_name or header.name)
        long_name = None
        denied = name is not None and header.kind in _FILE and is_denied(name)
        if denied:
            refused.add(INFERRED, number)
        elif header.kind in _FILE and name is not None and wanted(name):
            yield from _wanted(stream, name, header.size)
            continue
        if name is None:
            refused.add(OUTSIDE, number)
        elif header.kind not in _FILE and header.kind != _FOLDER:
            refused.add(LINK, number)
        _skip(stream, header.size)


def _wanted(stream: Inflate, name: PurePosixPath, size: int) -> Iterator[Member]:
    if size > MAX_MEMBER:
        raise InputError(f"a member of more than {MAX_MEMBER} bytes")
    body = bytearray()
    try:
        _fill(body, stream, size)
    except InputError:
        yield Member(name, bytes(body), cut=True)
        raise
    yield Member(name, bytes(body))
    _skip_padding(stream, size)


def _fill(body: bytearray, stream: Inflate, size: int) -> None:
    while len(body) < size:
        found = stream.read(min(MIB, size - len(body)))
        if not found:
            raise InputError("cut off")
        body += found


def _headers(stream: Inflate) -> Iterator[_Header]:
    while True:
        block = stream.read(_BLOCK)
        if block == _EMPTY:
            while stream.read(MIB):  # to the checksum at the end of gzip
                pass
            return
        if len(block) < _BLOCK:
            # Gem::Package::TarWriter and GNU tar both end with two empty blocks.
            raise InputError("cut off")
        yield _header(block)


def _header(block: bytes) -> _Header:
    stated = _number(block[148:156])
    blank = block[:148] + b" " * 8 + block[156:]
    if stated != sum(blank):
        raise InputError("a damaged header")
    name = _text(block[:100])
    prefix = _text(block[345:500]) if block[257:262] == b"ustar" else ""
    return _Header(
        name=f"{prefix}/{name}" if prefix and block[263:265] == b"00" else name,
        size=_number(block[124:136]),
        kind=block[156],
    )


def _number(field: bytes) -> int:
    if field[0] & 0x80:
        value = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
        if field[0] & 0x40:
            raise InputError("a damaged header")
        return value
    try:
        return int(field.rstrip(b"\0 ").lstrip(b" ") or b"0", 8)
    except ValueError:
        pass
    raise InputError("a damaged header")


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "replace")


def _pax_path(note: bytes) -> str | None:
    found = None
    while note:
        length, _, _ = note.partition(b" ")
        if not length.isdigit() or not len(length) < int(length[:8]) <= len(note):
            raise InputError("a damaged header")
        key, _, value = note[len(length) + 1 : int(length)].rstrip(b"\n").partition(b"=")
        if key == b"path":
            found = value.decode("utf-8", "replace")
        elif key == b"size":
            raise InputError("a member of more than 8 GiB")
        note = note[int(length) :]
    return found


def _body(stream: Inflate, size: int, *, limit: int) -> bytes:
    if size > limit:
        raise InputError("a damaged header")
    found = stream.read(size)
    if len(found) < size:
        raise InputError("cut off")
    _skip_padding(stream, size)
    return found


def _skip(stream: Inflate, size: int) -> None:
    left = size
    while left:
        found = stream.read(min(MIB, left))
        if not found:
            raise InputError("cut off")
        left -= len(found)
    _skip_padding(stream, size)


def _skip_padding(stream: Inflate, size: int) -> None:
    padding = -size % _BLOCK
    if len(stream.read(padding)) < padding:
        raise InputError("cut off")
