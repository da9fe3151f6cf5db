"""A CAR file (content-addressed archive, version 1) hands out only blocks whose digest was checked.

Blocks are found once, front to back, and read again when asked for by their digest; a block that
does not hold what its name says is never handed out.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from collection.files.limits import MIB
from collection.files.reader import WHOLE_FILE, Problem
from models.errors import InputError

CID: Final = b"\x01\x71\x12\x20"
"""How the name of a block begins: version 1, DAG-CBOR, SHA-256 of 32 bytes."""
_CID_SIZE: Final = len(CID) + 32
_MAX_HEADER: Final = 64 * 1024
_MAX_BLOCK: Final = 2 * MIB
_MAX_BLOCKS: Final = 4_000_000
_SIZE_BITS: Final = 24
_VARINT: Final = 9


@dataclass(slots=True)
class Blocks:
    """The good blocks of an open file, by digest."""

    file: BinaryIO
    roots: tuple[bytes, ...]
    _places: dict[bytes, int] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def get(self, cid: object) -> Any:
        """Return the value of a block, None if it is not there. Raises `InputError`."""
        body = self.body(cid)
        return None if body is None else value_of(body)

    def body(self, cid: object) -> bytes | None:
        """Return the bytes of a block, None if it is not there."""
        if not isinstance(cid, bytes) or len(cid) != _CID_SIZE or not cid.startswith(CID):
            raise InputError("a link that names no block")
        place = self._places.get(cid[len(CID) :])
        if place is None:
            return None
        self.file.seek(place >> _SIZE_BITS)
        return self.file.read(place & ((1 << _SIZE_BITS) - 1))

    def problems(self) -> Iterator[Problem]:
        """Yield what was wrong with the file's blocks."""
        for fault, count in sorted(self._counts.items()):
            yield Problem(f"{fault} ({count})", WHOLE_FILE)

    def find(self) -> None:
        """Go through the file, check every block, and remember where the good ones are."""
        while len(self._places) < _MAX_BLOCKS:
            size = _varint(self.file)
            if size is None:
                return
            if size < _CID_SIZE:
                self._count("cut off or damaged: what follows was not read")
                return
            if size > _MAX_BLOCK:
                self._count("blocks that are too large")
                here = self.file.tell()
                if size > self.file.seek(0, 2) - here:
                    self._count("cut off or damaged: what follows was not read")
                    return
                self.file.seek(here + size)
                continue
            block = self.file.read(size)
            if len(block) < size:
                self._count("cut off or damaged: what follows was not read")
                return
            if not block.startswith(CID):
                self._count("blocks of an unknown kind")
            elif (
                hashlib.sha256(memoryview(block)[_CID_SIZE:]).digest()
                != block[len(CID) : _CID_SIZE]
            ):
                self._count("blocks that are not what their digest says")
            else:
                length = size - _CID_SIZE
                place = (self.file.tell() - length) << _SIZE_BITS | length
                self._places[block[len(CID) : _CID_SIZE]] = place
        self._count(f"more than {_MAX_BLOCKS} blocks")

    def _count(self, fault: str) -> None:
        self._counts[fault] = self._counts.get(fault, 0) + 1


def opened_car(file: BinaryIO) -> Blocks:
    """Return the blocks of a CAR file. Raises `InputError` for what is none."""
    size = _varint(file)
    if size is None or size > _MAX_HEADER:
        raise InputError("not a CAR file")
    header = value_of(file.read(size))
    if not isinstance(header, dict) or header.get("version") != 1:
        raise InputError("not a CAR file of version 1")
    roots = header.get("roots")
    if not isinstance(roots, list) or not all(isinstance(root, bytes) for root in roots):
        raise InputError("not a CAR file of version 1")
    blocks = Blocks(file, tuple(roots))
    blocks.find()
    return blocks


def value_of(body: bytes) -> Any:
    """Return the value of DAG-CBOR. Raises `InputError`, which never repeats any of it."""
    import libipld

    try:
        return libipld.decode_dag_cbor(body)
    except (ValueError, RecursionError):
        pass
    raise InputError("a block that is not DAG-CBOR")


def _varint(file: BinaryIO) -> int | None:
    """Return the next number, None at the end of the file, 0 for one that is none."""
    value = 0
    for place in range(_VARINT):
        byte = file.read(1)
        if not byte:
            return None if place == 0 else 0
        value |= (byte[0] & 0x7F) << (7 * place)
        if byte[0] < 0x80:
            return value
    return 0
