"""A hold stops every destruction of a case's material until a custodian lifts it."""

from datetime import datetime

from casework.steps.permissions import Permission
from casework.steps.step import step
from models.audit import AuditAction
from models.case import CaseState
from models.errors import RecordNotFoundError, WrongStateError
from models.ids import CaseId, HoldId, new_id
from models.people import Actor
from models.retention import HoldKind, LegalHold
from storage.holds import HoldStore
from storage.vault import Vault


def place_hold(
    case_id: CaseId,
    matter: str,
    *,
    kind: HoldKind = HoldKind.OTHER,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> LegalHold:
    """Stop destruction of a case's material.

    A charge, a suit or a dispute also starts the rules that run from one. Raises
    `NotPermittedError`, and `WrongStateError` for a destroyed case.
    """
    with step(vault, case_id, actor=actor, permission=Permission.HOLD, now=now) as work:
        if work.case.state is CaseState.DESTROYED:
            raise WrongStateError("a destroyed case holds nothing that could be kept")
        hold = LegalHold(
            id=HoldId(new_id()),
            case_id=case_id,
            placed_by=actor.id,
            placed_at=now,
            matter=matter,
            kind=kind,
        )
        HoldStore(work.tx).place(hold)
        work.log(AuditAction.HOLD_PLACED, code=kind)
        return hold


def lift_hold(
    case_id: CaseId, hold_id: HoldId, *, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Lift a hold: the next sweep may act. Raises `NotPermittedError`, `RecordNotFoundError`."""
    with step(vault, case_id, actor=actor, permission=Permission.HOLD, now=now) as work:
        kinds = {hold.id: hold.kind for hold in HoldStore(work.tx).in_force(case_id)}
        if hold_id not in kinds:
            raise RecordNotFoundError("no such hold is in force on this case")
        HoldStore(work.tx).lift(hold_id, now)
        work.log(AuditAction.HOLD_LIFTED, code=kinds[hold_id])


def holds_on(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> list[LegalHold]:
    """Return every hold on a case, lifted or not, oldest first. Raises `NotPermittedError`."""
    with step(vault, case_id, actor=actor, permission=Permission.HOLD, now=now) as work:
        return HoldStore(work.tx).all(case_id)
