"""A compressed file is read as far as it is whole, and never grows beyond its limits."""

import zlib
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from collection.files.gzip_members import next_whole_member
from collection.files.limits import MAX_INFLATED, MAX_RATIO, MIB, RATIO_GRACE
from models.errors import InputError

_MAGIC: Final = b"\x1f\x8b"
_CHUNK: Final = 64 * 1024
_GROWS: Final = "gzip: grows beyond the limit"


class Inflate:
    """The bytes of a file, unpacked where it is gzip, in one or more members.

    `read` gives all that comes before a damage; the next call raises `InputError` for it.
    """

    def __init__(self, source: Path | BinaryIO) -> None:
        self._file = source.open("rb") if isinstance(source, Path) else source
        self._input = self._file.read(len(_MAGIC))
        self._packed = self._input == _MAGIC
        self._member = _member()
        self._ready = bytearray() if self._packed else bytearray(self._input)
        self._input = self._input if self._packed else b""
        self._taken = len(self._input)
        self._given = 0
        self._fault: str | None = None
        self._ended = False
        self._path = source if isinstance(source, Path) else None
        self._at = 0
        self._starts: deque[int] = deque([0])
        self._member_at = 0
        self.bounded = False
        """True if nothing is given out beyond the end of a member in one piece."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def packed(self) -> bool:
        """True if the file is gzip."""
        return self._packed

    def read(self, size: int) -> bytes:
        """Return `size` bytes, fewer at the end or before a damage, none at the end.

        Raises `InputError` for a damage right at the position, or for a file that grows too much.
        """
        while len(self._ready) < size and self._fault is None and not self._ended:
            self._fill()
        if not self._ready and self._fault is not None and size > 0:
            raise InputError(self._fault)
        found = bytes(self._ready[: self._bound(size)])
        self._pass(len(found))
        return found

    def readline(self, limit: int) -> bytes:
        """Return the bytes up to the next line feed and with it, at most `limit`."""
        self._fill_some()
        limit = self._bound(limit)
        at = self._ready.find(b"\n", 0, limit)
        while at < 0 and len(self._ready) < limit and self._fault is None and not self._ended:
            self._fill()
            limit = self._bound(limit)
            at = self._ready.find(b"\n", 0, limit)
        return self.read(at + 1 if at >= 0 else min(limit, max(len(self._ready), 1)))

    def begins(self) -> bool:
        """Say whether a member of a gzip file begins right here."""
        self._fill_some()
        return self._packed and bool(self._starts) and self._starts[0] == self._at

    def go_on(self) -> int | None:
        """Go to where the next member begins; return how many packed bytes of damage were passed.

        Behind a damage of the packing itself, only where whole members follow to the file's end.
        None if there is no such place.
        """
        while self._packed:
            if self._starts and (self._ready or self._starts[0] > self._at or not self._fault):
                self._pass(self._starts[0] - self._at)
                return 0
            self._pass(len(self._ready))
            if self._fault is not None:
                return self._beyond_damage()
            if self._ended:
                break
            self._fill()
        return None

    def _beyond_damage(self) -> int | None:
        if self._path is None or self._fault == _GROWS:
            return None
        damaged = self._member_at
        found = next_whole_member(self._path, damaged + 1)
        if found is None:
            return None
        self._file.seek(found)
        self._input, self._taken, self._fault = b"", found, None
        self._member, self._member_at = _member(), found
        self._starts = deque([self._at])
        return found - damaged

    def _bound(self, size: int) -> int:
        if not self.bounded:
            return size
        ends = next((start for start in self._starts if start > self._at), None)
        return size if ends is None else min(size, ends - self._at)

    def _pass(self, size: int) -> None:
        del self._ready[:size]
        self._at += size
        while self._starts and self._starts[0] < self._at:
            self._starts.popleft()

    def _fill_some(self) -> None:
        while not self._ready and self._fault is None and not self._ended:
            self._fill()

    def _fill(self) -> None:
        if not self._packed:
            found = self._file.read(_CHUNK)
            self._ended = not found
            self._ready += found
            return
        if not self._input:
            self._input = self._file.read(_CHUNK)
            self._taken += len(self._input)
        if self._member.eof:
            self._next_member()
            return
        if not self._input:
            self._fault = "gzip: cut off"
            return
        before = self._member.copy()
        try:
            found = self._member.decompress(self._input, MIB)
        except zlib.error:
            self._fault = "gzip: damaged"
            self._ready += _up_to_damage(before, self._input)
            return
        self._input = self._member.unconsumed_tail or self._member.unused_data
        self._given += len(found)
        self._ready += found
        if self._given > MAX_INFLATED or (
            self._given > RATIO_GRACE and self._given > self._taken * MAX_RATIO
        ):
            self._fault = _GROWS

    def _next_member(self) -> None:
        rest = self._input.lstrip(b"\0")
        if not rest and not self._input:
            self._ended = True
            return
        if not rest:
            self._input = b""
            return
        self._member_at = self._taken - len(rest)
        start = self._at + len(self._ready)
        if not self._starts or self._starts[-1] != start:
            self._starts.append(start)
        if rest[:1] == _MAGIC[:1]:
            self._input = rest
            self._member = _member()
        else:
            self._fault = "gzip: something else follows the end"


def _up_to_damage(member: "zlib._Decompress", packed: bytes) -> bytes:
    """Return what comes before the damage: fed in one piece, zlib gives out nothing of it."""
    found = bytearray()
    for at in range(len(packed)):
        try:
            found += member.decompress(packed[at : at + 1])
        except zlib.error:
            break
    return bytes(found)


def _member() -> "zlib._Decompress":
    return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
