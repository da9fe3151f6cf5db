"""Time to capture: what lay between publication, first sight and capture, for every item (I4).

Material that lay about before it was captured may have been changed; a case whose median is long
is one to ask about. An item's own date is what it says of itself.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

from casework.steps.permissions import Permission
from casework.steps.step import step
from models.audit import AuditAction
from models.capture_times import CaptureTimes, ItemTime
from models.consent import Notice
from models.documentation import ClockSource
from models.evidence import Capture, Evidence
from models.ids import CaseId
from models.people import Actor
from storage.captures import CaptureStore
from storage.evidence import EvidenceStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault


def times_of_captures(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> CaptureTimes:
    """Return the times of a case's items, oldest capture first. The look is logged first."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        work.log(AuditAction.RAW_READ, code="capture-times")
    with vault.read() as tx:
        captures = {one.id: one for one in CaptureStore(tx).all(case_id)}
        items = tuple(
            _time_of(one, captures[one.capture_id]) for one in EvidenceStore(tx).for_case(case_id)
        )
        noticed = _noticed(tx, case_id)
    first = min((one.captured for one in items), default=None)
    known = (one.since_published for one in items)
    return CaptureTimes(
        items=items,
        noticed=noticed,
        median_since_published=_median(one for one in known if one is not None),
        median_since_seen=_median(one.since_seen for one in items),
        since_notice=None if first is None or noticed is None else first - noticed,
    )


def _time_of(evidence: Evidence, capture: Capture) -> ItemTime:
    made = capture.documentation
    seen = captured = capture.captured_at
    if made is not None:
        seen = made.started_at
        pages = {page.pointer: page.at for page in made.pages}
        fetched = pages.get(evidence.item.pointer)
        if fetched is None and made.clock is ClockSource.RECORDER:
            fetched = made.started_at
        if fetched is not None:
            seen = captured = fetched
    return ItemTime(
        evidence_id=evidence.id,
        capture_id=capture.id,
        published=evidence.item.created_at,
        seen=seen,
        captured=captured,
        taken_in=capture.captured_at,
    )


def _noticed(tx: Transaction, case_id: CaseId) -> datetime | None:
    notice = RecordStore(tx).latest(case_id, RecordKind.NOTICE, Notice)
    return None if notice is None else notice.delivered_at


def _median(spans: Iterable[timedelta]) -> timedelta | None:
    seconds = [one.total_seconds() for one in spans]
    return timedelta(seconds=median(seconds)) if seconds else None
