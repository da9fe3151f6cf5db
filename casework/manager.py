"""The hiring manager's steps: read the release, and decide with reasons.

Nothing in this module can reach raw evidence, directly or through what it imports.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from casework.consent import require_state
from casework.permissions import Permission
from casework.requisitions import frozen
from casework.step import Work, step
from models.audit import AuditAction
from models.case import CaseState
from models.decision import Decision, Outcome, Reason
from models.errors import (
    NoCriterionError,
    SeparationOfDutiesError,
    TaintedDeciderError,
    WaitingTimeError,
)
from models.ids import CaseId
from models.people import Actor
from models.release import ReleasePackage
from policy.calendar import add_business_days
from storage.duties import Duty
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from storage.vault import Vault

_STATES = {
    Outcome.FAVOURABLE: CaseState.FAVOURABLE,
    Outcome.PENDING_ADVERSE: CaseState.PENDING_ADVERSE,
    Outcome.ADVERSE: CaseState.ADVERSE,
}


def view(
    case_id: CaseId, *, actor: Actor, vault: Vault, released: ReleasedVault, now: datetime
) -> ReleasePackage:
    """Return what was released; the look is logged first.

    Raises `TaintedDeciderError` for somebody who has seen the raw evidence, `NotPermittedError`,
    and `RecordNotFoundError` before release.
    """
    with (
        _taint_named(),
        step(vault, case_id, actor=actor, permission=Permission.VIEW_RELEASE, now=now) as work,
    ):
        work.log(AuditAction.VIEWED)
    return ReleasePackage.from_payload(released.view(case_id))


def decide(
    case_id: CaseId,
    outcome: Outcome,
    *,
    reasons: tuple[Reason, ...],
    assessment: str,
    actor: Actor,
    vault: Vault,
    released: ReleasedVault,
    now: datetime,
) -> Decision:
    """Record the decision and move the case.

    An adverse decision comes in two steps, with the policy's waiting time between them. Raises
    `NoCriterionError` for a reason that is not a criterion of the frozen pack met by a released
    finding, `WaitingTimeError`, `TaintedDeciderError`, `WrongStateError`.
    """
    with (
        _taint_named(),
        step(vault, case_id, actor=actor, permission=Permission.DECIDE, now=now) as work,
    ):
        # First, so that every case that was not released looks the same to a manager.
        package = ReleasePackage.from_payload(released.view(case_id))
        require_state(work.case, CaseState.RELEASED, CaseState.PENDING_ADVERSE)
        _require_grounds(work, reasons, package, outcome)
        if outcome is Outcome.ADVERSE:
            _require_waited(work)
        decision = Decision(
            case_id=case_id,
            decider=actor.id,
            outcome=outcome,
            reasons=reasons,
            assessment=assessment,
            decided_at=now,
        )
        RecordStore(work.tx).put(case_id, RecordKind.DECISION, decision, now=now)
        work.record_duty(Duty.DECIDED)
        work.move(_STATES[outcome])
        work.log(AuditAction.DECIDED, code=outcome)
        return decision


def _require_grounds(
    work: Work, reasons: tuple[Reason, ...], package: ReleasePackage, outcome: Outcome
) -> None:
    if outcome is not Outcome.FAVOURABLE and not reasons:
        raise NoCriterionError("an adverse decision cites a criterion and a released finding")
    criteria = frozen(work.tx, work.case.requisition_id).criteria
    for reason in reasons:
        if criteria.criterion(reason.criterion) is None:
            raise NoCriterionError(f"{reason.criterion}: not in the frozen criteria pack")
        if (
            reason.finding >= len(package.findings)
            or package.findings[reason.finding].criterion != reason.criterion
        ):
            raise NoCriterionError(f"{reason.criterion}: no released finding met it")


def _require_waited(work: Work) -> None:
    require_state(work.case, CaseState.PENDING_ADVERSE)
    policy = frozen(work.tx, work.case.requisition_id).policy
    pending = RecordStore(work.tx).latest(work.case.id, RecordKind.DECISION, Decision)
    if pending is None:
        raise WaitingTimeError("there is no pre-adverse notice")
    until = add_business_days(
        pending.decided_at, policy.pre_adverse_business_days, policy.jurisdiction
    )
    if work.now < until:
        raise WaitingTimeError("the waiting time after the pre-adverse notice has not passed")


@contextmanager
def _taint_named() -> Iterator[None]:
    """Give the refusal of an exposed manager its own code."""
    try:
        yield
    except SeparationOfDutiesError as error:
        raise TaintedDeciderError(
            "this person has had to do with the applicant's raw evidence"
        ) from error
