"""The applicant shows an account, if law, consent and policy allow it; nothing is captured (S6)."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from casework.consent import require_consent, require_state
from casework.permissions import Permission
from casework.requisitions import frozen
from casework.step import Work, step
from models.audit import AuditAction
from models.case import CaseState
from models.consent import ConsentItem
from models.errors import ConsentScopeError, OutOfScopeError, RecordNotFoundError, WrongStateError
from models.ids import ActorId, CaseId, new_id
from models.people import Actor, Role
from models.search_clauses import (
    ManagerPresentError,
    NoExplanationOfferedError,
    SupervisedViewBarredError,
)
from models.text import RawText
from models.viewing import SupervisedView, ViewNote
from policy.viewing_law import viewing_law
from storage.exposures import ExposureStore
from storage.people import PersonStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault

_WHEN = (CaseState.DISCLOSED, CaseState.COLLECTING, CaseState.ATTRIBUTED, CaseState.REDACTED)


def start_viewing(
    case_id: CaseId,
    *,
    present: AbstractSet[ActorId] = frozenset(),
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> SupervisedView:
    """Begin a viewing that a wall-off reviewer attends; all who are present count as exposed.

    Raises `SupervisedViewBarredError` naming the row, `OutOfScopeError` if the policy has no
    viewings, `ConsentScopeError` if the applicant did not grant them, `ManagerPresentError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.ATTEND_VIEWING, now=now) as work:
        require_state(work.case, *_WHEN)
        policy = frozen(work.tx, work.case.requisition_id).policy
        law = viewing_law(policy.jurisdiction, policy.employer_type, on=now.date())
        if not law.allowed:
            raise SupervisedViewBarredError(f"{law.row}: {law.says} ({law.citation})")
        if policy.search is None or not policy.search.supervised_viewing:
            raise OutOfScopeError("the policy has no supervised viewing")
        consent = require_consent(work.tx, work.case, now=now)
        if ConsentItem.SUPERVISED_VIEWING not in consent.scope.granted:
            raise ConsentScopeError("the applicant did not agree to supervised viewing")
        if _open(work) is not None:
            raise WrongStateError("a viewing of this case has not ended yet")
        everybody = (actor.id, *sorted(present - {actor.id}))
        people = PersonStore(work.tx)
        for person in everybody:
            if Role.HIRING_MANAGER in people.get(person).roles:
                raise ManagerPresentError("a hiring manager is not present at a viewing")
        viewing = SupervisedView(
            id=new_id(),
            consent_id=consent.id,
            rule=law.row,
            citation=law.citation,
            present=everybody,
            started_at=now,
        )
        RecordStore(work.tx).put(case_id, RecordKind.SUPERVISED_VIEW, viewing, now=now)
        for person in everybody:
            ExposureStore(work.tx).record(person, case_id, now)
        work.log(AuditAction.VIEWING_STARTED, code=law.row, count=len(everybody))
        return viewing


def end_viewing(
    case_id: CaseId,
    *,
    notes: AbstractSet[ViewNote],
    explanation_offered: bool,
    explanation: RawText | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> SupervisedView:
    """End a viewing with coded notes, once the applicant was offered to explain on the spot.

    Raises `NoExplanationOfferedError`: the viewing then stays open.
    """
    with step(vault, case_id, actor=actor, permission=Permission.ATTEND_VIEWING, now=now) as work:
        viewing = _open(work)
        if viewing is None or viewing.present[0] != actor.id:
            raise RecordNotFoundError("this reviewer attends no viewing of the case")
        if not explanation_offered:
            raise NoExplanationOfferedError("the applicant is offered to explain at once")
        ended = viewing.model_copy(
            update={
                "ended_at": now,
                "notes": frozenset(notes) or frozenset({ViewNote.NOTHING_NOTED}),
                "explanation_offered": True,
                "explanation": explanation,
            }
        )
        RecordStore(work.tx).put(case_id, RecordKind.SUPERVISED_VIEW, ended, now=now)
        work.log(AuditAction.VIEWING_ENDED, count=len(ended.notes))
        return ended


def viewings_of(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[SupervisedView]:
    """Return a case's viewings as they stand, oldest first. The look is logged."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        work.log(AuditAction.RAW_READ, code="viewings")
    with vault.read() as tx:
        found = RecordStore(tx).all(case_id, RecordKind.SUPERVISED_VIEW, SupervisedView)
    return list({viewing.id: viewing for viewing in found}.values())


def _open(work: Work) -> SupervisedView | None:
    newest = RecordStore(work.tx).latest(work.case.id, RecordKind.SUPERVISED_VIEW, SupervisedView)
    return newest if newest is not None and newest.ended_at is None else None
