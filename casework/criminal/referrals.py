"""The referrals of a case: the newest record of each stands, and its chain of custody is whole."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from casework.criminal.custody_chain import COPY, digest_of, require_sealed, require_whole
from casework.steps.sealed_domain import put_away
from casework.steps.step import Work
from models.audit import AuditAction
from models.errors import RecordNotFoundError, WrongStateError
from models.finding import Assessment, Finding
from models.ids import CaseId, EvidenceId
from models.referral import (
    CriminalCopy,
    CriminalReferral,
    CustodyAct,
    CustodyLink,
    Route,
    SealedCopy,
)
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction


def put_copy_away(work: Work, copy: CriminalCopy, chain: tuple[CustodyLink, ...]) -> str:
    """Seal a copy with its chain to the custodian, and return the id under which they find it.

    The inside cannot read it back. Raises `KeyUnavailableError` if the home has no custodian's
    key to seal to: nothing is referred then that would have to be copied.
    """
    return put_away(work, COPY, SealedCopy(chain=chain, kept=copy))


def copy_in_case(work: Work, copy_id: str) -> CriminalCopy:
    """Return a copy that an earlier version kept among the records of its case.

    Raises `RecordNotFoundError`.
    """
    copies = RecordStore(work.tx).all(work.case.id, RecordKind.CRIMINAL_COPY, CriminalCopy)
    found = next((copy for copy in reversed(copies) if copy.referral == copy_id), None)
    if found is None:
        raise RecordNotFoundError("no such copy is kept")
    return found


def referrals_of(tx: Transaction, case_id: CaseId) -> list[CriminalReferral]:
    """Return a case's referrals as they stand, oldest first."""
    newest: dict[str, CriminalReferral] = {}
    for referral in RecordStore(tx).all(case_id, RecordKind.REFERRAL, CriminalReferral):
        newest[referral.id] = referral
    return list(newest.values())


def referral_of(tx: Transaction, case_id: CaseId, referral_id: str) -> CriminalReferral:
    """Return one referral. Raises `RecordNotFoundError`, `CaptureHashError`."""
    for referral in referrals_of(tx, case_id):
        if referral.id == referral_id:
            require_whole(referral.chain)
            return referral
    raise RecordNotFoundError("no such referral in this case")


def save(work: Work, referral: CriminalReferral) -> CriminalReferral:
    """Keep a referral as it stands now."""
    RecordStore(work.tx).put(work.case.id, RecordKind.REFERRAL, referral, now=work.now)
    return referral


def linked(
    chain: tuple[CustodyLink, ...],
    act: CustodyAct,
    work: Work,
    sha256: str | None = None,
    *,
    at: datetime | None = None,
) -> tuple[CustodyLink, ...]:
    """Return a chain with one more link, bound to the one before."""
    previous = digest_of(chain[-1]) if chain else None
    link = CustodyLink(
        act=act, actor=work.actor.id, at=at or work.now, sha256=sha256, previous=previous
    )
    return (*chain, link)


def received(
    work: Work, referral: CriminalReferral, sha256: str | None, *, at: datetime
) -> CriminalReferral:
    """Keep a referral with the receipt of its custodian, who states the digest of the copy.

    Raises `CaptureHashError` if it is not that of the copy which was put away, and
    `WrongStateError` while a call or a report is still to be made, or for a second receipt.
    """
    if referral.waits_for is not Route.CUSTODIAN:
        raise WrongStateError("this referral does not wait for a receipt")
    if referral.copy_id is not None:
        require_sealed(referral.chain, sha256 or "")
    chain = linked(referral.chain, CustodyAct.RECEIVED, work, sha256, at=at)
    update = {"custodian": work.actor.id, "receipt_at": at, "chain": chain}
    work.log(AuditAction.REFERRAL_RECEIVED)
    return save(work, referral.model_copy(update=update))


def diverted(tx: Transaction, case_id: CaseId) -> AbstractSet[EvidenceId]:
    """Return the items that are out of the vetting, as if they had never existed."""
    return {
        item
        for referral in referrals_of(tx, case_id)
        if referral.diverts
        for item in referral.evidence
    }


def only_told_by_code(tx: Transaction, case_id: CaseId) -> AbstractSet[EvidenceId]:
    """Return the items of which a manager may be told the finding's code and no word."""
    return {
        item
        for referral in referrals_of(tx, case_id)
        if not referral.diverts
        for item in referral.evidence
    }


def without_diverted(tx: Transaction, case_id: CaseId, findings: list[Finding]) -> list[Finding]:
    """Return what remains of findings: those diverted are gone, those told by code say no word."""
    gone, coded = diverted(tx, case_id), only_told_by_code(tx, case_id)
    return [
        finding.model_copy(update={"excerpt": None}) if finding.evidence_id in coded else finding
        for finding in findings
        if finding.evidence_id not in gone
    ]


def assessed_without(tx: Transaction, case_id: CaseId, assessment: Assessment) -> Assessment:
    """Return an assessment in which no diverted item waits for anybody."""
    gone = diverted(tx, case_id)
    left = tuple(item for item in assessment.unreadable if item not in gone)
    return assessment.model_copy(update={"unreadable": left})
