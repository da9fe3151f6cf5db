"""A breach of the wall is reported, contained and closed; whoever saw something decides no more.

The report puts everybody who saw what they should not have into the exposure ledger, in the same
transaction, and starts the clock by which it is told of. Containing takes the release back and
takes the exposed their access; somebody else decides. It is closed by a policy owner who neither
reported nor contained it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from casework.deciding.recall import RECALLABLE, take_back
from casework.people.staff import ever_on_panel
from casework.releasing.viewers import viewers_of
from casework.requisition.requisitions import frozen
from casework.steps.conditions import never_exposed
from casework.steps.permissions import Permission
from casework.steps.step import Work, entry, standing_of, step
from models.audit import AuditAction
from models.counsel import Breach, BreachKind
from models.counsel_clauses import BreachOpenError
from models.counsel_rules import CAUTIOUS_COUNSEL
from models.dispute import RecallReason
from models.errors import (
    RecordNotFoundError,
    SeparationOfDutiesError,
    TaintedDeciderError,
    WrongStateError,
)
from models.ids import ActorId, CaseId, new_id
from models.people import Actor, Role
from policy.waiting import OF_POLICY
from storage.audit import AuditLog
from storage.exposures import ExposureStore
from storage.people import PersonStore
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from storage.transaction import Transaction
from storage.vault import Vault


def report_breach(
    case_id: CaseId,
    kind: BreachKind,
    exposed: Collection[ActorId],
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Breach:
    """Report that something came through the wall; whoever saw it is exposed from now on.

    Raises `PersonNotFoundError` for somebody who is not registered, `NotPermittedError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.REPORT_BREACH, now=now) as work:
        people = [PersonStore(work.tx).get(one) for one in dict.fromkeys(exposed)]
        rules = frozen(work.tx, work.case.requisition_id).policy.counsel or CAUTIOUS_COUNSEL
        breach = Breach(
            id=new_id(),
            case_id=case_id,
            kind=kind,
            exposed=tuple(one.id for one in people),
            reported_by=actor.id,
            reported_at=now,
            notify_by=now + timedelta(hours=rules.breach_notify_hours),
            notify_rule=OF_POLICY,
        )
        for person in people:
            ExposureStore(work.tx).record(person.id, case_id, now)
            if _decides(work, person):
                recused = entry(
                    AuditAction.RECUSED,
                    actor=person,
                    role=Role.HIRING_MANAGER,
                    object_id=case_id,
                    now=now,
                )
                AuditLog(work.tx).append(recused)
        _put(work, breach)
        work.log(AuditAction.BREACH_REPORTED, code=kind, count=len(people))
        return breach


def contain_breach(
    case_id: CaseId,
    breach_id: str,
    *,
    replacement: ActorId | None = None,
    actor: Actor,
    vault: Vault,
    released: ReleasedVault,
    now: datetime,
) -> Breach:
    """Take the release back, if there is one, and the exposed their access to it.

    Where somebody who decides was exposed, `replacement` decides instead. Raises
    `BreachOpenError` if none is named, `TaintedDeciderError` for one who is exposed as well,
    `SeparationOfDutiesError` for whoever is among the exposed, `WrongStateError` if contained.
    """
    with step(vault, case_id, actor=actor, permission=Permission.CONTAIN_BREACH, now=now) as work:
        breach = _open(work, breach_id)
        if breach.contained_at is not None:
            raise WrongStateError("the breach is contained")
        if actor.id in breach.exposed:
            raise SeparationOfDutiesError("who was exposed does not contain the breach")
        _require_decider(work, breach, replacement)
        recallable = work.case.state in RECALLABLE
        if recallable:
            take_back(work, RecallReason.LEAK, released)
        released.name_viewers(case_id, [] if recallable else viewers_of(work.tx, case_id))
        contained = breach.model_copy(
            update={
                "contained_by": actor.id,
                "contained_at": now,
                "recalled": recallable,
                "replacement": replacement,
            }
        )
        _put(work, contained)
        work.log(AuditAction.BREACH_CONTAINED, code="recalled" if recallable else "access")
        return contained


def close_breach(
    case_id: CaseId,
    breach_id: str,
    *,
    told_at: datetime,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Breach:
    """Close a breach that is contained and was told of; the log says if that was late.

    Raises `BreachOpenError` before it is contained, or for a time before the report or to come,
    `SeparationOfDutiesError` for whoever reported or contained it or was exposed.
    """
    with step(vault, case_id, actor=actor, permission=Permission.CLOSE_BREACH, now=now) as work:
        breach = _open(work, breach_id)
        if actor.id in (breach.reported_by, breach.contained_by, *breach.exposed):
            raise SeparationOfDutiesError("a breach is closed by somebody who had no part in it")
        if breach.contained_at is None:
            raise BreachOpenError("the breach is not contained")
        if not breach.reported_at <= told_at <= now:
            raise BreachOpenError("nobody was told of the breach yet")
        closed = breach.model_copy(
            update={"told_at": told_at, "closed_by": actor.id, "closed_at": now}
        )
        _put(work, closed)
        late = told_at > breach.notify_by
        work.log(AuditAction.BREACH_CLOSED, code="late" if late else "in-time")
        return closed


def list_breaches(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> list[Breach]:
    """Return the breaches of a case, the oldest first. Raises `NotPermittedError`."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_PRODUCTIONS, now=now) as work:
        return breaches_of(work.tx, case_id)


def breaches_of(tx: Transaction, case_id: CaseId) -> list[Breach]:
    """Return every breach as it stands, the oldest first."""
    records = RecordStore(tx).all(case_id, RecordKind.BREACH, Breach)
    return list({one.id: one for one in records}.values())


def _decides(work: Work, person: Actor) -> bool:
    on_panel = ever_on_panel(work.tx, work.case.requisition_id)
    return Role.HIRING_MANAGER in person.roles or person.id in on_panel


def _require_decider(work: Work, breach: Breach, replacement: ActorId | None) -> None:
    people = PersonStore(work.tx)
    if replacement is None:
        if any(_decides(work, people.get(one)) for one in breach.exposed):
            raise BreachOpenError("somebody who decides was exposed: name who decides instead")
        return
    person = people.get(replacement)
    untouched = never_exposed(person, standing_of(work.tx, person, work.case.id))
    if replacement in breach.exposed or not untouched:
        raise TaintedDeciderError("who decides instead has seen this applicant's evidence as well")
    if Role.HIRING_MANAGER not in person.roles:
        raise BreachOpenError("who decides instead is no hiring manager")


def _open(work: Work, breach_id: str) -> Breach:
    found = [one for one in breaches_of(work.tx, work.case.id) if one.id == breach_id]
    if not found:
        raise RecordNotFoundError("no such breach in this case")
    if found[0].closed_at is not None:
        raise WrongStateError("the breach is closed")
    return found[0]


def _put(work: Work, breach: Breach) -> None:
    RecordStore(work.tx).put(work.case.id, RecordKind.BREACH, breach, now=work.now)
