"""A search after hire begins with one concern that one person states and another approves.

A trigger says who, what, since when and how far: what it leaves open may be neither a whole pack
of criteria, nor every kind of platform, nor days to come. Its words are sealed with its case,
which stays a draft until it is opened (M2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from casework.after_hire.monitoring_notice import monitoring_policy, require_monitoring_notice
from casework.after_hire.protected_activity import protected_alone
from casework.after_hire.reporter_guard import refuse_reporter
from casework.requisition.requisitions import frozen
from casework.screening.screen import Screener
from casework.steps.monitoring_gate import monitoring_scope, of_monitoring
from casework.steps.permissions import Permission, authorize
from casework.steps.rules import remember_rules, require_opening_rules
from casework.steps.step import Work, refusals_logged, step
from collection.egress.credentials import refuse_credentials
from models.after_hire_rules import AfterHireRules, TriggerKind
from models.audit import AuditAction
from models.case import Case, CaseState
from models.clauses import FishingError, NoTriggerError
from models.consent import PlatformKind, item_for
from models.disclosure import Account, Applicant
from models.errors import CaseNotFoundError, SeparationOfDutiesError, WrongStateError
from models.ids import ActorId, CaseId, RequisitionId, is_id, new_id
from models.monitoring import Scope, Trigger, TriggerSource
from models.peer_reports import PeerReport
from models.people import Actor
from models.requisition import Requisition, RequisitionState
from models.text import RawText
from storage.cases import CaseStore
from storage.exposures import ExposureStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

_WORDS_AT_LEAST: Final = 6
"""Fewer say no more than that somebody is suspected."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody states as a trigger."""

    kind: TriggerKind
    source: TriggerSource
    on: date
    description: RawText
    reach: Scope
    accounts: Sequence[Account] = ()


def state_trigger(
    requisition_id: RequisitionId,
    employee: ActorId,
    statement: Statement,
    *,
    screener: Screener,
    report: CaseId | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> CaseId:
    """State a trigger, and return the draft that it lies in: that of a peer report, if named.

    Raises `MonitoringNoticeError` for an employee who was not told, `NoTriggerError` for one that
    is not specific or is about protected activity alone, `FishingError` for one that reaches too
    far, `ReporterExposedError` if its words name who reported, `CredentialRefusedError`.
    """
    case_id = CaseId(new_id()) if report is None else report
    if not is_id(case_id):
        raise CaseNotFoundError("no such case")
    shielded = protected_alone(statement.description, requisition_id, screener, vault, now=now)
    with refusals_logged(case_id, actor=actor, vault=vault, now=now), vault.write() as tx:
        role = authorize(actor, Permission.STATE_TRIGGER)
        requisition = frozen(tx, requisition_id)
        policy = monitoring_policy(tx, requisition_id)
        notice = require_monitoring_notice(tx, policy, employee)
        _require_specific(statement, policy.after_hire or AfterHireRules(), now)
        _require_bounded(statement.reach, requisition, now)
        if shielded:
            raise NoTriggerError(f"protected activity is no trigger: {', '.join(shielded)}")
        refuse_credentials(statement.description.reveal(), where="description")
        case = (
            new_draft(tx, requisition, case_id, opened_by=actor.id, now=now)
            if report is None
            else _reported(tx, report, requisition_id, employee)
        )
        refuse_reporter(tx, case_id, statement.description)
        RecordStore(tx).put(
            case_id,
            RecordKind.APPLICANT,
            Applicant(name=notice.name, contact=notice.contact, actor=employee),
            now=now,
        )
        trigger = Trigger(
            employee=employee,
            kind=statement.kind,
            source=statement.source,
            on=statement.on,
            description=statement.description,
            reach=statement.reach,
            accounts=tuple(statement.accounts),
            stated_by=actor.id,
            stated_at=now,
        )
        work = Work(tx, case, actor, role, now)
        _keep(work, trigger)
        work.log(AuditAction.TRIGGER_STATED, code=statement.kind)
    return case_id


def approve_trigger(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> None:
    """Approve a trigger, as a supervisor who neither stated it nor investigates it.

    Raises `NoTriggerError` if there is none, `SeparationOfDutiesError` for one's own,
    `WrongStateError` once the case was opened.
    """
    with step(vault, case_id, actor=actor, permission=Permission.APPROVE_TRIGGER, now=now) as work:
        trigger = trigger_of(work.tx, case_id)
        if trigger is None:
            raise NoTriggerError("nobody has stated a trigger")
        if work.case.state is not CaseState.DRAFT:
            raise WrongStateError("the case was opened, or closed, before")
        if actor.id == trigger.employee or actor.id == trigger.stated_by:
            raise SeparationOfDutiesError("a trigger is approved by somebody else")
        _keep(work, trigger.model_copy(update={"approved_by": actor.id, "approved_at": now}))
        work.log(AuditAction.TRIGGER_APPROVED, code=trigger.kind)


def approved_trigger(work: Work, rules: AfterHireRules) -> Trigger:
    """Return the trigger that a draft may open on. Raises `NoTriggerError` (E-M2-NO-TRIGGER)."""
    trigger = trigger_of(work.tx, work.case.id)
    if trigger is None:
        raise NoTriggerError("nobody has stated a trigger")
    if trigger.approved_by is None or trigger.approved_at is None:
        raise NoTriggerError("no supervisor has approved the trigger")
    if work.now - trigger.approved_at > timedelta(days=rules.trigger_days):
        raise NoTriggerError("the approval is too old")
    if monitoring_scope(work.tx, work.case) is not None:
        raise NoTriggerError("one trigger opens one case, once")
    return trigger


def trigger_of(tx: Transaction, case_id: CaseId) -> Trigger | None:
    """Return the newest trigger of a case, or None."""
    return RecordStore(tx).latest(case_id, RecordKind.TRIGGER, Trigger)


def new_draft(
    tx: Transaction, requisition: Requisition, case_id: CaseId, *, opened_by: ActorId, now: datetime
) -> Case:
    """Add a monitoring case in draft: papers may lie in it, and nothing is gathered."""
    if requisition.state is not RequisitionState.OPEN:
        raise WrongStateError("the requisition is closed")
    require_opening_rules(tx, requisition)
    case = Case(
        id=case_id,
        requisition_id=requisition.id,
        state=CaseState.DRAFT,
        opened_by=opened_by,
        opened_at=now,
        changed_at=now,
    )
    CaseStore(tx).add(case)
    remember_rules(tx, case.id, requisition, now=now)
    return case


def _require_specific(statement: Statement, rules: AfterHireRules, now: datetime) -> None:
    if statement.kind not in rules.trigger_kinds:
        raise NoTriggerError(f"the policy opens nothing on a {statement.kind}")
    if len(statement.description.reveal().split()) < _WORDS_AT_LEAST:
        raise NoTriggerError("it does not say what happened")
    if statement.on > now.date():
        raise NoTriggerError("it has not happened yet")
    if now.date() - statement.on > timedelta(days=rules.window_days):
        raise NoTriggerError("it is too long ago for a search now")


def _require_bounded(reach: Scope, requisition: Requisition, now: datetime) -> None:
    rules = requisition.policy.after_hire or AfterHireRules()
    known = {one.code for one in requisition.criteria.criteria}
    asked = {kind for kind in PlatformKind if item_for(kind) in requisition.policy.consent_items}
    if reach.criteria - known:
        raise FishingError("it names a criterion that the frozen pack does not have")
    if reach.criteria >= known and len(known) > 1:
        raise FishingError("it names the whole pack of criteria: that is a search for anything")
    if reach.platforms - asked:
        raise FishingError("it names a kind of platform that the policy does not look at")
    if reach.platforms >= asked and len(asked) > 1:
        raise FishingError("it names every kind of platform: that is a search for anything")
    if reach.until > now.date():
        raise FishingError("it names days to come: nobody is watched")
    oldest = (now - timedelta(days=rules.window_days)).date()
    if reach.since < oldest:
        raise FishingError(f"it goes back before {oldest}")


def _reported(
    tx: Transaction, case_id: CaseId, requisition_id: RequisitionId, employee: ActorId
) -> Case:
    """Return the draft of a peer report that may become a trigger."""
    case = CaseStore(tx).get(case_id)
    report = RecordStore(tx).latest(case_id, RecordKind.PEER_REPORT, PeerReport)
    if report is None or report.employee != employee or case.requisition_id != requisition_id:
        raise NoTriggerError("there is no such report about this employee")
    if report.protected:
        raise NoTriggerError("the report tells of protected activity alone")
    if case.state is not CaseState.DRAFT or not of_monitoring(tx, requisition_id):
        raise WrongStateError("the report was taken up, or closed, before")
    return case


def _keep(work: Work, trigger: Trigger) -> None:
    RecordStore(work.tx).put(work.case.id, RecordKind.TRIGGER, trigger, now=work.now)
    # Whoever knows what somebody is suspected of is never the one who decides about them.
    ExposureStore(work.tx).record(work.actor.id, work.case.id, work.now)
