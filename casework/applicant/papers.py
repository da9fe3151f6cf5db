"""What stands behind a consent: each document given by itself, a signature, and a witness."""

from collections.abc import Mapping

from casework.steps.step import Work
from models.clauses import ConsentFormError
from models.consent import Notice
from models.errors import NoConsentError, PersonNotFoundError
from models.forms import ConsentPapers, Form, Signature, SignatureKind, SignedForm
from models.ids import CaseId, ConsentId
from models.people import Role
from models.requisition import Policy
from policy.forms import forms_for
from storage.people import PersonStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault


def require_papers(
    work: Work,
    policy: Policy,
    *,
    forms: Mapping[str, str],
    signature: Signature | None,
) -> None:
    """Raise unless every document that the law asks for was given, and the signature holds.

    `forms` gives, by row, the digest of the document that the applicant had. `ConsentFormError`
    for one that is missing, another than the approved one, or more than was asked for;
    `NoConsentError` for a signature or witness that is missing or cannot be one.
    """
    rules = policy.applicant
    if rules is None:
        return
    wanted = {form.row: form for form in forms_for(policy, work.now.date())}
    for row, form in wanted.items():
        if forms.get(row) != form.sha256:
            state = "was not given" if row not in forms else "is not the approved document"
            raise ConsentFormError(f"{row} ({form.citation}): {state}")
    beyond = sorted(set(forms) - set(wanted))
    if beyond:
        raise ConsentFormError(f"documents that nobody asked for: {len(beyond)}")
    if signature is None:
        if rules.signature or any(form.signed for form in wanted.values()):
            raise NoConsentError("the consent is not signed")
        return
    if signature.kind is SignatureKind.ELECTRONIC and work.role is not Role.APPLICANT:
        raise NoConsentError("an electronic signature is made in the applicant's own session")
    _require_witness(work, signature, needed=rules.witness)


def keep_papers(
    work: Work,
    consent_id: ConsentId,
    notice: Notice,
    *,
    forms: Mapping[str, str],
    signature: Signature | None,
) -> None:
    """Seal what stands behind a consent, with the case."""
    papers = ConsentPapers(
        consent_id=consent_id,
        case_id=work.case.id,
        language=notice.language,
        notice_version=notice.version,
        forms=tuple(SignedForm(row=row, sha256=digest) for row, digest in sorted(forms.items())),
        signature=signature,
        recorded_at=work.now,
    )
    RecordStore(work.tx).put(work.case.id, RecordKind.CONSENT_PAPERS, papers, now=work.now)


def papers_of(case_id: CaseId, *, vault: Vault) -> list[ConsentPapers]:
    """Return what stands behind each consent of a case, oldest first."""
    with vault.read() as tx:
        return RecordStore(tx).all(case_id, RecordKind.CONSENT_PAPERS, ConsentPapers)


def digests_of(forms: tuple[Form, ...]) -> dict[str, str]:
    """Return the digest of each document by its row, as `sign_consent` takes them."""
    return {form.row: form.sha256 for form in forms}


def _require_witness(work: Work, signature: Signature, *, needed: bool) -> None:
    witness = signature.witness
    if witness is None:
        if needed:
            raise NoConsentError("the signature has no witness")
        return
    if work.role is Role.APPLICANT and witness == work.actor.id:
        raise NoConsentError("nobody witnesses their own signature")
    try:
        person = PersonStore(work.tx).get(witness)
    except PersonNotFoundError:
        raise NoConsentError("the witness is not registered") from None
    if person.roles <= {Role.APPLICANT, Role.HIRING_MANAGER}:
        raise NoConsentError("neither applicants nor the manager witness a consent")
