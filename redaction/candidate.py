"""A candidate is one proposer's wish to withhold a stretch of a view, and how it should read."""

from enum import IntEnum
from typing import NamedTuple

from models.protected import ProtectedClass
from models.redaction import Mention


class Form(IntEnum):
    """How a withheld stretch reads. Where candidates overlap, the larger form stands."""

    DROPPED = 0
    """Nothing: an emoji."""
    REWORDED = 1
    """The candidate's own neutral words: "they", "police officer"."""
    OTHER = 2
    """ "another person": a name."""
    RELATIVE = 3
    """ "a relative": kin or a partner of somebody."""
    TOKEN = 4
    """The fixed token."""
    OPAQUE = 5
    """A token that was there before; it makes no span."""


class Candidate(NamedTuple):
    """Offsets are those of a view, end exclusive."""

    start: int
    end: int
    protected_class: ProtectedClass
    mention: Mention
    rule: str
    proposer: str
    form: Form = Form.TOKEN
    words: str = ""
    """The neutral words of `Form.REWORDED`."""
    plural: bool = False
    """Whether several are named: "relatives", "other people"."""
    score: float = 1.0
