"""The applicant discloses names and accounts; credentials are refused before anything is stored."""

from datetime import datetime

from casework.applicant.consent import require_consent, require_state
from casework.applicant.questionnaire import identities, put_sensitive_away, require_complete
from casework.applicant.same_applicant import note_identities
from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission
from casework.steps.step import step
from collection.egress.credentials import refuse_credentials
from models.audit import AuditAction
from models.case import CaseState
from models.disclosure import Disclosure
from models.errors import DisclosureIncompleteError
from models.ids import CaseId
from models.people import Actor
from redaction.known import KnownPersons
from storage.exposures import ExposureStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault


def disclose(
    case_id: CaseId, disclosure: Disclosure, *, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Seal the applicant's list of identities: `consented → disclosed`.

    Raises `DisclosureIncompleteError` for a list without a name, or without what the policy asks
    for; `SensitiveIdentifierError` for a sensitive one that cannot be put away for the custodian;
    `CredentialRefusedError`; and what `require_consent` does.
    """
    with step(vault, case_id, actor=actor, permission=Permission.DISCLOSE, now=now) as work:
        require_state(work.case, CaseState.CONSENTED)
        require_consent(work.tx, work.case, now=now)
        if not disclosure.name.reveal().strip():
            raise DisclosureIncompleteError("the disclosure gives no name")
        require_complete(disclosure, frozen(work.tx, work.case.requisition_id).policy.applicant)
        for where, identity in identities(disclosure):
            refuse_credentials(identity.reveal(), where=where)
        disclosure = put_sensitive_away(work, disclosure)
        RecordStore(work.tx).put(case_id, RecordKind.DISCLOSURE, disclosure, now=now)
        # The list may tell more of the applicant than any post does.
        ExposureStore(work.tx).record(actor.id, case_id, now)
        note_identities(work)
        work.move(CaseState.DISCLOSED)
        work.log(
            AuditAction.DISCLOSED,
            count=len(identities(disclosure)) - 1,
        )


def disclosure_of(tx: Transaction, case_id: CaseId) -> Disclosure:
    """Return the disclosure. Raises `DisclosureIncompleteError` if there is none."""
    disclosure = RecordStore(tx).latest(case_id, RecordKind.DISCLOSURE, Disclosure)
    if disclosure is None:
        raise DisclosureIncompleteError("the applicant has not disclosed any identity")
    return disclosure


def known_persons(disclosure: Disclosure) -> KnownPersons:
    """Return the applicant's own names and accounts, to be withheld wherever they stand."""
    return KnownPersons(
        names=(disclosure.name.reveal(),),
        emails=tuple(email.reveal() for email in disclosure.emails),
        handles=tuple(
            handle.reveal()
            for handle in (
                *disclosure.handles,
                *(account.handle for account in disclosure.accounts),
                *(blog.address for blog in disclosure.blogs),
                *disclosure.uncertain,
            )
        ),
    )
