"""What an applicant hands in with an answer is sealed like evidence, for reviewers alone."""

import base64
import hashlib
from datetime import datetime

from casework.applicant.consent import require_state
from casework.preview.window import window_of
from casework.steps.permissions import Permission
from casework.steps.step import step
from models.audit import AuditAction
from models.case import CaseState
from models.errors import InputError, RebuttalUnansweredError, RecordNotFoundError, WrongStateError
from models.ids import CaseId, FindingId
from models.people import Actor
from models.rebuttal import ATTACHMENT_MAX, Attachment
from models.text import RawText
from storage.exposures import ExposureStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault


def attach(
    case_id: CaseId,
    finding_id: FindingId,
    name: RawText,
    content: bytes,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Seal a file that speaks to one finding. It never goes to the manager.

    Raises `InputError` for an empty or too large one, `RecordNotFoundError` for a finding that
    was not shown, and `WrongStateError` outside the window.
    """
    with step(vault, case_id, actor=actor, permission=Permission.ATTACH, now=now) as work:
        require_state(work.case, CaseState.REBUTTAL)
        window = window_of(work.tx, case_id)
        if now >= window.closes_at:
            raise WrongStateError("the time to answer is over")
        if finding_id not in window.shown:
            raise RecordNotFoundError("no such finding was shown")
        if not 0 < len(content) <= ATTACHMENT_MAX:
            raise InputError(f"an attachment has 1 to {ATTACHMENT_MAX} bytes")
        attachment = Attachment(
            case_id=case_id,
            finding_id=finding_id,
            name=name,
            content=RawText(base64.b64encode(content).decode()),
            sha256=hashlib.sha256(content).hexdigest(),
            added_at=now,
        )
        RecordStore(work.tx).put(case_id, RecordKind.ATTACHMENT, attachment, now=now)
        work.log(AuditAction.ATTACHED)


def read_attachments(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[tuple[Attachment, bytes]]:
    """Show a reviewer every attachment; the look is logged and exposes first.

    Raises `NotPermittedError`, and `RebuttalUnansweredError` for one that was altered.
    """
    with step(vault, case_id, actor=actor, permission=Permission.READ_ATTACHMENT, now=now) as work:
        ExposureStore(work.tx).record(actor.id, case_id, now)
        work.log(AuditAction.RAW_READ, code="attachment")
    with vault.read() as tx:
        found = RecordStore(tx).all(case_id, RecordKind.ATTACHMENT, Attachment)
    opened = [(one, base64.b64decode(one.content.reveal(), validate=True)) for one in found]
    if any(hashlib.sha256(content).hexdigest() != one.sha256 for one, content in opened):
        raise RebuttalUnansweredError("an attachment is not what the applicant handed in")
    return opened
