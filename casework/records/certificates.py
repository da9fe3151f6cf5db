"""Every destroyed case gets one certificate, and the audit log its digest, in one transaction."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from casework.steps.permissions import Permission, authorize
from casework.steps.step import entry
from models.audit import AuditAction, AuditEntry
from models.case import Case, CaseState
from models.errors import AuditBrokenError, CaseNotFoundError, RecordNotFoundError
from models.ids import CaseId, is_id
from models.people import Actor
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.certificate_note import sign_certificate
from storage.certificates import CaseCertificate, CertificateStore, trail_of
from storage.schedules import ScheduleStore
from storage.shred import Certificate, KeyDestruction
from storage.transaction import Transaction
from storage.vault import Vault

GONE_BEFORE: Final = "destroyed before this certificate was issued"


def certificate_of(case_id: CaseId, *, actor: Actor, vault: Vault) -> CaseCertificate:
    """Return a destroyed case's certificate, checked against the audit log.

    Raises `NotPermittedError`, `RecordNotFoundError` if there is none, and `AuditBrokenError` if
    it is not the one that the log tells of.
    """
    authorize(actor, Permission.READ_SCHEDULE)
    if not is_id(case_id):
        raise CaseNotFoundError("no such case")
    with vault.read() as tx:
        CaseStore(tx).get(case_id)
        certificate = CertificateStore(tx).get(case_id)
        told = [
            one.commitment
            for one in AuditLog(tx).entries(case_id)
            if one.action is AuditAction.CERTIFIED
        ]
    if certificate is None:
        raise RecordNotFoundError("this case has no certificate of destruction")
    if told != [certificate.digest()]:
        raise AuditBrokenError("the certificate is not the one that the audit log tells of")
    return certificate


def signed_certificate(certificate: CaseCertificate, *, vault: Vault) -> str:
    """Return a certificate as a signed note, which verifies without this home.

    Raises `KeyUnavailableError` if the vault's key ring lacks the audit domain.
    """
    return sign_certificate(certificate.payload(), key_ring=vault.key_ring, home_id=vault.home.id)


def certify(
    keys: Certificate | None,
    among: Collection[CaseId] | None,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> tuple[CaseId, ...]:
    """Give each of some cases whose keys are gone its certificate; return those that had none.

    None stands for all that were ever destroyed. `keys` is what the destruction of the keys gave;
    where a crash lost it, the certificate says so, and how the keys stand now. Raises
    `NotPermittedError`.
    """
    finished = vault.key_ring.finished_dropping()
    with vault.read() as tx:
        cases, certificates = CaseStore(tx), CertificateStore(tx)
        if among is None:
            gone = cases.in_state(CaseState.DESTROYED)
        else:
            gone = [cases.get(case_id) for case_id in among]
        lacking = [one for one in gone if one.id in finished and certificates.get(one.id) is None]
    for case in lacking:
        with vault.write() as tx:
            if CertificateStore(tx).get(case.id) is None:
                _put_certificate(tx, case, keys, vault=vault, actor=actor, now=now)
    return tuple(case.id for case in lacking)


def _put_certificate(
    tx: Transaction,
    case: Case,
    keys: Certificate | None,
    *,
    vault: Vault,
    actor: Actor,
    now: datetime,
) -> None:
    trail = _until_destroyed(AuditLog(tx).entries(case.id))
    last = trail[-1]
    dates = ScheduleStore(tx).get(case.id)
    facts = None if dates is None else dates.facts
    known = keys is not None and case.id in keys.cases
    root, size = trail_of(trail)
    told = keys if keys is not None and known else _afterwards(vault, now)
    certificate = CaseCertificate(
        case_id=case.id,
        requisition_id=case.requisition_id,
        outcome=None if facts is None else facts.outcome,
        keep_until=None if dates is None else dates.keep_until,
        destroy_by=None if dates is None else dates.destroy_by,
        rules=() if dates is None else tuple(one.rule.id for one in dates.applied),
        destroyed_by=last.actor,
        role=last.role,
        erased_at=last.at,
        trail=root,
        entries=size,
        keys=told.model_copy(update={"cases": (case.id,)}),
        together=max(1, len(told.cases)),
        reissued=not known,
    )
    CertificateStore(tx).put(certificate, now=now)
    role = authorize(actor, Permission.DESTROY)
    told_of = entry(
        AuditAction.CERTIFIED, actor=actor, role=role, object_id=case.id, now=now
    ).model_copy(update={"commitment": certificate.digest()})
    AuditLog(tx).append(told_of)


def _until_destroyed(entries: list[AuditEntry]) -> list[AuditEntry]:
    for count, one in enumerate(entries, start=1):
        if one.action is AuditAction.DESTROYED:
            return entries[:count]
    raise AuditBrokenError("the audit log does not tell of a case that was destroyed")


def _afterwards(vault: Vault, now: datetime) -> Certificate:
    """Return how the keys stand, for cases whose own certificate a crash took."""
    return Certificate(
        cases=(),
        destroyed_at=now,
        lockboxes=0,
        files=0,
        keys=tuple(
            KeyDestruction(
                domain=one.domain,
                version=one.version,
                survivors=one.lockboxes,
                receipts=(GONE_BEFORE,),
            )
            for one in vault.key_ring.status()
        ),
    )
