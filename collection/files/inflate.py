"""A compressed file is read as far as it is whole, and never grows beyond its limits."""

import zlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from collection.files.limits import MAX_INFLATED, MAX_RATIO, MIB, RATIO_GRACE
from models.errors import InputError

_MAGIC: Final = b"\x1f\x8b"
_CHUNK: Final = 64 * 1024


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
        found = bytes(self._ready[:size])
        del self._ready[:size]
        return found

    def readline(self, limit: int) -> bytes:
        """Return the bytes up to the next line feed and with it, at most `limit`."""
        at = self._ready.find(b"\n", 0, limit)
        while at < 0 and len(self._ready) < limit and self._fault is None and not self._ended:
            self._fill()
            at = self._ready.find(b"\n", 0, limit)
        return self.read(at + 1 if at >= 0 else min(limit, max(len(self._ready), 1)))

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
            self._fault = "gzip: grows beyond the limit"

    def _next_member(self) -> None:
        rest = self._input.lstrip(b"\0")
        if not rest and not self._input:
            self._ended = True
        elif not rest:
            self._input = b""
        elif rest[:1] == _MAGIC[:1]:
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
