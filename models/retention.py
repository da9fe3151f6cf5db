"""Retention: two clocks, the rules that set them, and what stops them."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from models.ids import ActorId, CaseId, HoldId
from models.value import Moment, Value


class Clock(StrEnum):
    """Which of the two dates a rule sets."""

    KEEP_UNTIL = "keep-until"
    DESTROY_BY = "destroy-by"


class Confidence(StrEnum):
    """How well a legal value is known."""

    VERIFIED = "V"
    FROM_MEMORY = "M"


class RetentionRule(Value):
    """One rule of the schedule, from a law or the agency's policy."""

    id: str
    clock: Clock
    period: str = Field(pattern=r"^([0-9]+ (days|months|years)|while-open)$")
    citation: str
    confidence: Confidence
    note: str = ""


class AppliedRule(Value):
    """A rule with the date it yields for one case; None while what starts it has not happened."""

    rule: RetentionRule
    since: date | None
    until: date | None


class RetentionSchedule(Value):
    """What the rules together say of one case.

    `conflict` names the two rules that cannot both be met; the material is then sealed.
    """

    case_id: CaseId
    computed_at: Moment
    applied: tuple[AppliedRule, ...]
    keep_until: date | None
    destroy_by: date | None
    conflict: tuple[str, str] | None = None


class LegalHold(Value):
    """A stop on destruction, with who asked for it and why."""

    id: HoldId
    case_id: CaseId
    placed_by: ActorId
    placed_at: Moment
    matter: str
    """A docket or matter number, no narrative."""
    lifted_at: Moment | None = None
