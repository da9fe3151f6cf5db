"""The applicant is told first: nothing may be asked or collected before the notice is delivered.

Everybody in a requisition is told at the same stage, in words that were approved. Where the policy
asks for proof, a notice counts as delivered when there is proof of it, and its lead time runs from
then.
"""

import hashlib
from datetime import datetime, timedelta

from casework.requisition.requisitions import frozen
from casework.steps.dispatching import outbox_kind
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.applicant_rules import ApplicantRules
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import StageDriftError
from models.consent import Notice
from models.errors import NoNoticeError, WrongStateError
from models.forms import DeliveryProof, NoticeDelivery, NoticeRequest
from models.ids import CaseId
from models.people import SYSTEM, Actor
from models.requisition import NoticeStage, Policy
from models.segment import Segment
from models.text import RawText
from policy.notices import wording_of
from storage.cases import CaseStore
from storage.commands import CommandStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

BY_HAND = "by-hand"
"""The notice is printed and handed over, or read from the case by the investigator."""


def request_notice(
    case_id: CaseId,
    *,
    stage: NoticeStage | None = None,
    language: str | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Open the gate for the notice, at a stage and in a language.

    Raises `WrongStateError` unless the case is a draft, `StageDriftError` for another stage than
    the requisition's (or, under a policy with rules for applicants, for no stage at all), and
    `PolicyError` for a language without an approved notice.
    """
    with step(vault, case_id, actor=actor, permission=Permission.SEND_NOTICE, now=now) as work:
        if work.case.state is not CaseState.DRAFT:
            raise WrongStateError("the notice was sent already")
        policy = frozen(work.tx, work.case.requisition_id).policy
        _require_stage(policy, stage)
        request = NoticeRequest(
            stage=policy.notice_stage,
            language=wording_of(policy, language).language,
            requested_by=actor.id,
        )
        RecordStore(work.tx).put(case_id, RecordKind.NOTICE_REQUEST, request, now=now)
        if not notice_requested(work.tx, case_id):
            CommandStore(work.tx).remember(_requested(case_id), actor.id, now)
        work.queue(outbox_kind(Segment.NOTIFY))


def notice_requested(tx: Transaction, case_id: CaseId) -> bool:
    """Say whether a notice has been asked for."""
    return CommandStore(tx).seen(_requested(case_id)) is not None


def send_notice(case_id: CaseId, *, vault: Vault, now: datetime) -> Notice:
    """Deliver the notice that the requisition's policy words, once: `draft → noticed`.

    Where the policy asks for proof, this only makes it ready; `prove_delivery` delivers it.
    """
    with step(vault, case_id, actor=SYSTEM, permission=Permission.SEND_NOTICE, now=now) as work:
        records = RecordStore(work.tx)
        sent = records.latest(case_id, RecordKind.NOTICE, Notice)
        if sent is not None:
            return sent
        policy = frozen(work.tx, work.case.requisition_id).policy
        request = records.latest(case_id, RecordKind.NOTICE_REQUEST, NoticeRequest)
        wording = wording_of(policy, None if request is None else request.language)
        notice = Notice(
            case_id=case_id,
            text=RawText(wording.text),
            sha256=wording.sha256,
            language=wording.language,
            channel=BY_HAND,
            sent_at=now,
            delivered_at=now,
            lead_time=timedelta(days=policy.notice_lead_days),
            version=wording.version,
            stage=policy.notice_stage,
            consequence=RawText(wording.consequence),
        )
        records.put(case_id, RecordKind.NOTICE, notice, now=now)
        work.move(CaseState.NOTICED)
        work.log(AuditAction.NOTICE_SENT, code=BY_HAND)
        return notice


def prove_delivery(
    case_id: CaseId,
    proof: DeliveryProof,
    *,
    evidence_sha256: str | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Record how it is known that the notice arrived; its lead time runs from now.

    Raises `NoNoticeError` if none was sent, `WrongStateError` if there is proof already, or if
    the kind of proof needs a document and none is given.
    """
    with step(vault, case_id, actor=actor, permission=Permission.PROVE_DELIVERY, now=now) as work:
        records = RecordStore(work.tx)
        notice = _sent_notice(work.tx, case_id)
        if records.latest(case_id, RecordKind.NOTICE_DELIVERY, NoticeDelivery) is not None:
            raise WrongStateError("there is proof of delivery already")
        on_paper = proof in (DeliveryProof.SIGNED_RECEIPT, DeliveryProof.REGISTERED_MAIL)
        if on_paper and evidence_sha256 is None:
            raise WrongStateError(f"{proof}: the digest of the paper is missing")
        delivery = NoticeDelivery(
            case_id=case_id,
            notice_sha256=notice.sha256,
            proof=proof,
            evidence_sha256=evidence_sha256,
            delivered_at=now,
            recorded_by=actor.id,
        )
        records.put(case_id, RecordKind.NOTICE_DELIVERY, delivery, now=now)
        work.log(AuditAction.NOTICE_DELIVERED, code=proof)


def delivered_notice(tx: Transaction, case_id: CaseId) -> Notice:
    """Return the notice, with the time of its proof where the policy asks for one.

    Raises `NoNoticeError` if none was delivered, if its delivery is not proved, or if its words
    are not those approved; `StageDriftError` if it came at another stage than the requisition's.
    """
    notice = _sent_notice(tx, case_id)
    policy = frozen(tx, CaseStore(tx).get(case_id).requisition_id).policy
    text = notice.text.reveal()
    approved = wording_of(policy, notice.language)
    if hashlib.sha256(text.encode()).hexdigest() != notice.sha256 or text != approved.text:
        raise NoNoticeError("what was sent is not the approved notice")
    if notice.stage and notice.stage != policy.notice_stage:
        raise StageDriftError("the notice came at another stage than the requisition's")
    if policy.applicant is None or not policy.applicant.delivery_proof:
        return notice
    delivery = RecordStore(tx).latest(case_id, RecordKind.NOTICE_DELIVERY, NoticeDelivery)
    if delivery is None or delivery.notice_sha256 != notice.sha256:
        raise NoNoticeError("there is no proof that the notice was delivered")
    return notice.model_copy(update={"delivered_at": delivery.delivered_at})


def read_notice(case_id: CaseId, *, vault: Vault) -> Notice:
    """Return the notice for handing over. Raises `NoNoticeError`."""
    with vault.read() as tx:
        return _sent_notice(tx, case_id)


def applicant_rules(work: Work) -> ApplicantRules | None:
    """Return the rules for applicants under which a case runs."""
    return frozen(work.tx, work.case.requisition_id).policy.applicant


def _require_stage(policy: Policy, stage: NoticeStage | None) -> None:
    if stage is None and policy.applicant is not None:
        raise StageDriftError("the stage at which the applicant is told is not stated")
    if stage is not None and stage is not policy.notice_stage:
        raise StageDriftError(
            f"this requisition tells applicants at: {policy.notice_stage}; not at: {stage}"
        )


def _sent_notice(tx: Transaction, case_id: CaseId) -> Notice:
    notice = RecordStore(tx).latest(case_id, RecordKind.NOTICE, Notice)
    if notice is None:
        raise NoNoticeError("no notice has been delivered to this applicant")
    return notice


def _requested(case_id: CaseId) -> str:
    return f"notice:{case_id}"
