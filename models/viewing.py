"""Supervised viewing: the applicant drives, a wall-off reviewer attends, nothing is captured."""

from enum import StrEnum
from typing import Literal

from models.ids import ActorId, ConsentId
from models.text import RawText
from models.value import Moment, Value


class ViewNote(StrEnum):
    """All that may be written down of a viewing."""

    NOTHING_NOTED = "nothing-noted"
    ACCOUNT_SHOWN = "account-shown"
    ACCOUNT_NOT_SHOWN = "account-not-shown"
    ACCOUNT_IS_THE_DISCLOSED_ONE = "account-is-the-disclosed-one"
    ACCOUNT_IS_ANOTHER = "account-is-another"
    PUBLIC_EVIDENCE_EXPLAINED = "public-evidence-explained"
    STOPPED_BY_THE_APPLICANT = "stopped-by-the-applicant"
    STOPPED_BY_THE_REVIEWER = "stopped-by-the-reviewer"


class SupervisedView(Value):
    """One viewing (S6). The newest record of a case stands; it is written at both ends."""

    id: str
    consent_id: ConsentId
    rule: str
    """The row of the law that allows it."""
    citation: str
    present: tuple[ActorId, ...]
    """Everybody of the agency in the room, the attending reviewer first."""
    applicant_drives: Literal[True] = True
    no_capture: Literal[True] = True
    started_at: Moment
    ended_at: Moment | None = None
    ended_by: ActorId | None = None
    """Another reviewer, where the attending one did not end it: nobody says then what was seen."""
    notes: frozenset[ViewNote] = frozenset()
    explanation_offered: bool = False
    explanation: RawText | None = None
    """The applicant's own words, if they wished to explain at once."""
