"""What is printed is what was kept: the notice, the consent and the letter as they were sealed.

Whoever may hand a document over may print it, and a print changes nothing. A letter that carries a
copy comes with the very bytes that it is a copy of, or not at all.

Nothing in this module can reach raw evidence, directly or through what it imports.
"""

from dataclasses import dataclass
from datetime import datetime

from casework.deciding.documents import crossed
from casework.preview.copies import digest
from casework.releasing.waits import newest_document
from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.adverse import Document, DocumentKind
from models.clauses import NoCopyError
from models.consent import Consent, Notice
from models.errors import NoConsentError, NoNoticeError, RecordNotFoundError
from models.forms import ConsentPapers
from models.ids import CaseId
from models.people import Actor
from storage.consents import ConsentStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """The notice as it was sent, and who sends it."""

    notice: Notice
    agency: str


@dataclass(frozen=True, slots=True)
class KeptConsent:
    """The newest consent, and what stands behind it."""

    consent: Consent
    papers: ConsentPapers | None
    agency: str


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """The newest document of a kind, with the bytes that it carries a copy of, if it does."""

    document: Document
    payload: bytes
    agency: str


def kept_notice(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> KeptNotice:
    """Return the notice. Raises `NoNoticeError`, `NotPermittedError`."""
    with step(vault, case_id, actor=actor, permission=Permission.SEND_NOTICE, now=now) as work:
        notice = RecordStore(work.tx).latest(case_id, RecordKind.NOTICE, Notice)
        if notice is None:
            raise NoNoticeError("no notice has been sent to this applicant")
        return KeptNotice(notice, _agency(work))


def kept_consent(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> KeptConsent:
    """Return the newest consent. Raises `NoConsentError`, `NotPermittedError`."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_CONSENTS, now=now) as work:
        consent = ConsentStore(work.tx).latest(case_id)
        if consent is None:
            raise NoConsentError("the applicant has not answered the request for consent")
        papers = RecordStore(work.tx).all(case_id, RecordKind.CONSENT_PAPERS, ConsentPapers)
        own = [one for one in papers if one.consent_id == consent.id]
        return KeptConsent(consent, own[-1] if own else None, _agency(work))


def kept_letter(
    case_id: CaseId, kind: DocumentKind, *, actor: Actor, vault: Vault, now: datetime
) -> KeptLetter:
    """Return the newest document of a kind, as it was made.

    Raises `RecordNotFoundError` if none was made, `NoCopyError` if what it carries a copy of is no
    more what the manager sees, `NotPermittedError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.SEND_DOCUMENT, now=now) as work:
        document = newest_document(work.tx, case_id, kind)
        if document is None:
            raise RecordNotFoundError("no such document was made")
        payload = b""
        if document.copy_hash:
            payload = crossed(work).payload
            if digest(payload) != document.copy_hash:
                raise NoCopyError("the packet's copy is no more what the manager sees")
        return KeptLetter(document, payload, _agency(work))


def _agency(work: Work) -> str:
    """Return the agency's name, or nothing where its policy does not say it."""
    rules = frozen(work.tx, work.case.requisition_id).policy.decision
    return "" if rules is None or "agency_name" not in rules.model_fields_set else rules.agency_name
