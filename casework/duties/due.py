"""What is due: the next automatic segment of every case, told from the case alone.

Nothing here depends on Prefect or on a row of the outbox having survived.
"""

from collections import defaultdict
from datetime import datetime

from casework.applicant.notice import notice_requested
from casework.attribution.attribute import attribution_waits
from casework.criminal.referrals import diverted
from casework.gathering.source import handed_over
from casework.releasing.release import DELIVERY
from casework.steps.dispatching import outbox_kind, segment_of
from casework.steps.failing import failed, note_success
from casework.steps.marks import collected
from casework.steps.restriction import is_restricted
from models.case import Case, CaseState
from models.ids import CaseId
from models.segment import OF_CASES, Segment
from storage.cases import CaseStore
from storage.evidence import EvidenceStore
from storage.outbox import OutboxStore
from storage.transaction import Transaction
from storage.vault import Vault

_AUTOMATIC = (
    CaseState.DRAFT,
    CaseState.COLLECTING,
    CaseState.ATTRIBUTED,
    CaseState.TRIAGED,
    CaseState.RELEASED,
)


def next_segment(tx: Transaction, case: Case) -> Segment | None:
    """Return the segment that a case waits for, or None if it waits for a person or a date."""
    if case.state in _AUTOMATIC and is_restricted(tx, case.id):
        return None
    match case.state:
        case CaseState.DRAFT:
            return Segment.NOTIFY if notice_requested(tx, case.id) else None
        case CaseState.COLLECTING if not collected(tx, case.id):
            return None if handed_over(tx, case.id) else Segment.COLLECT
        case CaseState.COLLECTING if attribution_waits(tx, case.id) and any(
            item.grade is None and item.id not in diverted(tx, case.id)
            for item in EvidenceStore(tx).for_case(case.id)
        ):
            return None
        case CaseState.COLLECTING | CaseState.ATTRIBUTED | CaseState.TRIAGED:
            return Segment.SCREEN
        case CaseState.RELEASED:
            return Segment.RELEASE if OutboxStore(tx).waits(DELIVERY, case.id) else None
        case _:
            return None


def reconcile(*, vault: Vault, now: datetime, at_once: bool = False) -> int:
    """Queue every case whose next automatic segment is not queued; return how many.

    A case whose segment failed is queued when its wait is over (`casework.steps.failing`), or at
    once.

    Run at each start and on a schedule: it finds what a crash left behind. A case that another
    worker is busy with is queued as well; it is left alone while the lease runs, and by then the
    row finds nothing to do.
    """
    queued = 0
    with vault.write() as tx:
        outbox = OutboxStore(tx)
        waiting = {
            (segment_of(row.kind), row.case_id)
            for row in outbox.pending(*(outbox_kind(segment) for segment in OF_CASES))
        }
        again = failed(tx)
        for tried, case_id in again:
            if next_segment(tx, CaseStore(tx).get(case_id)) is not tried:
                note_success(tx, tried, case_id, now=now)  # it no longer waits for that
        for case in CaseStore(tx).in_state(*_AUTOMATIC):
            segment = next_segment(tx, case)
            if segment is None or (segment, case.id) in waiting:
                continue
            if not at_once and now < again.get((segment, case.id), now):
                continue
            outbox.add(outbox_kind(segment), case.id, b"", now=now)
            queued += 1
    return queued


def is_due(segment: Segment, case_id: CaseId, *, vault: Vault) -> bool:
    """Say whether a segment is what a case waits for now."""
    with vault.read() as tx:
        return next_segment(tx, CaseStore(tx).get(case_id)) is segment


def queued_work(*, vault: Vault, limit: int) -> dict[Segment, dict[CaseId, list[str]]]:
    """Return the queued segments with their cases and the outbox rows that asked for them."""
    work: dict[Segment, dict[CaseId, list[str]]] = defaultdict(lambda: defaultdict(list))
    with vault.read() as tx:
        kinds = [outbox_kind(segment) for segment in OF_CASES]
        for row in OutboxStore(tx).pending(*kinds, limit=limit):
            if row.case_id is not None:
                work[segment_of(row.kind)][row.case_id].append(row.id)
    return work
