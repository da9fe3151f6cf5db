"""A gate that opens leaves a row in the outbox; the row names a segment and a case, no more."""

from typing import Final

from models.segment import Segment

_PREFIX: Final = "run:"


def outbox_kind(segment: Segment) -> str:
    """Return the outbox kind that asks for a segment to be run on a case."""
    return f"{_PREFIX}{segment}"


def segment_of(kind: str) -> Segment:
    """Return the segment that an outbox kind asks for. Raises `ValueError` for any other."""
    if not kind.startswith(_PREFIX):
        raise ValueError("not a row that runs a segment")
    return Segment(kind.removeprefix(_PREFIX))
