"""A wrong release is taken back: reviewed again, its viewers recused, the applicant told."""

from datetime import datetime
from typing import Final

from casework.applicant.consent import require_state
from casework.deciding.documents import compose
from casework.preview.package import store_package
from casework.releasing.release import DELIVERY
from casework.releasing.results import ON_DATE
from casework.steps.permissions import Permission
from casework.steps.step import Work, entry, step
from models.adverse import DocumentKind
from models.audit import AuditAction
from models.case import CaseState
from models.decision import Decision
from models.dispute import TAINTS, Recall, RecallReason
from models.ids import ActorId, CaseId
from models.people import Actor, Role
from storage.audit import AuditLog
from storage.exposures import ExposureStore
from storage.outbox import OutboxStore
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from storage.vault import Vault

RECALLABLE: Final = (CaseState.RELEASED, CaseState.PENDING_ADVERSE, CaseState.DISPUTED)


def recall(
    case_id: CaseId,
    reason: RecallReason,
    *,
    actor: Actor,
    vault: Vault,
    released: ReleasedVault,
    now: datetime,
) -> Recall:
    """Take a release back: `released → recalled`; it then needs two fresh approvals.

    Raises `NotPermittedError`, and `WrongStateError` for what is not with the manager.
    """
    with step(vault, case_id, actor=actor, permission=Permission.RECALL, now=now) as work:
        require_state(work.case, *RECALLABLE)
        return take_back(work, reason, released)


def take_back(work: Work, reason: RecallReason, released: ReleasedVault) -> Recall:
    """Recall within a step.

    The manager's copy goes first: should the step fail after that, the manager sees less than the
    case says, never more, and the step is taken again.
    """
    case_id = work.case.id
    seen = _viewers(work, released) if reason in TAINTS else ()
    released.withdraw(case_id, work.now)
    outbox = OutboxStore(work.tx)
    for row in outbox.pending(DELIVERY, ON_DATE, case_id=case_id):
        outbox.done(row.id, work.now)
    for person in seen:
        ExposureStore(work.tx).record(person, case_id, work.now)
        _log_recusal(work, person)
    work.move(CaseState.RECALLED)
    package = store_package(work)
    compose(work, DocumentKind.RECALL)
    done = Recall(
        case_id=case_id,
        reason=reason,
        version=package.version,
        exposed=seen,
        recalled_by=work.actor.id,
        recalled_at=work.now,
        told_at=work.now,
    )
    RecordStore(work.tx).put(case_id, RecordKind.RECALL, done, now=work.now)
    work.log(AuditAction.RECALLED, code=reason, count=len(seen))
    return done


def _viewers(work: Work, released: ReleasedVault) -> tuple[ActorId, ...]:
    """Return whoever looked at the release or decided on it, in either process."""
    looked = {
        one.actor
        for one in AuditLog(work.tx).entries(work.case.id)
        if one.action is AuditAction.VIEWED and one.role is Role.HIRING_MANAGER
    }
    waiting = {
        one.actor
        for one in released.untaken(limit=100_000)
        if one.case_id == work.case.id and one.code == AuditAction.VIEWED
    }
    decided = RecordStore(work.tx).all(work.case.id, RecordKind.DECISION, Decision)
    return tuple(sorted(looked | waiting | {one.decider for one in decided}))


def _log_recusal(work: Work, person: ActorId) -> None:
    AuditLog(work.tx).append(
        entry(
            AuditAction.RECUSED,
            actor=Actor(id=person, roles=frozenset({Role.HIRING_MANAGER})),
            role=Role.HIRING_MANAGER,
            object_id=work.case.id,
            now=work.now,
        )
    )
