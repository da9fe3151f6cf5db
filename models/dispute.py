"""A dispute of what was released, and the recall of a release that was wrong."""

from enum import StrEnum

from models.case import CaseState
from models.ids import ActorId, CaseId, FindingId
from models.rebuttal import Claim
from models.text import RawText, RedactedText
from models.value import Moment, Value


class DisputeOutcome(StrEnum):
    """How a dispute ended."""

    VERIFIED = "verified"
    CORRECTED = "corrected"
    UNVERIFIED = "unverified"
    """Neither shown right nor wrong in time: what cannot be verified goes (15 USC 1681i(a)(5))."""


class Dispute(Value):
    """One dispute; the newest record of it stands."""

    id: str
    case_id: CaseId
    findings: tuple[FindingId, ...]
    claim: Claim
    statement: RawText | None
    neutral: RedactedText | None
    """The statement of dispute as it passed the wall."""
    origin: CaseState
    hold: str
    """The hold that keeps the material while the dispute lasts."""
    opened_at: Moment
    due_at: Moment
    extended_at: Moment | None = None
    outcome: DisputeOutcome | None = None
    resolved_by: ActorId | None = None
    resolved_at: Moment | None = None


class RecallReason(StrEnum):
    """Why a release is taken back."""

    LEAK = "leak"
    WRONG_PERSON = "wrong-person"
    ERROR = "error"
    DISPUTE = "dispute"
    STATEMENT = "statement"
    """The applicant's statement is added; what was shown was not wrong."""


TAINTS = frozenset(RecallReason) - {RecallReason.STATEMENT}
"""Reasons for which whoever saw the release decides no more."""


class Recall(Value):
    """One recall: the case reviewed again, and who had seen what was wrong."""

    case_id: CaseId
    reason: RecallReason
    version: int
    exposed: tuple[ActorId, ...]
    recalled_by: ActorId
    recalled_at: Moment
    told_at: Moment
    """The applicant is told in the same step."""
