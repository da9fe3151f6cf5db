"""The hiring manager's steps: read the release, and decide with reasons.

Nothing in this module can reach raw evidence, directly or through what it imports. A case that
was never released and is shown as "nothing reportable" takes the same steps in the same way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from casework.deciding.grounds import require_grounds
from casework.deciding.rationale import Redacts, require_clean
from casework.preview.copies import digest, require_copy
from casework.releasing.results import state_for_manager
from casework.releasing.waits import packet_delivered, waits_until
from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission
from casework.steps.sealing import NULL_DECIDED, shown_null
from casework.steps.step import Work, refusals_logged, step
from models.audit import AuditAction
from models.case import DECIDED, CaseState
from models.clauses import AutoDecisionError
from models.decision import Alternative, Decision, Outcome, Reason
from models.errors import (
    RebuttalUnansweredError,
    SeparationOfDutiesError,
    TaintedDeciderError,
    WaitingTimeError,
    WrongStateError,
)
from models.ids import CaseId, is_id
from models.people import Actor, Role
from models.release import ReleasePackage
from storage.duties import Duty
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from storage.vault import Vault

_WAITS: Final = "the waiting time after the pre-adverse packet has not passed"
"""One text: what is still missing would tell a case that was released from one that was not."""


def view(
    case_id: CaseId, *, actor: Actor, vault: Vault, released: ReleasedVault, now: datetime
) -> ReleasePackage:
    """Return what was released; the look is logged first, and only where there is something.

    Raises `TaintedDeciderError` for somebody who has seen the raw evidence, `NotPermittedError`,
    and `RecordNotFoundError` before release.
    """
    with (
        taint_named(),
        step(vault, case_id, actor=actor, permission=Permission.VIEW_RELEASE, now=now) as work,
    ):
        package = ReleasePackage.from_payload(released.view(case_id))
        work.log(AuditAction.VIEWED)
    return package


def decide(
    case_id: CaseId,
    outcome: Outcome,
    *,
    reasons: tuple[Reason, ...],
    assessment: str,
    alternatives: tuple[Alternative, ...] = (),
    redactor: Redacts | None = None,
    written: datetime | None = None,
    actor: Actor,
    vault: Vault,
    released: ReleasedVault,
    now: datetime,
) -> Decision:
    """Record the decision and move the case. Only a person decides.

    An adverse decision comes in two steps: between them the applicant receives the packet, and
    the waiting time passes; what was `written` before its end is no decision either. Raises what
    `require_grounds` and `require_clean` do, `NoCopyError` if the applicant has no copy of these
    very bytes, `RebuttalUnansweredError` while a dispute is open, `WaitingTimeError`,
    `AutoDecisionError`, `TaintedDeciderError`, `WrongStateError`.
    """
    if Role.SYSTEM in actor.roles and is_id(case_id):
        with refusals_logged(case_id, actor=actor, vault=vault, now=now):
            raise AutoDecisionError("no automatic step decides")
    with (
        taint_named(),
        step(vault, case_id, actor=actor, permission=Permission.DECIDE, now=now) as work,
    ):
        # First, so that every case that was not released looks the same to a manager.
        payload = released.view(case_id)
        package = ReleasePackage.from_payload(payload)
        _require_open(work)
        requisition = frozen(work.tx, work.case.requisition_id)
        require_grounds(requisition, reasons, package, outcome, alternatives)
        require_clean(assessment, package, redactor=redactor)
        if outcome is not Outcome.FAVOURABLE and not shown_null(work.tx, case_id):
            require_copy(work.tx, case_id, payload)
        if outcome is Outcome.ADVERSE:
            _require_waited(work, now if written is None else min(written, now))
        decision = Decision(
            case_id=case_id,
            decider=actor.id,
            outcome=outcome,
            reasons=reasons,
            assessment=assessment,
            decided_at=now,
            alternatives=alternatives,
            package_sha256=digest(payload),
        )
        _move(work, outcome)
        RecordStore(work.tx).put(case_id, RecordKind.DECISION, decision, now=now)
        work.record_duty(Duty.DECIDED)
        work.log(AuditAction.DECIDED, code=outcome)
        return decision


def _require_open(work: Work) -> None:
    state = state_for_manager(work)
    if state is CaseState.DISPUTED:
        raise RebuttalUnansweredError("the applicant disputes it, and is not answered yet")
    if state not in (CaseState.RELEASED, CaseState.PENDING_ADVERSE):
        raise WrongStateError("the case is not open for a decision")


def _move(work: Work, outcome: Outcome) -> None:
    """Move the case, if it is one that was released."""
    to = CaseState(outcome.value)
    if not shown_null(work.tx, work.case.id):
        work.move(to)
        return
    if (state_for_manager(work), to) == (CaseState.PENDING_ADVERSE, CaseState.PENDING_ADVERSE):
        raise WrongStateError(f"{work.case.id}: {to} does not lead to {to}")
    if to in DECIDED:
        work.queue(NULL_DECIDED)


def _require_waited(work: Work, by: datetime) -> None:
    if state_for_manager(work) is not CaseState.PENDING_ADVERSE:
        raise WrongStateError("the pre-adverse step comes first")
    policy = frozen(work.tx, work.case.requisition_id).policy
    pending = RecordStore(work.tx).latest(work.case.id, RecordKind.DECISION, Decision)
    if pending is None:
        raise WaitingTimeError("there is no pre-adverse notice")
    packet = packet_delivered(work.tx, work.case.id, pending.decided_at)
    if packet is None or by < waits_until(work.tx, work.case.id, policy, packet.delivered_at):
        raise WaitingTimeError(_WAITS)


@contextmanager
def taint_named() -> Iterator[None]:
    """Give the refusal of an exposed manager its own code."""
    try:
        yield
    except SeparationOfDutiesError as error:
        raise TaintedDeciderError(
            "this person has had to do with the applicant's raw evidence"
        ) from error
