"""The applicant is told first: nothing may be asked or collected before the notice is delivered."""

import hashlib
from datetime import datetime, timedelta

from casework.dispatching import outbox_kind
from casework.permissions import Permission
from casework.requisitions import frozen
from casework.step import step
from models.audit import AuditAction
from models.case import CaseState
from models.consent import Notice
from models.errors import NoNoticeError, WrongStateError
from models.ids import CaseId
from models.people import SYSTEM, Actor
from models.segment import Segment
from models.text import RawText
from storage.commands import CommandStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

BY_HAND = "by-hand"
"""The notice is printed and handed over, or read from the case by the investigator."""


def request_notice(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> None:
    """Open the gate for the notice. Raises `WrongStateError` unless the case is a draft."""
    with step(vault, case_id, actor=actor, permission=Permission.SEND_NOTICE, now=now) as work:
        if work.case.state is not CaseState.DRAFT:
            raise WrongStateError("the notice was sent already")
        if not notice_requested(work.tx, case_id):
            CommandStore(work.tx).remember(_requested(case_id), actor.id, now)
        work.queue(outbox_kind(Segment.NOTIFY))


def notice_requested(tx: Transaction, case_id: CaseId) -> bool:
    """Say whether a notice has been asked for."""
    return CommandStore(tx).seen(_requested(case_id)) is not None


def send_notice(case_id: CaseId, *, vault: Vault, now: datetime) -> Notice:
    """Deliver the notice that the requisition's policy words, once: `draft → noticed`."""
    with step(vault, case_id, actor=SYSTEM, permission=Permission.SEND_NOTICE, now=now) as work:
        records = RecordStore(work.tx)
        sent = records.latest(case_id, RecordKind.NOTICE, Notice)
        if sent is not None:
            return sent
        policy = frozen(work.tx, work.case.requisition_id).policy
        text = f"{policy.notice_text.strip()}\n\n{policy.consequence_text.strip()}\n"
        notice = Notice(
            case_id=case_id,
            text=RawText(text),
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            channel=BY_HAND,
            sent_at=now,
            delivered_at=now,
            lead_time=timedelta(days=policy.notice_lead_days),
        )
        records.put(case_id, RecordKind.NOTICE, notice, now=now)
        work.move(CaseState.NOTICED)
        work.log(AuditAction.NOTICE_SENT, code=BY_HAND)
        return notice


def delivered_notice(tx: Transaction, case_id: CaseId) -> Notice:
    """Return the notice. Raises `NoNoticeError` if none was delivered."""
    notice = RecordStore(tx).latest(case_id, RecordKind.NOTICE, Notice)
    if notice is None:
        raise NoNoticeError("no notice has been delivered to this applicant")
    return notice


def read_notice(case_id: CaseId, *, vault: Vault) -> Notice:
    """Return the notice for handing over. Raises `NoNoticeError`."""
    with vault.read() as tx:
        return delivered_notice(tx, case_id)


def _requested(case_id: CaseId) -> str:
    return f"notice:{case_id}"
