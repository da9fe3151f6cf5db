"""A reviewer's marks: words withheld besides the machine's, and phrases that are no such words."""

from collections.abc import Mapping
from enum import StrEnum

from models.ids import ActorId, FindingId
from models.text import RawText, RedactedText
from models.value import Moment, Value


class MarkKind(StrEnum):
    """What a reviewer says of some words."""

    WITHHOLD = "withhold"
    """They are withheld too."""
    EXCEPT = "except"
    """In this phrase no listed term counts as found: it means something else here."""


class ReviewMark(Value):
    """One mark, on one finding's text or on all of the case."""

    id: str
    kind: MarkKind
    words: RawText
    finding_id: FindingId | None = None
    """None for everywhere in the case."""
    made_by: ActorId
    made_at: Moment
    undone: bool = False


class ExceptedTexts(Value):
    """What the excerpts are once the case's phrases are excepted; other findings keep theirs."""

    excerpts: Mapping[FindingId, RedactedText | None]
