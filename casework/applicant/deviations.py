"""A step that would treat an applicant otherwise is refused unless somebody else approved it (F1).

The approval has a code and no narrative, and comes before the step; who takes the step approves
nothing for themselves. Without the policy's `[counsel]` table nothing is asked.
"""

from datetime import datetime, timedelta

from casework.applicant.notice import delivered_notice
from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.clauses import DeviationError
from models.consistency import DeviationKind, DeviationReason, DeviationRecord
from models.counsel_rules import CounselRules
from models.ids import ActorId, CaseId
from models.people import Actor
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault


def approve_deviation(
    case_id: CaseId,
    kind: DeviationKind,
    reason: DeviationReason,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> DeviationRecord:
    """Approve that a step of one case may differ, before it is taken.

    Raises `NotPermittedError`, and `SeparationOfDutiesError` for whoever had a part in the case.
    """
    permission = Permission.APPROVE_DEVIATION
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        approved = DeviationRecord(
            case_id=case_id, kind=kind, reason=reason, approved_by=actor.id, approved_at=now
        )
        RecordStore(work.tx).put(case_id, RecordKind.DEVIATION, approved, now=now)
        work.log(AuditAction.DEVIATION_APPROVED, code=f"{kind}:{reason}")
        return approved


def deviations_of(tx: Transaction, case_id: CaseId) -> list[DeviationRecord]:
    """Return what was approved for a case, oldest first."""
    return RecordStore(tx).all(case_id, RecordKind.DEVIATION, DeviationRecord)


def require_search_in_time(work: Work) -> None:
    """Raise `DeviationError` for a search that begins later than the policy's days (F1)."""
    rules = _rules(work)
    if rules is None or rules.collect_within_days is None:
        return
    notice = delivered_notice(work.tx, work.case.id)
    if work.now - notice.delivered_at > timedelta(days=rules.collect_within_days):
        _require_approved(work, DeviationKind.LATE_SEARCH)


def require_named_reviewer(work: Work) -> None:
    """Raise `DeviationError` for a reviewer whom the policy does not name (F1)."""
    rules = _rules(work)
    if rules is not None and rules.reviewers and work.actor.id not in rules.reviewers:
        _require_approved(work, DeviationKind.OTHER_REVIEWER)


def approver_of(
    tx: Transaction, case_id: CaseId, kind: DeviationKind, by: ActorId
) -> ActorId | None:
    """Return who, other than the one who takes the step, approved a deviation, or None."""
    found = [one.approved_by for one in deviations_of(tx, case_id) if one.kind is kind]
    return next((one for one in found if one != by), None)


def _require_approved(work: Work, kind: DeviationKind) -> None:
    if approver_of(work.tx, work.case.id, kind, work.actor.id) is None:
        raise DeviationError(f"{kind}: no reason and approver stand behind treating this otherwise")


def _rules(work: Work) -> CounselRules | None:
    return frozen(work.tx, work.case.requisition_id).policy.counsel
