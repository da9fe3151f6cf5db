"""Behind a damage a gzip file goes on only where whole members follow each other to its end.

A member may hold bytes that look like the beginning of another: a page can be made of them. What a
page puts in is followed by the rest of its own member, and so leads to no end.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from collection.files.limits import MIB

MAX_SEARCHED: Final = 4 << 30
"""Bytes that a search may unpack; behind more than these nothing is looked for."""

_MAGIC: Final = b"\x1f\x8b\x08"
_CHUNK: Final = 64 * 1024
_COST: Final = 8 * 1024
"""What one place that looks like a beginning counts beside what it unpacks to."""
_HEADER: Final = 12
_EXTRA: Final = 4
_MAX_EXTRA: Final = 32
"""Bytes of an extra field: a longer one could reach over whole members."""
_PADDING: Final = 4 * 1024


def next_whole_member(path: Path, start: int) -> int | None:
    """Return where the first member begins from which all are whole to the end of the file.

    Looks at or behind `start`; returns None if there is none, or if the search costs too much.
    """
    search = _Search(path)
    try:
        return search.first(start)
    finally:
        search.file.close()


class _Search:
    def __init__(self, path: Path) -> None:
        self.file: BinaryIO = path.open("rb")
        self._size = self.file.seek(0, 2)
        self._left = MAX_SEARCHED

    def first(self, start: int) -> int | None:
        dead: set[int] = set()
        for place in self._places(start):
            chain: list[int] = []
            at: int | None = place
            while at is not None and at not in dead:
                if self._is_end(at):
                    return place if chain else None
                chain.append(at)
                at = self._end_of(at)
                if self._left < 0:
                    return None
            dead.update(chain)
        return None

    def _places(self, start: int) -> Iterator[int]:
        """Yield where something begins as a member does."""
        at = start
        while True:
            self.file.seek(at)
            piece = self.file.read(MIB)
            found = piece.find(_MAGIC)
            while found >= 0:
                yield at + found
                found = piece.find(_MAGIC, found + 1)
            if len(piece) < MIB:
                return
            at += MIB - len(_MAGIC) + 1

    def _is_end(self, at: int) -> bool:
        if self._size - at > _PADDING:
            return False
        self.file.seek(at)
        return not self.file.read(_PADDING).strip(b"\0")

    def _end_of(self, at: int) -> int | None:
        """Return where a member that is whole ends."""
        self._left -= _COST
        self.file.seek(at)
        header = self.file.read(_HEADER)
        if len(header) < _HEADER or not header.startswith(_MAGIC):
            return None
        if header[3] & _EXTRA and int.from_bytes(header[10:12], "little") > _MAX_EXTRA:
            return None
        member = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        packed, read = header, at + len(header)
        try:
            while not member.eof and self._left >= 0:
                if not packed:
                    packed = self.file.read(_CHUNK)
                    read += len(packed)
                    if not packed:
                        return None
                self._left -= len(member.decompress(packed, MIB)) + 1
                packed = member.unconsumed_tail
        except zlib.error:
            return None
        return read - len(member.unused_data) if member.eof else None
