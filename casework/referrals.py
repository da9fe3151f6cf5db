"""The referrals of a case: the newest record of each stands, and its chain of custody is whole."""

import hashlib
from collections.abc import Set as AbstractSet
from typing import Protocol

from casework.step import Work
from models.errors import RecordNotFoundError
from models.finding import Assessment, Finding
from models.ids import CaseId, EvidenceId
from models.referral import CriminalCopy, CriminalReferral, CustodyAct, CustodyLink
from models.search_clauses import CaptureHashError
from models.value import Value
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction, dumped


class Custody(Protocol):
    """Where a copy for the custodian is put away, in the transaction of the step."""

    def put_away(self, work: Work, value: CriminalCopy) -> str:
        """Keep a copy and return its id."""

    def take_out(self, work: Work, copy_id: str) -> CriminalCopy:
        """Return a copy. Raises `RecordNotFoundError`."""


class CaseCustody:
    """Copies lie among the sealed records of their case, opened by the custodian's steps alone."""

    def put_away(self, work: Work, value: CriminalCopy) -> str:
        """Keep a copy and return its id."""
        RecordStore(work.tx).put(work.case.id, RecordKind.CRIMINAL_COPY, value, now=work.now)
        return value.referral

    def take_out(self, work: Work, copy_id: str) -> CriminalCopy:
        """Return a copy. Raises `RecordNotFoundError`."""
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
            require_whole(referral)
            return referral
    raise RecordNotFoundError("no such referral in this case")


def save(work: Work, referral: CriminalReferral) -> CriminalReferral:
    """Keep a referral as it stands now."""
    RecordStore(work.tx).put(work.case.id, RecordKind.REFERRAL, referral, now=work.now)
    return referral


def linked(
    chain: tuple[CustodyLink, ...], act: CustodyAct, work: Work, sha256: str | None = None
) -> tuple[CustodyLink, ...]:
    """Return a chain with one more link, bound to the one before."""
    previous = digest_of(chain[-1]) if chain else None
    link = CustodyLink(act=act, actor=work.actor.id, at=work.now, sha256=sha256, previous=previous)
    return (*chain, link)


def require_whole(referral: CriminalReferral) -> None:
    """Raise `CaptureHashError` if a link of the chain was changed or taken out."""
    previous = None
    for link in referral.chain:
        if link.previous != previous:
            raise CaptureHashError("the chain of custody is broken")
        previous = digest_of(link)


def digest_of(value: Value) -> str:
    """Return the SHA-256 of a value as it is sealed."""
    return hashlib.sha256(dumped(value)).hexdigest()


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
