"""What retention depends on is read from the case's own records, and kept when they are sealed."""

from datetime import date
from typing import Final

from models.audit import AuditAction
from models.case import Case, CaseState
from models.decision import Decision, Outcome
from models.ids import CaseId
from models.retention import OPEN_MATTERS, Employment, HoldKind, LegalHold, RetentionFacts
from storage.audit import AuditLog
from storage.holds import HoldStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction

ENDED: Final = (
    CaseState.FAVOURABLE,
    CaseState.ADVERSE,
    CaseState.REFUSED,
    CaseState.WITHDRAWN,
    CaseState.EXPIRED,
)
"""The states from which a case goes into retention."""

NO_RECORD: Final = frozenset(
    {
        AuditAction.DENIED,
        AuditAction.STEP_FAILED,
        AuditAction.RAW_READ,
        AuditAction.PREVIEWED,
        AuditAction.VIEWED,
        AuditAction.RETAINED,
        AuditAction.EMPLOYMENT_STATED,
        AuditAction.HOLD_PLACED,
        AuditAction.HOLD_LIFTED,
        AuditAction.DESTROYED,
        AuditAction.CERTIFIED,
        # Else the note that something is overdue would keep it for years more.
        AuditAction.OVERDUE,
        AuditAction.CLOCK_ENDED,
        AuditAction.RESULT_SHOWN,
        # What was put away stands behind an entry of its own, and watches speak every week.
        AuditAction.PUT_AWAY,
        AuditAction.SAFETY_NOTICE_READ,
    }
)
"""Steps that make no record of the vetting; any other, known today or not, counts as one."""


def facts_of(tx: Transaction, case: Case, known: RetentionFacts | None) -> RetentionFacts:
    """Return the facts of a case; `known` are those of its schedule, once it is retained."""
    entries = [one for one in AuditLog(tx).entries(case.id) if one.action not in NO_RECORD]
    newest = max((one.at.date() for one in entries), default=case.opened_at.date())
    employment = employment_of(tx, case.id)
    changes = {
        "hired": employment.hired,
        "monitored": employment.monitored,
        "separated": employment.separated,
        **_matters(HoldStore(tx).all(case.id)),
    }
    if known is not None:
        newest = max(newest, known.record_made)
        return known.model_copy(update=changes | {"record_made": newest})
    provided = [one.at.date() for one in entries if one.action is AuditAction.DELIVERED]
    notices = {
        decision.outcome: decision.decided_at.date()
        for decision in RecordStore(tx).all(case.id, RecordKind.DECISION, Decision)
    }
    facts = RetentionFacts(
        case_id=case.id,
        outcome=case.state,
        record_made=newest,
        action=case.changed_at.date() if case.state in ENDED else None,
        report_provided=max(provided, default=None),
        pre_adverse_notice=notices.get(Outcome.PENDING_ADVERSE),
        adverse_notice=notices.get(Outcome.ADVERSE),
    )
    return facts.model_copy(update=changes)


def employment_of(tx: Transaction, case_id: CaseId) -> Employment:
    """Return what the agency has said became of the applicant."""
    stated = RecordStore(tx).latest(case_id, RecordKind.EMPLOYMENT, Employment)
    return Employment() if stated is None else stated


def _matters(holds: list[LegalHold]) -> dict[str, object]:
    """Return what the holds on a case say of charges, suits and disputes.

    How many holds are in force is not among it: a hold stops the sweep by itself, and leaves the
    dates as they are.
    """
    opened = [hold for hold in holds if hold.lifted_at is None and hold.kind in OPEN_MATTERS]
    charges = [hold.placed_at.date() for hold in opened if hold.kind is not HoldKind.DISPUTE]
    disputes = [hold for hold in holds if hold.kind is HoldKind.DISPUTE]
    settled = [hold.lifted_at.date() for hold in disputes if hold.lifted_at is not None]
    received: list[date] = [hold.placed_at.date() for hold in disputes]
    return {
        "open_matters": len(opened),
        "charge_filed": min(charges, default=None),
        "dispute_received": max(received, default=None),
        "dispute_settled": max(settled, default=None),
    }
