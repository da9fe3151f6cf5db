"""Consent is given item by item, expires, and can be withdrawn; nothing is collected without it."""

import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime

from casework.applicant.notice import delivered_notice
from casework.applicant.papers import keep_papers, require_papers
from casework.applicant.refusals import after_answer, refusal_waits
from casework.requisition.requisitions import frozen
from casework.steps.monitoring_gate import monitoring_scope
from casework.steps.permissions import Permission, authorize
from casework.steps.step import step
from models.audit import AuditAction
from models.case import CONSENT_ENDS_IN, Case, CaseState
from models.consent import Consent, ConsentItem, ConsentScope, ConsentStatus
from models.dispute import Recall
from models.errors import (
    CaseChangedError,
    ConsentExpiredError,
    ConsentScopeError,
    ConsentWithdrawnError,
    ConsequenceMissingError,
    LeadTimeError,
    NoConsentError,
    OutOfScopeError,
    WrongStateError,
)
from models.forms import Signature
from models.ids import CaseId, ConsentId, new_id
from models.monitoring import Closing
from models.people import SYSTEM, Actor
from policy.notices import wording_of
from policy.validity import consent_expiry
from policy.waiting import notice_lead_until
from storage.cases import CaseStore
from storage.consents import ConsentStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault


def sign_consent(
    case_id: CaseId,
    *,
    granted: AbstractSet[ConsentItem],
    refused: AbstractSet[ConsentItem],
    consequence_acknowledged: bool,
    forms: Mapping[str, str] | None = None,
    signature: Signature | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Consent:
    """Record the applicant's answer to every item asked: `noticed → consented` or `refused`.

    It stays `noticed` where a refusal waits for a supervisor. `forms` gives the digest of each
    document that the applicant had, by the row of the law that asks for it. Raises
    `OutOfScopeError` for an item that the policy does not ask for, `ConsentScopeError` for one
    left unanswered, `ConsequenceMissingError`, `UnlawfulConsequenceError`, what `require_papers`
    does, and `WrongStateError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.RECORD_CONSENT, now=now) as work:
        notice = delivered_notice(work.tx, case_id)
        if refusal_waits(work.tx, case_id):
            raise WrongStateError("the applicant has answered; a refusal waits for a supervisor")
        policy = frozen(work.tx, work.case.requisition_id).policy
        beyond = (set(granted) | set(refused)) - policy.consent_items
        if beyond:
            raise OutOfScopeError(f"the policy does not ask for: {', '.join(sorted(beyond))}")
        unanswered = policy.consent_items - set(granted) - set(refused)
        if unanswered:
            raise ConsentScopeError(f"items left unanswered: {', '.join(sorted(unanswered))}")
        consequence = wording_of(policy, notice.language).consequence
        if not consequence.strip():
            raise ConsequenceMissingError("the notice does not say what refusing would mean")
        if not consequence_acknowledged:
            raise ConsequenceMissingError("the consequence of refusing was not acknowledged")
        require_papers(work, policy, forms=forms or {}, signature=signature)
        consent = Consent(
            id=ConsentId(new_id()),
            case_id=case_id,
            scope=ConsentScope(
                granted=frozenset(granted),
                refused=frozenset(refused),
                lookback_years=policy.lookback_years,
            ),
            consequence_sha256=hashlib.sha256(consequence.encode()).hexdigest(),
            consequence_acknowledged=True,
            notice_sha256=notice.sha256,
            signed_at=now,
            expires_at=consent_expiry(policy, now),
        )
        ConsentStore(work.tx).add(consent)
        keep_papers(work, consent.id, notice, forms=forms or {}, signature=signature)
        after_answer(work, policy, granted=granted, refused=refused)
        return consent


def withdraw_consent(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> None:
    """Withdraw the consent and stop the case, at any time before release.

    Work that is running loses the case at its next commit, because the case has moved on.
    Raises `NoConsentError`, and `WrongStateError` once the package was released.
    """
    with step(vault, case_id, actor=actor, permission=Permission.WITHDRAW, now=now) as work:
        consents = ConsentStore(work.tx)
        consent = consents.latest(case_id)
        if consent is None or monitoring_scope(work.tx, work.case) is not None:
            raise NoConsentError("there is no consent to withdraw")
        if consent.withdrawn_at is not None:
            raise ConsentWithdrawnError("the consent was withdrawn before")
        work.move(CaseState.WITHDRAWN)
        consents.withdraw(consent.id, now)
        work.log(AuditAction.CONSENT_WITHDRAWN)


def expire_consents(*, vault: Vault, now: datetime) -> list[CaseId]:
    """Stop every case whose consent has run out before its release; return them.

    One whose release was taken back goes on: nothing new is gathered, and whoever was told
    something wrong of the applicant is to be told what is right.
    """
    with vault.read() as tx:
        waiting = [
            case.id
            for case in CaseStore(tx).in_state(*CONSENT_ENDS_IN)
            if not was_recalled(tx, case.id)
            and (consent := ConsentStore(tx).latest(case.id)) is not None
            and consent.status(now) is ConsentStatus.EXPIRED
        ]
    return [case_id for case_id in waiting if _expired(case_id, vault=vault, now=now)]


def _expired(case_id: CaseId, *, vault: Vault, now: datetime) -> bool:
    try:
        with step(vault, case_id, actor=SYSTEM, permission=Permission.WITHDRAW, now=now) as work:
            work.move(CaseState.EXPIRED)
            if monitoring_scope(work.tx, work.case) is not None:
                work.log(AuditAction.MONITORING_CLOSED, code=Closing.DATE)
            else:
                work.log(AuditAction.CONSENT_EXPIRED, code=ConsentExpiredError.code)
    except (CaseChangedError, WrongStateError):
        return False  # another process was quicker
    return True


def require_consent(tx: Transaction, case: Case, *, now: datetime) -> Consent:
    """Return the case's live consent.

    Raises `NoConsentError`, `ConsentWithdrawnError` or `ConsentExpiredError`. The database holds
    the same rule for every capture.
    """
    consent = ConsentStore(tx).latest(case.id)
    if consent is None:
        raise NoConsentError("the applicant has not answered the request for consent")
    status = consent.status(now)
    if status is ConsentStatus.REFUSED:
        raise NoConsentError("the applicant refused every item")
    if status is ConsentStatus.WITHDRAWN or case.state is CaseState.WITHDRAWN:
        raise ConsentWithdrawnError("the applicant has withdrawn the consent")
    if status is ConsentStatus.EXPIRED:
        raise ConsentExpiredError("the consent has expired")
    return consent


def require_consent_or_recall(tx: Transaction, case: Case, *, now: datetime) -> None:
    """Do so, but let a consent have run out since a release was taken back to be corrected.

    Raises as `require_consent` does otherwise: a withdrawal ends a correction too.
    """
    try:
        require_consent(tx, case, now=now)
    except ConsentExpiredError:
        if not was_recalled(tx, case.id):
            raise


def was_recalled(tx: Transaction, case_id: CaseId) -> bool:
    """Say whether a release of the case was ever taken back."""
    return RecordStore(tx).latest(case_id, RecordKind.RECALL, Recall) is not None


def require_lead_time(tx: Transaction, case: Case, *, now: datetime) -> None:
    """Raise `LeadTimeError` until the notice's lead time has passed, or `NoNoticeError`."""
    notice = delivered_notice(tx, case.id)
    policy = frozen(tx, case.requisition_id).policy
    lawful = notice_lead_until(policy, notice.delivered_at)
    if now < max(lawful, notice.delivered_at + notice.lead_time):
        raise LeadTimeError("the notice's lead time has not passed")


def consent_ledger(*, actor: Actor, vault: Vault) -> list[tuple[Case, Consent | None]]:
    """Return every case with its latest consent: items and times, no content.

    Raises `NotPermittedError`.
    """
    authorize(actor, Permission.READ_CONSENTS)
    with vault.read() as tx:
        consents = ConsentStore(tx)
        return [(case, consents.latest(case.id)) for case in CaseStore(tx).all()]


def require_state(case: Case, *states: CaseState) -> None:
    """Raise `WrongStateError` unless the case is in one of the states."""
    if case.state not in states:
        expected = " or ".join(states)
        raise WrongStateError(f"the case is {case.state}; this step needs {expected}")
