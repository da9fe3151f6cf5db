"""Dispatch: queued cases become batches, and each batch one short flow run.

The flows live a layer above, so they are registered here as callables of a batch id.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from casework.due import queued_work, reconcile
from models.errors import SettingsError
from models.ids import BatchId, CaseId, new_id
from models.segment import OF_CASES, Segment
from storage.commands import CommandStore
from storage.leases import LeaseStore
from storage.outbox import OutboxStore
from storage.sequencer import sequence
from storage.transaction import Transaction
from walloff.applicants import exchange_letters
from walloff.custodians import serve_custodian
from walloff.process import is_dead, this_process
from walloff.services import Services

RunBatch = Callable[[BatchId], None]

_registry: Final[dict[Segment, RunBatch]] = {}


def register(segment: Segment, run: RunBatch) -> None:
    """Say what runs a batch of a segment."""
    _registry[segment] = run


def work_off(services: Services) -> int:
    """Run everything that is due until nothing is; return the number of batches run.

    Begins with what an earlier process left behind and what applicants wrote, and ends with the
    news for applicants, and the audit entries that wait (on PostgreSQL) put into the tree. A case
    whose segment fails is not tried again here; its failure is in the audit log, and the next
    start takes it up.
    """
    free_dead_leases(services)
    exchange_letters(services)
    reconcile(vault=services.vault, now=services.wall_time())
    batches = 0
    while ran := _work_off_once(services):
        batches += ran
    exchange_letters(services)
    serve_custodian(services)
    sequence(services.vault)
    return batches


def _work_off_once(services: Services) -> int:
    queued = queued_work(vault=services.vault, limit=services.settings.batch_size)
    batches = 0
    for segment in OF_CASES:
        if segment not in queued:
            continue
        batch_id = _claim(segment, queued[segment], services)
        if batch_id is None:
            continue
        if segment not in _registry:
            raise SettingsError(f"{segment}: nothing is registered to run it")
        _registry[segment](batch_id)
        with services.vault.write() as tx:
            _finish(tx, batch_id, services)
        batches += 1
    return batches


def batch_cases(batch_id: str, services: Services) -> tuple[CaseId, ...]:
    """Return the cases of a batch."""
    with services.vault.read() as tx:
        return tuple(LeaseStore(tx).batch(BatchId(batch_id)))


def free_dead_leases(services: Services) -> int:
    """Give up the leases of batches whose process is gone from this machine; return how many."""
    freed = 0
    with services.vault.write() as tx:
        for batch_id in LeaseStore(tx).unfinished_batches():
            process = CommandStore(tx).seen(_runs(batch_id))
            if process is not None and is_dead(process):
                _finish(tx, batch_id, services)
                freed += 1
    return freed


def _claim(segment: Segment, wanted: dict[CaseId, list[str]], services: Services) -> BatchId | None:
    """Make a batch of the cases that nobody else holds, and take their rows off the outbox."""
    now = services.wall_time()
    until = now + timedelta(seconds=services.settings.lease_seconds)
    batch_id = BatchId(new_id())
    with services.vault.write() as tx:
        leases = LeaseStore(tx)
        claimed = leases.claim(list(wanted), owner=batch_id, now=now, until=until)
        if not claimed:
            return None
        leases.new_batch(segment, claimed, now, batch_id=batch_id)
        CommandStore(tx).remember(_runs(batch_id), this_process(), now)
        outbox = OutboxStore(tx)
        for case_id in claimed:
            for row in wanted[case_id]:
                outbox.done(row, now)
    return batch_id


def _finish(tx: Transaction, batch_id: BatchId, services: Services) -> None:
    """Give back whatever a batch still holds, and close it."""
    leases = LeaseStore(tx)
    for case_id in leases.batch(batch_id):
        leases.release(batch_id, case_id)
    leases.finish_batch(batch_id, services.wall_time())


def _runs(batch_id: BatchId) -> str:
    return f"batch:{batch_id}"
