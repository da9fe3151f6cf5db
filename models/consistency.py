"""Equal treatment in one requisition (F1): what was approved to differ, and what is reported."""

from enum import StrEnum

from models.case import CaseState
from models.ids import ActorId, CaseId, RequisitionId
from models.value import Moment, Value


class DeviationKind(StrEnum):
    """Where a step may differ from those of other applicants, if somebody approved it before."""

    LATE_SEARCH = "late-search"
    """The search begins later after the notice than the policy's days."""
    OTHER_REVIEWER = "other-reviewer"
    """A reviewer whom the policy does not name."""


class DeviationReason(StrEnum):
    """Why; a code and no narrative, which might tell what the applicant is."""

    APPLICANT_ASKED = "applicant-asked"
    ACCOMMODATION = "accommodation"
    TECHNICAL = "technical"
    STAFF_ABSENT = "staff-absent"
    RECUSAL = "recusal"
    LEGAL_ORDER = "legal-order"


class DeviationRecord(Value):
    """One approval that a step may differ, given before the step by somebody else."""

    case_id: CaseId
    kind: DeviationKind
    reason: DeviationReason
    approved_by: ActorId
    approved_at: Moment


class Unequal(StrEnum):
    """In what an applicant was treated otherwise than the frozen rules say."""

    RULES = "rules"
    SCOPE = "scope"
    NOTICE = "notice"
    STAGE = "stage"
    ITEMS = "items-asked"
    LOOKBACK = "lookback"
    LEAD_TIME = "lead-time"
    LATE_SEARCH = "late-search"
    STEPS = "steps"
    ORDER = "order"
    REVIEWERS = "reviewers"
    OTHER_REVIEWER = "other-reviewer"


class CaseTreatment(Value):
    """How one applicant was treated: ids, codes and days alone."""

    case_id: CaseId
    state: CaseState
    rules: str
    """Digest of the rules that the case opened under; empty for cases of earlier versions."""
    scope: str
    lead_days: int | None
    """Whole days from the delivered notice to the search; None before the search."""
    steps: tuple[str, ...]
    """The steps that everybody takes, in the order in which they were taken first."""
    reviewers: int
    unequal: tuple[Unequal, ...]
    approved: tuple[Unequal, ...]
    """Of these, those that a deviation covers."""
    deviations: tuple[str, ...]
    """`kind:reason` of each approval."""

    @property
    def equal(self) -> bool:
        """True if nothing differs but what was approved before."""
        return set(self.unequal) <= set(self.approved)


class ConsistencyReport(Value):
    """One requisition, with what the report can be checked against."""

    requisition: RequisitionId
    rules: str
    policy_sha256: str
    scope: str
    criteria_sha256: str
    cases: tuple[CaseTreatment, ...]
    lead_days_least: int | None
    lead_days_most: int | None
    stricter: tuple[str, ...]
    """Fields in which the policy is stricter than its peers (W-F3-STRICTER-THAN-PEERS)."""
    log_size: int
    """Entries of the audit log at the time."""
    made_at: Moment

    @property
    def consistent(self) -> bool:
        """True if every applicant was treated alike, but for what was approved."""
        return all(one.equal for one in self.cases)
