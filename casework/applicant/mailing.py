"""Where an applicant is written to is sealed in the case; what waits to be sent names nobody.

A message is work in the outbox, left by a step. Whoever sends it reads the address then, from the
case: a message for a case that was destroyed meanwhile is gone with its rows.
"""

from datetime import datetime
from typing import Final

from casework.applicant.same_applicant import note_identities
from casework.steps.permissions import Permission
from casework.steps.step import entry, step
from models.audit import AuditAction
from models.case import CaseState
from models.disclosure import Applicant
from models.errors import InputError, RecordNotFoundError, WrongStateError
from models.ids import CaseId
from models.mail import MailQueued, require_address
from models.people import SYSTEM, Actor, Role
from models.text import RawText
from storage.audit import AuditLog
from storage.outbox import OutboxRow, OutboxStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction, dumped, parsed
from storage.vault import Vault

MAIL: Final = "mail"
"""The outbox kind of a message that waits."""

_ENDED: Final = frozenset({CaseState.DESTROYED, CaseState.DRAFT})


def note_address(
    case_id: CaseId, address: RawText, *, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Write down where the applicant is written to; the newest stands.

    Raises `InputError` for what is no e-mail address, `NotPermittedError`.
    """
    require_address(address.reveal())
    with step(vault, case_id, actor=actor, permission=Permission.SEND_NOTICE, now=now) as work:
        records = RecordStore(work.tx)
        applicant = records.latest(case_id, RecordKind.APPLICANT, Applicant)
        if applicant is None:
            raise RecordNotFoundError("the case has no applicant")
        changed = applicant.model_copy(update={"contact": address})
        records.put(case_id, RecordKind.APPLICANT, changed, now=now)
        note_identities(work)
        work.log(AuditAction.ADDRESS_NOTED)


def queue_mail(
    case_id: CaseId, message: MailQueued, *, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Leave a message to be sent.

    Raises `WrongStateError` before the notice, `InputError` if no e-mail address is known.
    """
    with step(vault, case_id, actor=actor, permission=Permission.SEND_NOTICE, now=now) as work:
        if work.case.state in _ENDED:
            raise WrongStateError(f"the case is {work.case.state}: there is nothing to read")
        if address_of(work.tx, case_id) is None:
            raise InputError("no e-mail address of the applicant is known")
        work.queue(MAIL, dumped(message))
        work.log(AuditAction.MAIL_QUEUED, code=message.text)


def address_of(tx: Transaction, case_id: CaseId) -> str | None:
    """Return the applicant's e-mail address, or None where the contact is none."""
    applicant = RecordStore(tx).latest(case_id, RecordKind.APPLICANT, Applicant)
    if applicant is None or applicant.contact is None:
        return None
    try:
        return require_address(applicant.contact.reveal().strip())
    except InputError:
        return None


def queued(row: OutboxRow) -> MailQueued:
    """Return what a row of the outbox asks to be sent."""
    return parsed(MailQueued, row.payload)


def note_sent(tx: Transaction, row: OutboxRow, *, now: datetime) -> None:
    """Take a message off the outbox, with its entry in the audit log."""
    _note(tx, row, AuditAction.MAIL_SENT, "", now)


def note_given_up(tx: Transaction, row: OutboxRow, code: str, *, now: datetime) -> None:
    """Take a message off that nobody will ever accept, and say so in the audit log."""
    _note(tx, row, AuditAction.MAIL_GIVEN_UP, code, now)


def _note(tx: Transaction, row: OutboxRow, action: AuditAction, code: str, now: datetime) -> None:
    if row.case_id is None:
        raise RecordNotFoundError("the message is of no case")
    OutboxStore(tx).done(row.id, now)
    AuditLog(tx).append(
        entry(action, actor=SYSTEM, role=Role.SYSTEM, object_id=row.case_id, now=now, code=code)
    )
