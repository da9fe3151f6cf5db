"""Whom a withheld mention is about: never which group, only how the text means it."""

from enum import StrEnum

from pydantic import Field

from models.redaction import Mention
from models.value import Value


class Referent(StrEnum):
    """Whom a mention of a protected class is about."""

    SELF = "self"
    """The writer, or a circumstance of the writer's: what the applicant is."""
    TARGET = "target"
    """Whom the writer's own words attack: kept, in coded form."""
    QUOTED = "quoted"
    """In words that the writer quotes, reports or contradicts."""
    OTHER = "other"
    """Somebody else, or nobody: a friend, a custom, news."""


class Reference(Value):
    """One mention of a coded text, and whom it is about. Offsets are the coded text's."""

    start: int = Field(ge=0)
    end: int = Field(gt=0)
    mention: Mention
    referent: Referent
    needs_person: bool = False
    """True if the machine is not sure, as about a slur that stands alone."""
