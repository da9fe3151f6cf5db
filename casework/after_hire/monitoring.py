"""A monitoring case is opened by a supervisor, within its trigger, and closes by itself (M1, M2).

From then on it is a case like any other: the same table of states, the same desk, the same answer
of the person concerned before anybody decides, the same wall. Notice and trigger stand where an
applicant's consent stands; they cover public content and nothing else.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from casework.after_hire.account_changes import declared_accounts
from casework.after_hire.monitoring_notice import monitoring_policy, require_monitoring_notice
from casework.after_hire.triggers import approved_trigger, trigger_of
from casework.applicant.consent import require_state
from casework.applicant.same_applicant import note_identities
from casework.steps.monitoring_gate import monitoring_scope, of_monitoring
from casework.steps.permissions import Permission, authorize
from casework.steps.step import Work, step
from models.after_hire_rules import AfterHireRules, TriggerKind
from models.audit import AuditAction
from models.case import BEFORE_RELEASE, Case, CaseState
from models.clauses import FishingError
from models.consent import Consent, ConsentScope, Notice, item_for
from models.disclosure import Disclosure
from models.errors import CaseChangedError, WrongStateError
from models.forms import NoticeDelivery
from models.ids import CaseId, ConsentId, new_id
from models.monitoring import Closing, MonitoringNotice, MonitoringScope, Scope, Trigger
from models.people import SYSTEM, Actor
from models.reportable import HiringStage, HiringStageRecord
from models.requisition import Policy
from models.retention import Employment
from models.text import RawText
from models.value import Value
from policy.notices import wording_of
from storage.cases import CaseStore
from storage.consents import ConsentStore
from storage.exposures import ExposureStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault

_DRAFT_DAYS: Final = timedelta(days=90)
"""A draft that nobody opened by then is closed."""


@dataclass(frozen=True, slots=True)
class Monitored:
    """One monitoring case in a list: no word of what happened, nor of whom it is about."""

    case: Case
    kind: TriggerKind | None
    approved: bool
    scope: Scope | None
    closes_on: date | None


def open_monitoring(
    case_id: CaseId,
    *,
    scope: Scope | None = None,
    closes_on: date,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> MonitoringScope:
    """Open a monitoring case on its trigger: `draft → disclosed`. The scope may be narrower.

    Raises `MonitoringNoticeError` (E-M1-NO-NOTICE) for an employee who was not told,
    `NoTriggerError` (E-M2-NO-TRIGGER) without an approved trigger, and `FishingError`
    (E-M2-FISHING) for a scope that goes beyond it, or without an end.
    """
    with step(vault, case_id, actor=actor, permission=Permission.OPEN_MONITORING, now=now) as work:
        policy = monitoring_policy(work.tx, work.case.requisition_id)
        rules = policy.after_hire or AfterHireRules()
        stated = trigger_of(work.tx, case_id)
        if stated is not None:
            require_monitoring_notice(work.tx, policy, stated.employee)
        trigger = approved_trigger(work, rules)
        require_state(work.case, CaseState.DRAFT)
        notice = require_monitoring_notice(work.tx, policy, trigger.employee)
        opened = _opened(work, trigger, scope or trigger.reach, closes_on, rules)
        RecordStore(work.tx).put(case_id, RecordKind.MONITORING_SCOPE, opened, now=now)
        ExposureStore(work.tx).record(actor.id, case_id, now)
        _papers(work, policy, notice, trigger)
        work.move(CaseState.NOTICED)
        _authority(work, policy, notice, opened)
        work.move(CaseState.CONSENTED)
        note_identities(work)
        work.move(CaseState.DISCLOSED)
        work.log(AuditAction.MONITORING_OPENED, code=trigger.kind)
        return opened


def close_monitoring(
    case_id: CaseId, why: Closing, *, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Close a monitoring case of which nothing was released; nothing more is done in it.

    Raises `WrongStateError` for an applicant's case, and after release.
    """
    with step(vault, case_id, actor=actor, permission=Permission.CLOSE_MONITORING, now=now) as work:
        if not of_monitoring(work.tx, work.case.requisition_id):
            raise WrongStateError("this is no monitoring case")
        require_state(work.case, *BEFORE_RELEASE)
        _remember_employed(work)
        work.move(CaseState.EXPIRED)
        work.log(AuditAction.MONITORING_CLOSED, code=why)


def close_unopened(*, vault: Vault, now: datetime) -> int:
    """Close the monitoring drafts that nobody opened in time; return how many.

    What was opened is closed on its last day by `casework.applicant.consent.expire_consents`.
    """
    with vault.read() as tx:
        waiting = [
            case.id
            for case in CaseStore(tx).in_state(CaseState.DRAFT)
            if now - case.opened_at > _DRAFT_DAYS and of_monitoring(tx, case.requisition_id)
        ]
    closed = 0
    for case_id in waiting:
        try:
            close_monitoring(case_id, Closing.NOT_OPENED, actor=SYSTEM, vault=vault, now=now)
        except (CaseChangedError, WrongStateError):
            continue  # another process was quicker
        closed += 1
    return closed


def list_monitoring(*, actor: Actor, vault: Vault) -> list[Monitored]:
    """Return every monitoring case: kinds, scopes and dates. Raises `NotPermittedError`."""
    authorize(actor, Permission.READ_MONITORING)
    with vault.read() as tx:
        return [
            Monitored(
                case=case,
                kind=None if trigger is None else trigger.kind,
                approved=trigger is not None and trigger.approved_by is not None,
                scope=None if opened is None else opened.scope,
                closes_on=None if opened is None else opened.closes_on,
            )
            for case in CaseStore(tx).all()
            if case.state is not CaseState.DESTROYED and of_monitoring(tx, case.requisition_id)
            for trigger, opened in [(trigger_of(tx, case.id), monitoring_scope(tx, case))]
        ]


def _opened(
    work: Work, trigger: Trigger, scope: Scope, closes_on: date, rules: AfterHireRules
) -> MonitoringScope:
    today = work.now.date()
    if not scope.within(trigger.reach):
        raise FishingError("the search would go beyond its trigger")
    if not today <= closes_on <= today + timedelta(days=rules.longest_days):
        raise FishingError(f"it closes by itself within {rules.longest_days} days")
    if trigger.approved_by is None:
        raise FishingError("nobody has approved how far it goes")
    return MonitoringScope(
        case_id=work.case.id,
        scope=scope,
        accounts=trigger.accounts,
        approved_by=trigger.approved_by,
        opened_by=work.actor.id,
        opened_at=work.now,
        closes_on=closes_on,
    )


def _papers(work: Work, policy: Policy, notice: MonitoringNotice, trigger: Trigger) -> None:
    """Put into the case what an applicant's case would hold by now."""
    wording = wording_of(policy, notice.language)
    delivered_at = notice.delivered_at or work.now
    told = Notice(
        case_id=work.case.id,
        text=RawText(wording.text),
        sha256=wording.sha256,
        language=wording.language,
        channel="monitoring-notice",
        sent_at=notice.sent_at,
        delivered_at=delivered_at,
        lead_time=timedelta(days=policy.notice_lead_days),
        version=notice.version,
        stage=policy.notice_stage,
        consequence=RawText(wording.consequence),
    )
    _put(work, RecordKind.NOTICE, told)
    if notice.proof is not None:
        proof = NoticeDelivery(
            case_id=work.case.id,
            notice_sha256=wording.sha256,
            proof=notice.proof,
            evidence_sha256=notice.evidence_sha256,
            delivered_at=delivered_at,
            recorded_by=notice.sent_by,
        )
        _put(work, RecordKind.NOTICE_DELIVERY, proof)
    declared = declared_accounts(work.tx, trigger.employee)
    _put(work, RecordKind.DISCLOSURE, Disclosure(name=notice.name, accounts=declared))
    _put(work, RecordKind.HIRING_STAGE, HiringStageRecord(stage=HiringStage.CONDITIONAL_OFFER))
    _remember_employed(work)


def _authority(
    work: Work, policy: Policy, notice: MonitoringNotice, opened: MonitoringScope
) -> None:
    """Write down what may be captured where an applicant's consent would stand.

    Nobody consented, and the row says so: no consequence of refusing was acknowledged.
    """
    granted = frozenset(item_for(kind) for kind in opened.scope.platforms)
    if not granted <= policy.consent_items:
        raise FishingError("the policy does not look at such platforms")
    wording = wording_of(policy, notice.language)
    ConsentStore(work.tx).add(
        Consent(
            id=ConsentId(new_id()),
            case_id=work.case.id,
            scope=ConsentScope(
                granted=granted,
                refused=policy.consent_items - granted,
                lookback_years=policy.lookback_years,
            ),
            consequence_sha256=hashlib.sha256(wording.consequence.encode()).hexdigest(),
            consequence_acknowledged=False,
            notice_sha256=wording.sha256,
            signed_at=work.now,
            expires_at=opened.closes_at,
        )
    )


def _remember_employed(work: Work) -> None:
    """Say what the rules of retention ask: the person is employed, and this is monitoring."""
    _put(work, RecordKind.EMPLOYMENT, Employment(hired=True, monitored=True))


def _put(work: Work, kind: RecordKind, value: Value) -> None:
    RecordStore(work.tx).put(work.case.id, kind, value, now=work.now)
