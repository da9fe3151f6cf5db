"""Adverse steps against somebody who reported a colleague are told to the custodian alone.

The agency notes such steps of everybody. Every week the custodian gets one sealed account of each
watch, also where there is nothing to tell, so that neither log nor letters show that somebody who
reported has been harmed: a signal would say who reported (M3).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from casework.after_hire.reporter_guard import digest_of
from casework.steps.permissions import Permission
from casework.steps.registering import registering
from casework.steps.sealed_domain import put_away
from casework.steps.step import Work
from models.after_hire_rules import WATCH_EVERY_DAYS
from models.audit import AuditAction
from models.case import CaseState
from models.decision import Decision, Outcome
from models.disclosure import Applicant
from models.errors import InputError, KeyUnavailableError
from models.ids import ActorId, CaseId, new_id
from models.monitoring import Trigger
from models.peer_reports import AdverseKind, AdverseStep, ReporterGuard, WatchedStep, WatchReport
from models.people import SYSTEM, Actor, Role
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.commands import CommandStore
from storage.people import PersonStore
from storage.records import RecordKind, RecordStore
from storage.registers import RegisterKind, RegisterStore
from storage.transaction import Transaction
from storage.vault import Vault

KIND = "retaliation-watch"
"""How the custodian finds what was seen."""
Found = tuple[ActorId, AdverseKind, date]


def note_adverse_step(
    employee: ActorId,
    kind: AdverseKind,
    on: date,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> AdverseStep:
    """Note a step against an employee, as of everybody. Raises `InputError` for a day to come."""
    with registering(
        employee, permission=Permission.NOTE_ADVERSE_STEP, actor=actor, vault=vault, now=now
    ) as work:
        if on > now.date():
            raise InputError("the step has not been taken yet")
        noted = AdverseStep(
            id=new_id(), employee=employee, kind=kind, on=on, noted_by=actor.id, noted_at=now
        )
        work.put(RegisterKind.ADVERSE_STEP, noted)
        work.log(AuditAction.ADVERSE_STEP_NOTED, code=kind)
        return noted


def watch_reporters(*, vault: Vault, now: datetime) -> int:
    """Put away, for every watch that is due, what happened to the reporter; return how many.

    Each week of a watch is told once, at its end. Without a custodian's key nothing is told, and
    the next call makes good for it.
    """
    with vault.read() as tx:
        cases = RecordStore(tx).cases_with(RecordKind.REPORTER_GUARD)
        steps = list(_steps(tx)) if cases else []
    return sum(_told(case_id, steps, vault=vault, now=now) for case_id in cases)


def _told(case_id: CaseId, steps: list[Found], *, vault: Vault, now: datetime) -> int:
    told = 0
    try:
        with vault.write(case_id) as tx:
            case = CaseStore(tx).get(case_id)
            guard = RecordStore(tx).latest(case_id, RecordKind.REPORTER_GUARD, ReporterGuard)
            if guard is None or case.state is CaseState.DESTROYED:
                return 0
            work = Work(tx, case, SYSTEM, Role.SYSTEM, now)
            commands = CommandStore(tx)
            for day in _weeks(guard, now):
                key = f"watch:{case_id}:{day}"
                if commands.seen(key) is not None:
                    continue
                put_away(work, KIND, WatchReport(day=day, steps=_of(tx, case_id, guard, steps)))
                commands.remember(key, "told", now)
                told += 1
    except KeyUnavailableError:
        return 0
    return told


def _weeks(guard: ReporterGuard, now: datetime) -> Iterator[date]:
    """Yield the newest of a watch's dates that has come; what earlier ones had is in it as well."""
    over = min(now, guard.until) - guard.since
    weeks = over // timedelta(days=WATCH_EVERY_DAYS)
    if weeks:
        yield (guard.since + weeks * timedelta(days=WATCH_EVERY_DAYS)).date()


def _of(
    tx: Transaction, case_id: CaseId, guard: ReporterGuard, steps: list[Found]
) -> tuple[WatchedStep, ...]:
    first, last = guard.since.date(), guard.until.date()
    return tuple(
        WatchedStep(kind=kind, on=on)
        for person, kind, on in sorted(steps, key=lambda step: step[2])
        if first <= on <= last and digest_of(tx, case_id, person) == guard.person
    )


def _steps(tx: Transaction) -> Iterator[Found]:
    """Yield every adverse step that the home knows of: noted, or taken in the home itself."""
    registers, records = RegisterStore(tx), RecordStore(tx)
    for noted in registers.all(RegisterKind.ADVERSE_STEP, AdverseStep):
        yield noted.employee, noted.kind, noted.on
    for person, _name in PersonStore(tx).all():
        for entry in AuditLog(tx).entries(person.id):
            if entry.action is AuditAction.AUTHORISATION_REVOKED:
                yield person.id, AdverseKind.AUTHORISATION_REVOKED, entry.at.date()
    for case_id in records.cases_with(RecordKind.TRIGGER):
        stated = records.all(case_id, RecordKind.TRIGGER, Trigger)
        for trigger in stated[:1]:
            yield trigger.employee, AdverseKind.MONITORING, trigger.stated_at.date()
    for case_id in records.cases_with(RecordKind.DECISION):
        applicant = records.latest(case_id, RecordKind.APPLICANT, Applicant)
        if applicant is None or applicant.actor is None:
            continue
        for decision in records.all(case_id, RecordKind.DECISION, Decision):
            if decision.outcome is not Outcome.FAVOURABLE:
                on = decision.decided_at.date()
                yield applicant.actor, AdverseKind.ADVERSE_DECISION, on
