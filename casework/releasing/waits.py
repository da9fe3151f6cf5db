"""The waiting time before an adverse decision runs from the delivered packet and rests in disputes.

Nothing in this module can reach raw evidence, directly or through what it imports.
"""

from datetime import datetime, timedelta

from models.adverse import Delivered, Document, DocumentKind
from models.deadlines import ClockKind
from models.dispute import Dispute
from models.ids import CaseId
from models.requisition import Policy
from policy.waiting import due
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction


def newest_document(tx: Transaction, case_id: CaseId, kind: DocumentKind) -> Document | None:
    """Return the newest document of a kind, or None."""
    made = RecordStore(tx).all(case_id, RecordKind.DOCUMENT, Document)
    return next((one for one in reversed(made) if one.kind is kind), None)


def delivery_of(tx: Transaction, document: Document) -> Delivered | None:
    """Return the proof that a document reached the applicant, or None."""
    proofs = RecordStore(tx).all(document.case_id, RecordKind.DOCUMENT_DELIVERED, Delivered)
    return next(
        (one for one in proofs if one.kind is document.kind and one.made_at == document.made_at),
        None,
    )


def packet_delivered(tx: Transaction, case_id: CaseId, since: datetime) -> Delivered | None:
    """Return the proof that the packet of the pending decision reached the applicant, or None."""
    packet = newest_document(tx, case_id, DocumentKind.PRE_ADVERSE)
    if packet is None or packet.made_at < since:
        return None
    return delivery_of(tx, packet)


def waits_until(tx: Transaction, case_id: CaseId, policy: Policy, since: datetime) -> datetime:
    """Return when the waiting time is over that began at a time.

    The longer of the policy's and the law's, in business days of the place, and as long again as
    disputes were open. Raises `PolicyError` for a place whose days are not known.
    """
    return due(ClockKind.PRE_ADVERSE, policy, since) + paused(tx, case_id, since)


def paused(tx: Transaction, case_id: CaseId, since: datetime) -> timedelta:
    """Return how long disputes that are over have stopped the clock since a time."""
    newest = {one.id: one for one in RecordStore(tx).all(case_id, RecordKind.DISPUTE, Dispute)}
    return sum(
        (
            one.resolved_at - max(one.opened_at, since)
            for one in newest.values()
            if one.resolved_at is not None and one.resolved_at > since
        ),
        timedelta(),
    )


def open_dispute_of(tx: Transaction, case_id: CaseId) -> Dispute | None:
    """Return the dispute that is open, or None."""
    latest = RecordStore(tx).latest(case_id, RecordKind.DISPUTE, Dispute)
    return latest if latest is not None and latest.outcome is None else None
