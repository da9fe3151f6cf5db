"""Retention: two clocks for every finished case, by the rules in force on the day they are read."""

from dataclasses import dataclass
from datetime import date, datetime

from casework.records.null_retention import retain_nulls, weigh_null_again
from casework.records.retention_facts import ENDED, employment_of, facts_of
from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission, authorize
from casework.steps.step import step
from models.audit import AuditAction
from models.case import Case, CaseState
from models.errors import CaseChangedError, CaseNotFoundError, InputError, WrongStateError
from models.ids import CaseId, is_id
from models.people import SYSTEM, Actor
from models.requisition import Policy
from models.retention import Considered, Employment, RetentionSchedule
from policy.retention import Disposition, consider, disposition, schedule
from storage.cases import CaseStore
from storage.holds import HoldStore
from storage.records import RecordKind, RecordStore
from storage.schedules import ScheduleStore
from storage.transaction import Transaction
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a case is kept, held, sealed or due: every rule that was weighed."""

    case: Case
    considered: tuple[Considered, ...]
    dates: RetentionSchedule
    holds: int
    disposition: Disposition


def retain(case_id: CaseId, *, vault: Vault, now: datetime) -> RetentionSchedule:
    """Put an ended case into retention and write down both dates. Raises `WrongStateError`."""
    with step(vault, case_id, actor=SYSTEM, permission=Permission.RETAIN, now=now) as work:
        if work.case.state not in ENDED:
            raise WrongStateError(f"a case that is {work.case.state} is not ready for retention")
        result = dates_of(work.tx, work.case, now=now)
        ScheduleStore(work.tx).put(result)
        work.move(CaseState.RETAINED)
        work.log(AuditAction.RETAINED, code=trouble_of(result))
        return result


def retain_ended(*, vault: Vault, now: datetime) -> int:
    """Put every ended case into retention; return how many."""
    with vault.read() as tx:
        ended = [case.id for case in CaseStore(tx).in_state(*ENDED)]
    retained = sum(_retained(case_id, vault=vault, now=now) for case_id in ended)
    retain_nulls(vault=vault, now=now)
    return retained


def retention_schedule(
    *, actor: Actor, vault: Vault, now: datetime
) -> list[tuple[Case, RetentionSchedule]]:
    """Return every retained case with its dates by today's rules, and what destroyed ones had.

    Raises `NotPermittedError`.
    """
    authorize(actor, Permission.READ_SCHEDULE)
    with vault.read() as tx:
        schedules = ScheduleStore(tx)
        return [
            (case, dates_of(tx, case, now=now))
            for case in CaseStore(tx).all()
            if schedules.get(case.id) is not None
        ]


def explain_retention(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> Explanation:
    """Return every rule considered for a case, with the two dates they yield together.

    A case that has not ended is weighed as if it ended as it stands, without a last day. Raises
    `NotPermittedError` and `CaseNotFoundError`.
    """
    authorize(actor, Permission.READ_SCHEDULE)
    if not is_id(case_id):
        raise CaseNotFoundError("no such case")
    with vault.read() as tx:
        case = CaseStore(tx).get(case_id)
        dates = dates_of(tx, case, now=now)
        policy = _policy_of(tx, case)
        held = 0 if case.state is CaseState.DESTROYED else len(HoldStore(tx).in_force(case_id))
    facts = dates.facts
    on = dates.computed_at.date()
    return Explanation(
        case=case,
        considered=() if facts is None else consider(facts, policy, on=on),
        dates=dates,
        holds=held,
        disposition=disposition(dates, held=held > 0, now=now),
    )


def state_employment(
    case_id: CaseId,
    employment: Employment,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> RetentionSchedule:
    """Write down what became of the applicant, where a rule depends on it; return the new dates.

    Raises `NotPermittedError`, `InputError` for a statement that contradicts itself, and
    `WrongStateError` for a case that is undecided or destroyed.
    """
    with step(vault, case_id, actor=actor, permission=Permission.STATE_EMPLOYMENT, now=now) as work:
        if work.case.state not in (*ENDED, CaseState.RETAINED):
            raise WrongStateError(f"a case that is {work.case.state} has no outcome to state")
        _require_sense(employment, now.date())
        RecordStore(work.tx).put(case_id, RecordKind.EMPLOYMENT, employment, now=now)
        dates = dates_of(work.tx, work.case, now=now)
        if work.case.state is CaseState.RETAINED:
            ScheduleStore(work.tx).put(dates)
            weigh_null_again(work.tx, work.case, now=now)
        work.log(AuditAction.EMPLOYMENT_STATED, code=trouble_of(dates))
        return dates


def dates_of(tx: Transaction, case: Case, *, now: datetime) -> RetentionSchedule:
    """Return a case's dates by the rules in force now; a destroyed case keeps those it had."""
    stored = ScheduleStore(tx).get(case.id)
    if stored is not None and (case.state is CaseState.DESTROYED or stored.facts is None):
        return stored
    facts = facts_of(tx, case, None if stored is None else stored.facts)
    return schedule(facts, _policy_of(tx, case), now=now)


def trouble_of(dates: RetentionSchedule) -> str:
    """Return the code of what seals a case's material, or nothing."""
    if dates.conflict is not None:
        return "conflict"
    return "unknown" if dates.missing else ""


def employment_stated(case_id: CaseId, *, actor: Actor, vault: Vault) -> Employment:
    """Return what the agency has said became of the applicant. Raises `NotPermittedError`."""
    authorize(actor, Permission.READ_SCHEDULE)
    with vault.read() as tx:
        return employment_of(tx, case_id)


def _policy_of(tx: Transaction, case: Case) -> Policy:
    """Return a case's frozen policy, checked against its digest once a transaction."""
    key = f"policy:{case.requisition_id}"
    if key not in tx.memo:
        tx.memo[key] = frozen(tx, case.requisition_id).policy
    policy: Policy = tx.memo[key]
    return policy


def _retained(case_id: CaseId, *, vault: Vault, now: datetime) -> bool:
    try:
        retain(case_id, vault=vault, now=now)
    except (CaseChangedError, WrongStateError):
        return False  # another process was quicker
    return True


def _require_sense(employment: Employment, today: date) -> None:
    employed = employment.hired is True or employment.monitored
    if employment.monitored and employment.hired is False:
        raise InputError("nobody is monitored who was not hired")
    if employment.separated is not None and not employed:
        raise InputError("an employment that ended needs one that began")
    if employment.separated is not None and employment.separated > today:
        raise InputError("the employment has not ended yet")
