"""A case whose segment failed is tried again after a wait that grows with each failure.

A failure is a row of the outbox without content: how many there are and when the newest was made
say when the next try is due, after any restart and for every worker. A success takes them all
away, and so does a case that no longer waits for the segment. What a person queues is tried at
once: the wait is for `casework.duties.due.reconcile`, which would otherwise try at every look.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from models.audit import AuditAction
from models.ids import CaseId
from models.segment import OF_CASES, Segment
from storage.audit import AuditLog
from storage.outbox import OutboxRow, OutboxStore
from storage.transaction import Transaction
from storage.vault import Vault

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(days=1)

_PREFIX: Final = "failed:"


@dataclass(frozen=True, slots=True)
class FailingCase:
    """A case that waits to be tried again: ids, a code and times, nothing of the case itself."""

    case_id: CaseId
    segment: Segment
    code: str
    failures: int
    failed_at: datetime
    tried_again_at: datetime


def wait_after(failures: int) -> timedelta:
    """Return how long a case waits after so many failures: twice as long each time, up to a day."""
    if failures <= 0:
        return timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures - 1, 16)))


def note_failure(tx: Transaction, segment: Segment, case_id: CaseId, *, now: datetime) -> None:
    """Note that a segment failed on a case.

    A second failure within the wait of the first is a retry of the same batch, and counts as one.
    """
    outbox = OutboxStore(tx)
    rows = outbox.pending(_kind(segment), case_id=case_id)
    if not rows or now >= _again(rows):
        outbox.add(_kind(segment), case_id, now=now)


def note_success(tx: Transaction, segment: Segment, case_id: CaseId, *, now: datetime) -> None:
    """Forget the failures of a segment on a case."""
    outbox = OutboxStore(tx)
    if outbox.waits(_kind(segment), case_id):
        for row in outbox.pending(_kind(segment), case_id=case_id):
            outbox.done(row.id, now)


def failed(tx: Transaction) -> dict[tuple[Segment, CaseId], datetime]:
    """Return the segments that failed on cases, and when each may be tried again."""
    return {at: _again(rows) for at, rows in _failures(tx)}


def failing_cases(*, vault: Vault) -> list[FailingCase]:
    """Return the cases that wait to be tried again, those with the most failures first.

    For whoever keeps the machines: the code is that of the newest failure in the audit log.
    """
    with vault.read() as tx:
        found = [
            FailingCase(
                case_id=case_id,
                segment=segment,
                code=_code(tx, segment, case_id),
                failures=len(rows),
                failed_at=rows[-1].created_at,
                tried_again_at=_again(rows),
            )
            for (segment, case_id), rows in _failures(tx)
        ]
    return sorted(found, key=lambda one: (-one.failures, one.failed_at, one.case_id))


def _failures(tx: Transaction) -> Iterator[tuple[tuple[Segment, CaseId], list[OutboxRow]]]:
    found: dict[tuple[Segment, CaseId], list[OutboxRow]] = defaultdict(list)
    for row in OutboxStore(tx).pending(*(_kind(segment) for segment in OF_CASES)):
        if row.case_id is not None:
            found[Segment(row.kind.removeprefix(_PREFIX)), row.case_id].append(row)
    yield from found.items()


def _again(rows: list[OutboxRow]) -> datetime:
    return rows[-1].created_at + wait_after(len(rows))


def _code(tx: Transaction, segment: Segment, case_id: CaseId) -> str:
    before = f"{segment}:"
    codes = [
        one.code.removeprefix(before)
        for one in AuditLog(tx).entries(case_id)
        if one.action is AuditAction.STEP_FAILED and (one.code or "").startswith(before)
    ]
    return codes[-1] if codes else "unknown"


def _kind(segment: Segment) -> str:
    return f"{_PREFIX}{segment}"
