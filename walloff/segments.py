"""The automatic segments as plain functions of one case; a flow's task is a call to one of them.

Each takes the case only while the batch holds its lease, and only if it is what the case waits
for, so running one twice does nothing the second time.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from casework.applicant.cases import find_case
from casework.applicant.notice import send_notice
from casework.attribution.attribute import attribute
from casework.duties.due import is_due
from casework.gathering.collect import Guard, collect
from casework.releasing.release import deliver
from casework.screening.screen import redact_case, triage_case
from casework.steps.failing import note_success
from collection.files.contraband import known_digests
from models.case import CaseState
from models.ids import BatchId, CaseId
from models.segment import Segment
from storage.leases import LeaseStore
from storage.transaction import Transaction
from walloff.services import Services


def notify_case(case_id: CaseId, services: Services, _guard: Guard) -> int:
    """Deliver the notice."""
    send_notice(case_id, vault=services.vault, now=services.clock.now())
    return 1


def collect_case(case_id: CaseId, services: Services, guard: Guard) -> int:
    """Capture what the consent covers; return the number of items kept."""
    known = known_digests(services.settings.contraband_digests)
    return collect(
        case_id,
        vault=services.vault,
        now=services.clock.now(),
        guard=guard,
        known=known,
        report=services.report,
    )


def screen_case(case_id: CaseId, services: Services, guard: Guard) -> int:
    """Attribute, weigh and redact, from wherever the case stands; return the items weighed."""
    vault, clock = services.vault, services.clock
    weighed = 0
    if find_case(case_id, vault=vault).state is CaseState.COLLECTING and not attribute(
        case_id, vault=vault, now=clock.now(), guard=guard
    ):
        return 0
    if find_case(case_id, vault=vault).state is CaseState.ATTRIBUTED:
        screener = services.screener_of(case_id)
        weighed = triage_case(case_id, screener=screener, vault=vault, now=clock.now(), guard=guard)
    if find_case(case_id, vault=vault).state is CaseState.TRIAGED:
        redact_case(case_id, vault=vault, now=clock.now(), guard=guard)
    return weighed


def release_case(case_id: CaseId, services: Services, _guard: Guard) -> int:
    """Bring the released package to the manager's database."""
    return deliver(
        case_id, vault=services.vault, released=services.released, now=services.clock.now()
    )


_RUN: Final[dict[Segment, Callable[[CaseId, Services, Guard], int]]] = {
    Segment.NOTIFY: notify_case,
    Segment.COLLECT: collect_case,
    Segment.SCREEN: screen_case,
    Segment.RELEASE: release_case,
}


def run_segment(segment: Segment, case_id: CaseId, batch_id: BatchId, services: Services) -> int:
    """Run a segment on one case of a batch, renewing all the batch's leases first.

    Raises `LeaseLostError` if another worker has taken the case over.
    """

    def guard(tx: Transaction) -> None:
        LeaseStore(tx).check(batch_id, case_id, services.wall_time())

    lease = timedelta(seconds=services.settings.lease_seconds)
    with services.vault.write() as tx:
        guard(tx)
        LeaseStore(tx).renew_all(batch_id, services.wall_time() + lease)
    due = is_due(segment, case_id, vault=services.vault)
    result = _RUN[segment](case_id, services, guard) if due else 0
    with services.vault.write() as tx:
        LeaseStore(tx).release(batch_id, case_id)
        note_success(tx, segment, case_id, now=services.wall_time())
    return result
