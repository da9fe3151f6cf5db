"""The applicant shows an account, if law, consent and policy allow it; nothing is captured (S6)."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Final

from casework.applicant.consent import require_consent, require_lead_time, require_state
from casework.people.exposure import expose, expose_person
from casework.people.people_gates import require_searcher
from casework.people.staff import ever_on_panel
from casework.requisition.requisitions import frozen
from casework.search.case_platforms import platforms_of
from casework.steps.permissions import Permission, authorize
from casework.steps.step import Work, standing_of, step
from models.audit import AuditAction
from models.case import CaseState
from models.consent import ConsentItem
from models.errors import (
    ConsentScopeError,
    NotPermittedError,
    OutOfScopeError,
    PersonNotFoundError,
    RecordNotFoundError,
    SeparationOfDutiesError,
    WrongStateError,
)
from models.exposure import Material
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
from storage.duties import Duty, DutyStore
from storage.people import PersonStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault

_WHEN = (CaseState.DISCLOSED, CaseState.COLLECTING, CaseState.ATTRIBUTED, CaseState.REDACTED)

LONGEST: Final = timedelta(days=1)
"""A viewing that is open for longer was left, and not attended."""


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
    viewings, `ConsentScopeError` if the applicant did not grant them, `LeadTimeError`,
    `ManagerPresentError`, and what `require_searcher` does of the reviewer.
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
        require_lead_time(work.tx, work.case, now=now)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        if _open(work) is not None:
            raise WrongStateError("a viewing of this case has not ended yet")
        everybody = (actor.id, *sorted(present - {actor.id}))
        _require_no_decider(work, everybody)
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
            expose_person(work, person, Material.SEARCH)
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


def close_viewing(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> SupervisedView:
    """End a viewing that its reviewer left open, with no note of what was seen.

    Raises `RecordNotFoundError` where none is open, and `WrongStateError` for one's own or while
    its reviewer may still attend it and has not left it for a day.
    """
    with step(vault, case_id, actor=actor, permission=Permission.ATTEND_VIEWING, now=now) as work:
        viewing = _open(work)
        if viewing is None:
            raise RecordNotFoundError("no viewing of the case is open")
        attending = viewing.present[0]
        left = now >= viewing.started_at + LONGEST or not _may_attend(work, attending)
        if attending == actor.id or not left:
            raise WrongStateError("whoever attends a viewing ends it, with an explanation offered")
        ended = viewing.model_copy(
            update={
                "ended_at": now,
                "ended_by": actor.id,
                "notes": frozenset({ViewNote.NOTHING_NOTED}),
            }
        )
        RecordStore(work.tx).put(case_id, RecordKind.SUPERVISED_VIEW, ended, now=now)
        work.log(AuditAction.VIEWING_ENDED, code="for-another")
        return ended


def viewings_of(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[SupervisedView]:
    """Return a case's viewings as they stand, oldest first. The look is logged."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        expose(work, Material.SEARCH)
        work.log(AuditAction.RAW_READ, code="viewings")
    with vault.read() as tx:
        found = RecordStore(tx).all(case_id, RecordKind.SUPERVISED_VIEW, SupervisedView)
    return list({viewing.id: viewing for viewing in found}.values())


def _require_no_decider(work: Work, everybody: Iterable[ActorId]) -> None:
    """Raise `ManagerPresentError` for whoever decides, has decided, or ever selected here."""
    people, duties = PersonStore(work.tx), DutyStore(work.tx)
    selecting = ever_on_panel(work.tx, work.case.requisition_id)
    for person in everybody:
        decides = Role.HIRING_MANAGER in people.get(person).roles
        if decides or person in selecting or Duty.DECIDED in duties.did(work.case.id, person):
            raise ManagerPresentError("nobody who decides or selects is present at a viewing")


def _may_attend(work: Work, person: ActorId) -> bool:
    try:
        actor = PersonStore(work.tx).get(person)
        authorize(actor, Permission.ATTEND_VIEWING, standing_of(work.tx, actor, work.case.id))
    except (NotPermittedError, PersonNotFoundError, SeparationOfDutiesError):
        return False
    return True


def _open(work: Work) -> SupervisedView | None:
    newest = RecordStore(work.tx).latest(work.case.id, RecordKind.SUPERVISED_VIEW, SupervisedView)
    return newest if newest is not None and newest.ended_at is None else None
