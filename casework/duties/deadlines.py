"""Every running clock of a case, with its rule and date; what comes due fires exactly once."""

from collections.abc import Iterator
from datetime import UTC, datetime, time

from casework.after_hire.after_hire_clocks import run_after_hire
from casework.counsel.breaches import breaches_of
from casework.counsel.requests import requests_of
from casework.deciding.disputes import OPEN, resolve_dispute
from casework.records.retention import dates_of
from casework.releasing.results import results_date
from casework.releasing.waits import (
    delivery_of,
    newest_document,
    open_dispute_of,
    packet_delivered,
    waits_until,
)
from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission
from casework.steps.sealing import is_sealed
from casework.steps.step import entry, step
from models.adverse import DocumentKind
from models.audit import AuditAction
from models.case import Case, CaseState
from models.deadlines import ClockKind, Deadline
from models.decision import Decision, Outcome
from models.dispute import Dispute, DisputeOutcome
from models.errors import CaseChangedError, WrongStateError
from models.ids import CaseId
from models.people import SYSTEM, Actor, Role
from models.rebuttal import RebuttalWindow
from models.requisition import Policy
from policy.law import legal_params
from policy.waiting import OF_POLICY, due, waiting_of
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.commands import CommandStore
from storage.consents import ConsentStore
from storage.outbox import OutboxStore
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from storage.transaction import Transaction
from storage.vault import Vault

_WATCHED = (CaseState.REBUTTAL, CaseState.PENDING_ADVERSE)
"""The states whose clocks fire; open disputes are found by their rows in the outbox."""


def deadlines(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> list[Deadline]:
    """Return the clocks that run in a case, the next first. Raises `NotPermittedError`."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_DEADLINES, now=now) as work:
        found = running(work.tx, work.case, now)
        return sorted(found, key=lambda one: (one.due_at, one.clock))


def fire_due(*, vault: Vault, released: ReleasedVault, now: datetime) -> int:
    """Do what a clock that has run asks for, once; return how many fired.

    The end of a window is written down. A dispute that nobody verified in time is resolved: the
    finding goes. No clock decides about an applicant, and none looks at an employee.
    """
    with vault.read() as tx:
        watched = {case.id for case in CaseStore(tx).in_state(*_WATCHED)}
        disputed = {row.case_id for row in OutboxStore(tx).pending(OPEN) if row.case_id}
    fired = sum(_fired(case_id, vault=vault, now=now) for case_id in sorted(watched))
    for case_id in sorted(disputed):
        fired += _dispute_ended(case_id, vault=vault, released=released, now=now)
    return fired + run_after_hire(vault=vault, now=now)


def _fired(case_id: CaseId, *, vault: Vault, now: datetime) -> int:
    fired = 0
    with vault.write(case_id) as tx:
        commands = CommandStore(tx)
        case = CaseStore(tx).get(case_id)
        for clock in [*_rebuttal(tx, case), *_pre_adverse(tx, case, _policy(tx, case))]:
            if clock.due_at > now or clock.paused or commands.seen(clock.key()) is not None:
                continue
            commands.remember(clock.key(), "fired", now)
            closed = clock.clock is ClockKind.REBUTTAL
            AuditLog(tx).append(
                entry(
                    AuditAction.REBUTTAL_CLOSED if closed else AuditAction.CLOCK_ENDED,
                    actor=SYSTEM,
                    role=Role.SYSTEM,
                    object_id=case_id,
                    now=now,
                    code=clock.clock,
                )
            )
            fired += 1
    return fired


def _dispute_ended(case_id: CaseId, *, vault: Vault, released: ReleasedVault, now: datetime) -> int:
    with vault.read() as tx:
        dispute = open_dispute_of(tx, case_id)
    if dispute is None or now < dispute.due_at:
        return 0
    try:
        resolve_dispute(
            case_id,
            DisputeOutcome.UNVERIFIED,
            actor=SYSTEM,
            vault=vault,
            released=released,
            now=now,
        )
    except (CaseChangedError, WrongStateError):
        return 0  # somebody was quicker
    return 1


def running(tx: Transaction, case: Case, now: datetime) -> Iterator[Deadline]:
    """Yield the clocks that run in a case; none in one that is sealed or destroyed."""
    if case.state is CaseState.DESTROYED or is_sealed(tx, case):
        return
    policy = _policy(tx, case)
    yield from _counsel(tx, case)
    yield from _rebuttal(tx, case)
    yield from _pre_adverse(tx, case, policy)
    yield from _disputes(tx, case, policy)
    yield from _file_copy(tx, case, policy, now)
    consent = ConsentStore(tx).latest(case.id)
    if consent is not None and case.state not in (CaseState.RETAINED, CaseState.WITHDRAWN):
        yield _deadline(case, ClockKind.CONSENT, consent.signed_at, consent.expires_at, OF_POLICY)
    day = results_date(frozen(tx, case.requisition_id), max(case.changed_at, now))
    if day is not None and case.state is not CaseState.RETAINED:
        yield _deadline(case, ClockKind.RESULTS, case.opened_at, day, OF_POLICY)
    if case.state is CaseState.RETAINED:
        dates = dates_of(tx, case, now=now)
        rules = tuple(one.rule.id for one in dates.applied)
        for clock, until in (
            (ClockKind.KEEP_UNTIL, dates.keep_until),
            (ClockKind.DESTROY_BY, dates.destroy_by),
        ):
            if until is not None:
                at = datetime.combine(until, time(), UTC)
                yield _deadline(case, clock, case.changed_at, at, *rules)


def _counsel(tx: Transaction, case: Case) -> Iterator[Deadline]:
    for request in requests_of(tx, case.id):
        if request.outcome is None:
            since, until = request.opened_at, request.due_at
            yield _deadline(case, ClockKind.REQUEST, since, until, request.rule)
    for breach in breaches_of(tx, case.id):
        if breach.closed_at is None:
            since, until = breach.reported_at, breach.notify_by
            yield _deadline(case, ClockKind.BREACH_TOLD, since, until, breach.notify_rule)


def _rebuttal(tx: Transaction, case: Case) -> Iterator[Deadline]:
    window = RecordStore(tx).latest(case.id, RecordKind.REBUTTAL_WINDOW, RebuttalWindow)
    if window is not None and case.state is CaseState.REBUTTAL:
        rules = window.rules or (OF_POLICY,)
        yield _deadline(case, ClockKind.REBUTTAL, window.opens_at, window.closes_at, *rules)


def _pre_adverse(tx: Transaction, case: Case, policy: Policy) -> Iterator[Deadline]:
    pending = RecordStore(tx).latest(case.id, RecordKind.DECISION, Decision)
    if pending is None or pending.outcome is not Outcome.PENDING_ADVERSE:
        return
    if case.state not in (CaseState.PENDING_ADVERSE, CaseState.DISPUTED):
        return
    packet = packet_delivered(tx, case.id, pending.decided_at)
    if packet is not None:
        until = waits_until(tx, case.id, policy, packet.delivered_at)
        rules = waiting_of(ClockKind.PRE_ADVERSE, policy).rules
        made = _deadline(case, ClockKind.PRE_ADVERSE, packet.delivered_at, until, *rules)
        yield made.model_copy(update={"paused": case.state is CaseState.DISPUTED})


def _disputes(tx: Transaction, case: Case, policy: Policy) -> Iterator[Deadline]:
    dispute = RecordStore(tx).latest(case.id, RecordKind.DISPUTE, Dispute)
    if dispute is None:
        return
    if dispute.resolved_at is None:
        longer = dispute.extended_at is not None
        clock = ClockKind.DISPUTE_EXTENSION if longer else ClockKind.DISPUTE
        rules = waiting_of(clock, policy).rules
        yield _deadline(case, clock, dispute.opened_at, dispute.due_at, *rules)
        return
    letter = newest_document(tx, case.id, DocumentKind.DISPUTE_RESULT)
    if letter is None or delivery_of(tx, letter) is None:
        until = due(ClockKind.DISPUTE_RESULT, policy, dispute.resolved_at)
        rules = waiting_of(ClockKind.DISPUTE_RESULT, policy).rules
        yield _deadline(case, ClockKind.DISPUTE_RESULT, dispute.resolved_at, until, *rules)


def _file_copy(tx: Transaction, case: Case, policy: Policy, now: datetime) -> Iterator[Deadline]:
    notice = newest_document(tx, case.id, DocumentKind.ADVERSE)
    if notice is None:
        return
    proved = delivery_of(tx, notice)
    since = notice.made_at if proved is None else proved.delivered_at
    until = due(ClockKind.FILE_COPY, policy, since)
    if now < until:
        rules = waiting_of(ClockKind.FILE_COPY, policy).rules
        yield _deadline(case, ClockKind.FILE_COPY, since, until, *rules)


def _policy(tx: Transaction, case: Case) -> Policy:
    return frozen(tx, case.requisition_id).policy


def _deadline(
    case: Case, clock: ClockKind, since: datetime, until: datetime, *rules: str
) -> Deadline:
    known = legal_params()
    cited = [known[rule].citation for rule in rules if rule in known]
    return Deadline(
        case_id=case.id,
        clock=clock,
        rules=rules,
        citation="; ".join(dict.fromkeys(cited)) or "the agency's policy",
        started_at=since,
        due_at=until,
    )
