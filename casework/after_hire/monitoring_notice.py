"""Each employee is told of monitoring, in approved words and with proof, before any case (M1).

The words are those of the frozen policy, the same for everybody. A notice under other words, or
one that nobody can prove, counts for nothing.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission, authorize
from casework.steps.registering import Registering, registering
from models.audit import AuditAction
from models.clauses import MonitoringNoticeError, NoTriggerError
from models.errors import InputError, WrongStateError
from models.forms import DeliveryProof
from models.ids import ActorId, RequisitionId
from models.monitoring import MonitoringNotice
from models.people import Actor
from models.requisition import Policy
from models.text import RawText
from policy.notices import wording_of
from storage.registers import RegisterKind, RegisterStore
from storage.transaction import Transaction
from storage.vault import Vault

_ON_PAPER = (DeliveryProof.SIGNED_RECEIPT, DeliveryProof.REGISTERED_MAIL)


@dataclass(frozen=True, slots=True)
class Told:
    """One employee in the list of notices: ids and times."""

    employee: ActorId
    version: str
    sent_at: datetime
    delivered_at: datetime | None
    counts: bool
    """It is proved, and in the words that the requisition's policy has."""


def give_monitoring_notice(
    requisition_id: RequisitionId,
    employee: ActorId,
    *,
    name: RawText,
    contact: RawText | None = None,
    language: str | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> str:
    """Write down that an employee is being told, and return the text to hand over.

    Raises `NoTriggerError` for a requisition that monitors nobody, `PolicyError` for a language
    without an approved notice, `InputError` for an empty name.
    """
    with _about(employee, actor, vault, now) as work:
        policy = monitoring_policy(work.tx, requisition_id)
        if not name.reveal().strip():
            raise InputError("who is told must be named")
        wording = wording_of(policy, language)
        notice = MonitoringNotice(
            employee=employee,
            name=name,
            contact=contact,
            text_sha256=wording.sha256,
            language=wording.language,
            version=wording.version,
            sent_at=now,
            sent_by=actor.id,
        )
        work.put(RegisterKind.MONITORING_NOTICE, notice)
        work.log(AuditAction.MONITORING_NOTICED, code="sent")
        return wording.text


def prove_monitoring_notice(
    employee: ActorId,
    proof: DeliveryProof,
    *,
    evidence_sha256: str | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Write down how it is known that the notice arrived; it counts from now on.

    Raises `MonitoringNoticeError` if none was sent, `WrongStateError` if there is proof already,
    or if the kind of proof needs a document and none is given.
    """
    with _about(employee, actor, vault, now) as work:
        notice = _newest(work.tx, employee)
        if notice is None:
            raise MonitoringNoticeError("no notice of monitoring was sent to this employee")
        if notice.proof is not None:
            raise WrongStateError("there is proof of delivery already")
        if proof in _ON_PAPER and evidence_sha256 is None:
            raise WrongStateError(f"{proof}: the digest of the paper is missing")
        changes = {"proof": proof, "evidence_sha256": evidence_sha256, "delivered_at": now}
        work.put(
            RegisterKind.MONITORING_NOTICE,
            MonitoringNotice.model_validate(dict(notice) | changes),
        )
        work.log(AuditAction.MONITORING_NOTICED, code=proof)


def require_monitoring_notice(
    tx: Transaction, policy: Policy, employee: ActorId
) -> MonitoringNotice:
    """Return the notice that an employee has. Raises `MonitoringNoticeError` (E-M1-NO-NOTICE)."""
    notice = _newest(tx, employee)
    if notice is None or notice.delivered_at is None or notice.proof is None:
        raise MonitoringNoticeError("it is not proved that this employee was told of monitoring")
    if not _same_words(notice, policy):
        raise MonitoringNoticeError("the employee was told in other words than the policy's")
    return notice


def monitoring_policy(tx: Transaction, requisition_id: RequisitionId) -> Policy:
    """Return the frozen policy. Raises `NoTriggerError` if it monitors nobody."""
    policy = frozen(tx, requisition_id).policy
    if policy.after_hire is None:
        raise NoTriggerError("this requisition is of applicants: it monitors nobody")
    return policy


def list_monitoring_notices(
    requisition_id: RequisitionId, *, actor: Actor, vault: Vault
) -> list[Told]:
    """Return who was told, and whether it counts here. Raises `NotPermittedError`."""
    authorize(actor, Permission.READ_MONITORING)
    with vault.read() as tx:
        policy = monitoring_policy(tx, requisition_id)
        newest = {
            one.employee: one
            for one in RegisterStore(tx).all(RegisterKind.MONITORING_NOTICE, MonitoringNotice)
        }
    return [
        Told(
            employee=one.employee,
            version=one.version,
            sent_at=one.sent_at,
            delivered_at=one.delivered_at,
            counts=one.delivered_at is not None and _same_words(one, policy),
        )
        for one in newest.values()
    ]


def _same_words(notice: MonitoringNotice, policy: Policy) -> bool:
    rules = policy.applicant
    languages = {None, *(one.language for one in (rules.translations if rules else ()))}
    known = [wording_of(policy, one) for one in languages]
    return (notice.language, notice.text_sha256) in {(one.language, one.sha256) for one in known}


def _newest(tx: Transaction, employee: ActorId) -> MonitoringNotice | None:
    return RegisterStore(tx).latest(RegisterKind.MONITORING_NOTICE, employee, MonitoringNotice)


def _about(
    employee: ActorId, actor: Actor, vault: Vault, now: datetime
) -> AbstractContextManager[Registering]:
    return registering(
        employee, permission=Permission.GIVE_MONITORING_NOTICE, actor=actor, vault=vault, now=now
    )
