"""A delivery is a head and lines: digests, items, problems. It exists in clear in memory alone.

The collector writes it through the seal and the inside reads it through the opening; both read
and write it a piece at a time. What comes out is hostile: every line has a limit and a form.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

from pydantic import Field

from collection.files.reader import Problem
from models.delivery import Delivered, DeliveryName, Finished
from models.errors import SealBrokenError
from models.evidence import SourceItem
from models.value import Value

_MAX_LINE: Final = 16 << 20
_FILE, _END, _DIGEST, _ITEM, _PROBLEM = b"F", b"E", b"D", b"I", b"P"
_SHA256: Final = 32
_HEADS: Final[dict[bytes, type[Delivered] | type[Finished]]] = {_FILE: Delivered, _END: Finished}


@dataclass(slots=True)
class Delivery:
    """What was delivered."""

    head: Delivered | Finished
    digests: set[bytes] = field(default_factory=set)
    """Of the file, and of all that is packed in it."""
    parts: list[SourceItem | Problem] = field(default_factory=list)


class _Problem(Value):
    fault: str = Field(max_length=300)
    pointer: str = Field(pattern=r"^[a-z]+:[0-9]+$", max_length=40)


def delivery_context(name: DeliveryName) -> tuple[str, ...]:
    """Return what a delivery is bound to."""
    return ("delivery", name.case_id, str(name))


def lines_of(
    head: Delivered | Finished,
    digests: Iterable[bytes] = (),
    parts: Iterable[SourceItem | Problem] = (),
) -> Iterator[bytes]:
    """Yield a delivery's lines, each with a mark of what it is."""
    yield _line(_FILE if isinstance(head, Delivered) else _END, head)
    for digest in digests:
        yield _DIGEST + digest.hex().encode() + b"\n"
    for part in parts:
        if isinstance(part, Problem):
            yield _line(_PROBLEM, _Problem(fault=part.fault, pointer=part.pointer))
        else:
            yield _line(_ITEM, part)


class Lines(BytesIO):
    """Gives lines as a stream, so that they are sealed as they are made and lie nowhere else."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        super().__init__()
        self._lines = lines
        self._rest = b""

    def read(self, size: int | None = -1) -> bytes:
        """Return up to so many bytes, none at the end."""
        while not self._rest:
            following = next(self._lines, None)
            if following is None:
                return b""
            self._rest = following
        size = len(self._rest) if size is None or size < 0 else size
        found, self._rest = self._rest[:size], self._rest[size:]
        return found


def read_delivery(chunks: Iterable[bytes]) -> Delivery:
    """Read a delivery that was opened. Raises `SealBrokenError` for what is none."""
    found: Delivery | None = None
    try:
        for line in _split(chunks):
            mark, body = line[:1], line[1:]
            if found is None:
                kind = _HEADS[mark]
                found = Delivery(kind.model_validate_json(body))
            elif mark == _DIGEST and len(body) == 2 * _SHA256:
                found.digests.add(bytes.fromhex(body.decode("ascii")))
            elif mark == _ITEM:
                found.parts.append(SourceItem.model_validate_json(body))
            elif mark == _PROBLEM:
                one = _Problem.model_validate_json(body)
                found.parts.append(Problem(one.fault, one.pointer))
            else:
                raise SealBrokenError("a line of the delivery is of no kind that there is")
    except (ValueError, KeyError, json.JSONDecodeError):
        raise SealBrokenError("a line of the delivery is not what it says") from None
    if found is None:
        raise SealBrokenError("the delivery is empty")
    return found


def _line(mark: bytes, value: Value) -> bytes:
    """Return a value as a line: only ever to be sealed."""
    return mark + value.model_dump_json(context={"seal": True}).encode() + b"\n"


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) > _MAX_LINE:
            raise SealBrokenError("a line of the delivery is too long")
    if rest:
        raise SealBrokenError("the delivery is cut short")
