"""How every applicant of a requisition was treated, in ids and codes, against frozen rules (F1).

What is compared is what the case's own records and the audit log say, not what the requisition
promises: the rules each case opened under, the notice it was given, what was asked, when the
search began, which steps were taken in which order, and who reviewed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from casework.applicant.deviations import deviations_of
from casework.applicant.notice import delivered_notice
from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission, authorize
from casework.steps.rules import mark_of, rules_of
from casework.steps.step import entry, refusals_logged
from models.audit import AuditAction, AuditEntry
from models.case import Case, CaseState
from models.clauses import StageDriftError
from models.consistency import CaseTreatment, ConsistencyReport, DeviationRecord, Unequal
from models.errors import NoNoticeError
from models.ids import RequisitionId
from models.people import Actor
from models.requisition import Policy, Requisition
from policy.differences import stricter_than_peers
from policy.digest import sha256_of_value
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.consents import ConsentStore
from storage.transaction import Transaction
from storage.vault import Vault

_A = AuditAction
STEPS: Final = (
    _A.CASE_OPENED,
    _A.NOTICE_SENT,
    _A.CONSENT_SIGNED,
    _A.DISCLOSED,
    _A.SOURCE_REGISTERED,
    _A.CAPTURED,
    _A.ATTRIBUTED,
    _A.TRIAGED,
    _A.REDACTED,
    _A.REVIEWED,
    _A.REBUTTAL_OFFERED,
    _A.RELEASED,
    _A.DECIDED,
)
"""The steps that lead to a decision, in the one order."""
_MAY_LACK: Final = frozenset({_A.CAPTURED, _A.ATTRIBUTED})
"""Where a source has nothing in it, nothing is captured or attributed."""
_OF_REVIEW: Final = 2


def consistency_report(
    requisition_id: RequisitionId, *, actor: Actor, vault: Vault, now: datetime
) -> ConsistencyReport:
    """Return the report on one requisition. The audit log has the beginning of its digest.

    Raises `NotPermittedError`, `RequisitionNotFoundError`, and `PackChangedError` if the frozen
    rules are not those that the requisition opened with.
    """
    with (
        refusals_logged(requisition_id, actor=actor, vault=vault, now=now),
        vault.write() as tx,
    ):
        role = authorize(actor, Permission.READ_CONSISTENCY)
        requisition = frozen(tx, requisition_id)
        rules = rules_of(requisition)
        cases = [one for one in CaseStore(tx).all() if one.requisition_id == requisition_id]
        treated = tuple(_treatment(tx, one, requisition) for one in cases)
        leads = [one.lead_days for one in treated if one.lead_days is not None]
        report = ConsistencyReport(
            requisition=requisition_id,
            rules=rules.rules,
            policy_sha256=rules.policy,
            scope=rules.scope,
            criteria_sha256=rules.criteria,
            cases=treated,
            lead_days_least=min(leads, default=None),
            lead_days_most=max(leads, default=None),
            stricter=tuple(one.field for one in stricter_than_peers(requisition.policy)),
            log_size=AuditLog(tx).size,
            made_at=now,
        )
        told = entry(
            AuditAction.CONSISTENCY_READ,
            actor=actor,
            role=role,
            object_id=requisition_id,
            now=now,
            code=sha256_of_value(report)[:16],
            count=len(treated),
        )
        AuditLog(tx).append(told)
    return report


def _treatment(tx: Transaction, case: Case, requisition: Requisition) -> CaseTreatment:
    log = AuditLog(tx).entries(case.id)
    taken = _first_times(log)
    gone = case.state is CaseState.DESTROYED
    approved = [] if gone else deviations_of(tx, case.id)
    rules, _, scope = (mark_of(tx, case.id) or ":").partition(":")
    now = rules_of(requisition)
    unequal = [] if not rules or rules == now.rules else [Unequal.RULES]
    if scope and scope != now.scope:
        unequal.append(Unequal.SCOPE)
    unequal += _order(taken)
    unequal += _reviews(log, requisition.policy)
    lead = None
    if not gone:
        unequal += _notice_and_items(tx, case, requisition.policy)
        lead, late = _lead(tx, case, taken, requisition.policy)
        unequal += late
    return CaseTreatment(
        case_id=case.id,
        state=case.state,
        rules=rules,
        scope=scope,
        lead_days=None if lead is None else lead.days,
        steps=tuple(sorted(taken, key=lambda action: taken[action])),
        reviewers=len({one.actor for one in log if one.action is _A.APPROVED}),
        unequal=tuple(dict.fromkeys(unequal)),
        approved=tuple(_covered(unequal, approved, log)),
        deviations=tuple(f"{one.kind}:{one.reason}" for one in approved),
    )


def _first_times(log: list[AuditEntry]) -> dict[AuditAction, int]:
    """Return each step's first place in the log: two entries may have the same time."""
    first: dict[AuditAction, int] = {}
    for place, one in enumerate(log):
        if one.action in STEPS:
            first.setdefault(one.action, place)
    return first


def _order(taken: dict[AuditAction, int]) -> Iterator[Unequal]:
    came = [action for action in STEPS if action in taken]
    last = STEPS.index(came[-1]) if came else -1
    if any(one not in taken and one not in _MAY_LACK for one in STEPS[: last + 1]):
        yield Unequal.STEPS
    places = [taken[action] for action in came]
    if places != sorted(places):
        yield Unequal.ORDER


def _reviews(log: list[AuditEntry], policy: Policy) -> Iterator[Unequal]:
    approvers = {one.actor for one in log if one.action is _A.APPROVED}
    gathered = {one.actor for one in log if one.action is _A.SOURCE_REGISTERED}
    if any(one.action is _A.REVIEWED for one in log) and (
        len(approvers) < _OF_REVIEW or approvers & gathered
    ):
        yield Unequal.REVIEWERS
    named = None if policy.counsel is None else policy.counsel.reviewers
    if named and approvers - named:
        yield Unequal.OTHER_REVIEWER


def _notice_and_items(tx: Transaction, case: Case, policy: Policy) -> Iterator[Unequal]:
    if case.state is not CaseState.DRAFT:
        try:
            delivered_notice(tx, case.id)
        except StageDriftError:
            yield Unequal.STAGE
        except NoNoticeError:
            if case.state not in (CaseState.NOTICED, CaseState.WITHDRAWN, CaseState.EXPIRED):
                yield Unequal.NOTICE
    consent = ConsentStore(tx).latest(case.id)
    if consent is not None:
        if consent.scope.granted | consent.scope.refused != policy.consent_items:
            yield Unequal.ITEMS
        if consent.scope.lookback_years != policy.lookback_years:
            yield Unequal.LOOKBACK


def _lead(
    tx: Transaction, case: Case, taken: dict[AuditAction, int], policy: Policy
) -> tuple[timedelta | None, list[Unequal]]:
    if _A.SOURCE_REGISTERED not in taken:
        return None, []
    log = AuditLog(tx).entries(case.id)
    try:
        notice = delivered_notice(tx, case.id)
    except (NoNoticeError, StageDriftError):
        return None, []
    lead = log[taken[_A.SOURCE_REGISTERED]].at - notice.delivered_at
    found = [Unequal.LEAD_TIME] if lead < timedelta(days=policy.notice_lead_days) else []
    most = None if policy.counsel is None else policy.counsel.collect_within_days
    if most is not None and lead > timedelta(days=most):
        found.append(Unequal.LATE_SEARCH)
    return lead, found


def _covered(
    unequal: list[Unequal], approved: list[DeviationRecord], log: list[AuditEntry]
) -> Iterator[Unequal]:
    """Yield what an approval covers that somebody else gave before the step was taken."""
    steps = {Unequal.LATE_SEARCH: _A.SOURCE_REGISTERED, Unequal.OTHER_REVIEWER: _A.APPROVED}
    for one in dict.fromkeys(unequal):
        taken = [step for step in log if step.action is steps.get(one)]
        given = [deviation for deviation in approved if deviation.kind.value == one.value]
        if taken and any(
            deviation.approved_at <= step.at and deviation.approved_by != step.actor
            for step in taken
            for deviation in given
        ):
            yield one
