"""Retention: two clocks for every finished case; holds stop both, and the sweep trusts no clock."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.permissions import Permission, authorize
from casework.requisitions import frozen
from casework.step import step
from models.audit import AuditAction
from models.case import Case, CaseState
from models.decision import Decision
from models.errors import (
    CaseChangedError,
    ClockError,
    RecordNotFoundError,
    WrongStateError,
)
from models.ids import CaseId, HoldId, new_id
from models.people import SYSTEM, Actor
from models.retention import Clock, LegalHold, RetentionFacts, RetentionSchedule
from policy.retention import schedule
from storage.audit import newest_time
from storage.cases import CaseStore
from storage.holds import HoldStore
from storage.records import RecordKind, RecordStore
from storage.schedules import ScheduleStore
from storage.transaction import Transaction
from storage.vault import Vault

ENDED = (
    CaseState.FAVOURABLE,
    CaseState.ADVERSE,
    CaseState.REFUSED,
    CaseState.WITHDRAWN,
    CaseState.EXPIRED,
)
"""The states from which a case goes into retention."""

CLOCK_TOLERANCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SweepLine:
    """What the sweep would do with one case, and why."""

    case_id: CaseId
    keep_until: date | None
    destroy_by: date | None
    action: str
    """`destroy`, `keep`, `held` or `sealed`."""
    rules: tuple[str, ...]


def retain(case_id: CaseId, *, vault: Vault, now: datetime) -> RetentionSchedule:
    """Put an ended case into retention and write down both dates. Raises `WrongStateError`."""
    with step(vault, case_id, actor=SYSTEM, permission=Permission.RETAIN, now=now) as work:
        if work.case.state not in ENDED:
            raise WrongStateError(f"a case that is {work.case.state} is not ready for retention")
        result = _schedule(work.tx, work.case, now=now)
        ScheduleStore(work.tx).put(result)
        work.move(CaseState.RETAINED)
        work.log(AuditAction.RETAINED, code="conflict" if result.conflict else "")
        return result


def retain_ended(*, vault: Vault, now: datetime) -> int:
    """Put every ended case into retention; return how many."""
    with vault.read() as tx:
        ended = [case.id for case in CaseStore(tx).in_state(*ENDED)]
    return sum(_retained(case_id, vault=vault, now=now) for case_id in ended)


def _retained(case_id: CaseId, *, vault: Vault, now: datetime) -> bool:
    try:
        retain(case_id, vault=vault, now=now)
    except (CaseChangedError, WrongStateError):
        return False  # another process was quicker
    return True


def retention_schedule(*, actor: Actor, vault: Vault) -> list[tuple[Case, RetentionSchedule]]:
    """Return every retained case with its dates. Raises `NotPermittedError`."""
    authorize(actor, Permission.READ_SCHEDULE)
    with vault.read() as tx:
        schedules = ScheduleStore(tx)
        found = [(case, schedules.get(case.id)) for case in CaseStore(tx).all()]
    return [(case, dates) for case, dates in found if dates is not None]


def plan_sweep(*, vault: Vault, now: datetime) -> list[SweepLine]:
    """Say what a sweep would do today, without doing it."""
    with vault.read() as tx:
        lines = []
        for case in CaseStore(tx).in_state(CaseState.RETAINED):
            dates = ScheduleStore(tx).get(case.id)
            if dates is not None:
                lines.append(_line(dates, held=bool(HoldStore(tx).in_force(case.id)), now=now))
        return lines


def require_clock(*, vault: Vault, now: datetime) -> None:
    """Raise `ClockError` if the clock and the newest witnessed time differ by more than a day.

    A clock that was set forward would otherwise destroy everything at once.
    """
    with vault.read() as tx:
        newest = newest_time(tx)
    if newest is not None and abs(now - newest) > CLOCK_TOLERANCE:
        raise ClockError("the clock and the newest audit entry differ by more than a day")


def place_hold(
    case_id: CaseId, matter: str, *, actor: Actor, vault: Vault, now: datetime
) -> LegalHold:
    """Stop destruction of a case's material. Raises `NotPermittedError`."""
    with step(vault, case_id, actor=actor, permission=Permission.HOLD, now=now) as work:
        hold = LegalHold(
            id=HoldId(new_id()), case_id=case_id, placed_by=actor.id, placed_at=now, matter=matter
        )
        HoldStore(work.tx).place(hold)
        work.log(AuditAction.HOLD_PLACED)
        return hold


def lift_hold(
    case_id: CaseId, hold_id: HoldId, *, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Lift a hold. Raises `NotPermittedError` and `RecordNotFoundError`."""
    with step(vault, case_id, actor=actor, permission=Permission.HOLD, now=now) as work:
        if hold_id not in {hold.id for hold in HoldStore(work.tx).in_force(case_id)}:
            raise RecordNotFoundError("no such hold is in force on this case")
        HoldStore(work.tx).lift(hold_id, now)
        work.log(AuditAction.HOLD_LIFTED)


def _line(dates: RetentionSchedule, *, held: bool, now: datetime) -> SweepLine:
    today = now.date()
    if held:
        action = "held"
    elif dates.conflict is not None:
        action = "sealed"
    elif _may_go(dates, today):
        action = "destroy"
    else:
        action = "keep"
    return SweepLine(
        case_id=dates.case_id,
        keep_until=dates.keep_until,
        destroy_by=dates.destroy_by,
        action=action,
        rules=tuple(applied.rule.id for applied in dates.applied),
    )


def _may_go(dates: RetentionSchedule, today: date) -> bool:
    """Say whether nothing asks for the record any more, and a date for its end has come."""
    keeps = [applied for applied in dates.applied if applied.rule.clock is Clock.KEEP_UNTIL]
    if any(applied.until is None and applied.since is not None for applied in keeps):
        return False  # a matter is open
    due = dates.keep_until or dates.destroy_by
    return due is not None and today >= due


def _schedule(tx: Transaction, case: Case, *, now: datetime) -> RetentionSchedule:
    policy = frozen(tx, case.requisition_id).policy
    decision = RecordStore(tx).latest(case.id, RecordKind.DECISION, Decision)
    adverse = case.state is CaseState.ADVERSE and decision is not None
    facts = RetentionFacts(
        case_id=case.id,
        outcome=case.state,
        record_made=case.opened_at.date(),
        action=case.changed_at.date(),
        adverse_notice=decision.decided_at.date() if adverse and decision else None,
        hired=None,
        open_matters=0,
        holds=0,  # a hold stops the sweep by itself, and leaves the dates as they are
    )
    return schedule(facts, policy, now=now)
