"""The sweep destroys what no rule keeps any more, leaves a certificate, and trusts no clock.

First each due case loses its rows, one transaction a case; then the keys of all of them go; then
each gets its certificate. A crash between any two steps is made good by the next sweep.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from casework.records.certificates import certify
from casework.records.clock_guard import log_sweep, require_clock
from casework.records.retention import dates_of
from casework.steps.permissions import Permission, authorize
from casework.steps.step import Work, entry, refusals_logged, step
from models.audit import AuditAction
from models.case import Case, CaseState
from models.errors import (
    CaseChangedError,
    EarlyDestructionError,
    HeldError,
    KeyUnavailableError,
    RetentionConflictError,
    RetentionUnknownError,
    WrongStateError,
)
from models.ids import CaseId
from models.people import Actor
from models.retention import Clock, RetentionSchedule
from policy.retention import Disposition, disposition
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.holds import HoldStore
from storage.released import ReleasedVault
from storage.schedules import ScheduleStore
from storage.shred import erase, shred, unfinished
from storage.transaction import Transaction
from storage.vault import Vault

GONE: Final = "keys-gone"
"""What stands in the way of a case that nobody can open any more."""


@dataclass(frozen=True, slots=True)
class SweepLine:
    """What the sweep would do with one case today, and why."""

    case_id: CaseId
    outcome: CaseState | None
    keep_until: date | None
    destroy_by: date | None
    action: Disposition
    rule: str
    """The rule that decides, or what stands in the way."""
    rules: tuple[str, ...]
    overdue: bool
    """A rule wanted it destroyed before today."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did."""

    destroyed: tuple[CaseId, ...]
    certified: tuple[CaseId, ...]
    """Those destroyed now, and those that an earlier sweep did not come to."""
    pending: tuple[str, ...]
    """Domains that this process does not hold: their keys must still be replaced."""


def plan_sweep(*, vault: Vault, now: datetime) -> list[SweepLine]:
    """Say what a sweep would do today, without doing it."""
    with vault.read() as tx:
        return [_line(tx, case, now) for case in CaseStore(tx).in_state(CaseState.RETAINED)]


def show_sweep(*, actor: Actor, vault: Vault, now: datetime) -> list[SweepLine]:
    """Say whom a sweep would destroy today to somebody who may know it, and log that they asked.

    Raises `NotPermittedError`.
    """
    with refusals_logged(vault.home.id, actor=actor, vault=vault, now=now):
        role = authorize(actor, Permission.READ_SCHEDULE)
        lines = plan_sweep(vault=vault, now=now)
        told = entry(
            AuditAction.SWEEP_PLANNED,
            actor=actor,
            role=role,
            object_id=vault.home.id,
            now=now,
            count=len(lines),
        )
        with vault.write() as tx:
            AuditLog(tx).append(told)
    return lines


def due_cases(*, vault: Vault, now: datetime) -> list[CaseId]:
    """Return the cases that no rule keeps any more and that nothing holds."""
    lines = plan_sweep(vault=vault, now=now)
    return [line.case_id for line in lines if line.action is Disposition.DESTROY]


def sweep(
    due: Sequence[CaseId],
    *,
    actor: Actor,
    vault: Vault,
    released: ReleasedVault,
    now: datetime,
) -> Swept:
    """Destroy and certify those of some cases that are due. A second run finds nothing to do.

    Given none, it ends what an earlier sweep did not come to. The vault's key ring should hold
    every domain. Raises `NotPermittedError`, and `ClockError` before anything is touched.
    """
    role = authorize(actor, Permission.DESTROY)
    require_clock(vault=vault, now=now)
    destroyed = tuple(
        case_id for case_id in due if _erased(case_id, actor=actor, vault=vault, now=now)
    )
    keys = shred(vault, released=released, now=now) if unfinished(vault) else None
    certified = certify(keys, destroyed if due else None, actor=actor, vault=vault, now=now)
    with vault.write() as tx:
        log_sweep(tx, len(destroyed), vault=vault, actor=actor, role=role, now=now)
    return Swept(destroyed, certified, () if keys is None else keys.pending)


def destroy_case(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> None:
    """Move one due case to `destroyed` and delete its rows; the keys go with the next sweep.

    Raises `HeldError`, `RetentionConflictError`, `RetentionUnknownError` or
    `EarlyDestructionError` for a case that must stay, `NotPermittedError`, and `WrongStateError`
    for one that is not retained.
    """
    with step(vault, case_id, actor=actor, permission=Permission.DESTROY, now=now) as work:
        if work.case.state is not CaseState.RETAINED:
            raise WrongStateError(f"a case that is {work.case.state} is not destroyed")
        dates = dates_of(work.tx, work.case, now=now)
        _require_due(work, dates)
        ScheduleStore(work.tx).put(dates)
        work.case = erase(work.tx, work.case, now=now)
        work.log(AuditAction.DESTROYED, code=decisive(dates))


def decisive(dates: RetentionSchedule) -> str:
    """Return the rule that decides about a case, or the code of what stands in the way."""
    if dates.conflict is not None:
        return "+".join(dates.conflict)
    if stands := (*dates.missing, *dates.endless):
        return stands[0]
    keeps = [one for one in dates.applied if one.rule.clock is Clock.KEEP_UNTIL]
    wanted = dates.keep_until or dates.destroy_by
    last = [one.rule.id for one in (*keeps, *dates.applied) if one.until == wanted]
    return last[0] if last and wanted is not None else "no-minimum"


def _erased(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> bool:
    try:
        destroy_case(case_id, actor=actor, vault=vault, now=now)
    except (
        CaseChangedError,
        EarlyDestructionError,
        HeldError,
        RetentionConflictError,
        RetentionUnknownError,
        WrongStateError,
    ):
        return False  # somebody was quicker, or a hold came between the plan and the step
    return True


def _require_due(work: Work, dates: RetentionSchedule) -> None:
    held = bool(HoldStore(work.tx).in_force(work.case.id))
    match disposition(dates, held=held, now=work.now):
        case Disposition.HELD:
            raise HeldError("a hold is in force on this case")
        case Disposition.SEALED if dates.conflict is not None:
            keep, end = dates.conflict
            raise RetentionConflictError(f"{keep} says keep where {end} says destroy")
        case Disposition.SEALED:
            raise RetentionUnknownError(f"no row says how long: {', '.join(dates.missing)}")
        case Disposition.KEEP:
            raise EarlyDestructionError(f"{decisive(dates)} still requires the record")


def _line(tx: Transaction, case: Case, now: datetime) -> SweepLine:
    try:
        dates = dates_of(tx, case, now=now)
        held = bool(HoldStore(tx).in_force(case.id))
    except KeyUnavailableError:
        # Older data restored under newer keys: the case was destroyed since, and stays shut.
        return SweepLine(case.id, None, None, None, Disposition.SEALED, GONE, (), overdue=False)
    action = disposition(dates, held=held, now=now)
    return SweepLine(
        case_id=case.id,
        outcome=None if dates.facts is None else dates.facts.outcome,
        keep_until=dates.keep_until,
        destroy_by=dates.destroy_by,
        action=action,
        rule="hold" if action is Disposition.HELD else decisive(dates),
        rules=tuple(one.rule.id for one in dates.applied),
        overdue=dates.destroy_by is not None and dates.destroy_by < now.date(),
    )
