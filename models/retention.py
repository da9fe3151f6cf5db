"""Retention: two clocks, the rules that set them, and what stops them."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from models.case import CaseState
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
    period: str = Field(pattern=r"^([0-9]+ (days|business-days|months|years)|while-open)$")
    citation: str
    confidence: Confidence
    note: str = ""


class AppliedRule(Value):
    """A rule with the date it yields for one case; None while it has no end."""

    rule: RetentionRule
    since: date | None
    until: date | None


class Considered(Value):
    """A rule that was weighed for one case: whether it applies, and why or why not."""

    rule: RetentionRule
    effective: date | None
    """The day it came or comes into force; None where the table does not say."""
    applies: bool
    why: str
    since: date | None = None
    until: date | None = None


class RetentionOutcome(StrEnum):
    """How a case ended, as rules of retention tell cases apart."""

    HIRED = "hired"
    NOT_HIRED = "not-hired"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    EXPIRED = "expired"
    MONITORED = "monitored"


class RetentionFacts(Value):
    """What retention depends on in one case. Holds no word about the applicant."""

    case_id: CaseId
    outcome: CaseState
    """The state in which the case ended."""
    record_made: date
    """The day on which the newest record of the case was made."""
    action: date | None
    """The day of the personnel action: decision, refusal, withdrawal. None while undecided."""
    report_provided: date | None = None
    """The day on which the release package was delivered."""
    pre_adverse_notice: date | None = None
    adverse_notice: date | None = None
    hired: bool | None = None
    """None where the agency has not said."""
    monitored: bool = False
    """The person is employed, and the case is one of monitoring."""
    separated: date | None = None
    """The day on which the employment ended."""
    charge_filed: date | None = None
    """The day of the oldest charge or suit that is not finally settled."""
    dispute_received: date | None = None
    """The day of the newest dispute, settled or not."""
    dispute_settled: date | None = None
    """The day on which the newest settled dispute was."""
    open_matters: int = 0
    """Charges, suits and disputes that are not settled."""
    holds: int = 0


class RetentionSchedule(Value):
    """What the rules together say of one case.

    `conflict` names the two rules that cannot both be met, `missing` the law that nobody wrote
    down; the material is then sealed.
    """

    case_id: CaseId
    computed_at: Moment
    applied: tuple[AppliedRule, ...]
    keep_until: date | None
    """The last day on which the record must be there; None if no rule sets one."""
    destroy_by: date | None
    conflict: tuple[str, str] | None = None
    missing: tuple[str, ...] = ()
    endless: tuple[str, ...] = ()
    """Rules that keep without an end as yet, or what is still open."""
    facts: RetentionFacts | None = None

    @property
    def sealed(self) -> bool:
        """True if nobody but the custodian has business with the material."""
        withdrawn = self.facts is not None and self.facts.outcome is CaseState.WITHDRAWN
        return withdrawn or self.conflict is not None or bool(self.missing)


class HoldKind(StrEnum):
    """Why a hold stands."""

    CHARGE = "charge"
    SUIT = "suit"
    DISPUTE = "dispute"
    INVESTIGATION = "investigation"
    RECORDS_REQUEST = "records-request"
    OTHER = "other"


OPEN_MATTERS = frozenset({HoldKind.CHARGE, HoldKind.SUIT, HoldKind.DISPUTE})
"""The kinds that are matters between the applicant and the agency."""


class LegalHold(Value):
    """A stop on destruction, with who asked for it and why."""

    id: HoldId
    case_id: CaseId
    placed_by: ActorId
    placed_at: Moment
    matter: str
    """A docket or matter number, no narrative."""
    kind: HoldKind = HoldKind.OTHER
    lifted_at: Moment | None = None


class Employment(Value):
    """What the agency says became of the applicant, where a rule depends on it."""

    hired: bool | None = None
    monitored: bool = False
    separated: date | None = None


class NullRetention(Value):
    """How the law treats what was decided on a case that a manager never got a release of."""

    sealed: bool
    """A released case about which the same was decided would be sealed from its manager."""
    at: Moment
