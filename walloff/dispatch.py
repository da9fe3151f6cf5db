"""Dispatch: queued cases become batches, and each batch one short flow run, once.

The flows live a layer above, so they are registered here as callables of a batch id.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from casework.duties.due import queued_work, reconcile
from models.errors import LeaseLostError, SettingsError
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
_stop: Final = threading.Event()


def register(segment: Segment, run: RunBatch) -> None:
    """Say what runs a batch of a segment."""
    _registry[segment] = run


def work_off(services: Services, *, at_once: bool = False) -> int:
    """Run everything that is due until nothing is; return the number of batches run.

    Begins with what an earlier process left behind and what applicants wrote, and ends with the
    news for applicants, and the audit entries that wait (on PostgreSQL) put into the tree. A case
    whose segment fails is not tried again here: it waits, longer each time
    (`casework.steps.failing`), unless the caller wants it tried at once.
    """
    free_dead_leases(services)
    exchange_letters(services)
    reconcile(vault=services.vault, now=services.wall_time(), at_once=at_once)
    batches = drain(services)
    exchange_letters(services)
    serve_custodian(services)
    sequence(services.vault)
    return batches


def drain(services: Services) -> int:
    """Run what is queued until nothing is, or until told to stop; return the number of batches."""
    batches = 0
    while ran := _drain_once(services):
        batches += ran
    return batches


def _drain_once(services: Services) -> int:
    batches = 0
    for segment, batch_id in claims(services):
        if segment not in _registry:
            raise SettingsError(f"{segment}: nothing is registered to run it")
        try:
            _registry[segment](batch_id)
        finally:
            with services.vault.write() as tx:
                _finish(tx, batch_id, services)
        batches += 1
    return batches


def claims(services: Services) -> Iterator[tuple[Segment, BatchId]]:
    """Yield one fresh batch of each segment that has cases queued; none once told to stop."""
    queued = queued_work(vault=services.vault, limit=services.settings.batch_size)
    for segment in OF_CASES:
        if segment in queued and not stopping():
            batch_id = _claim(segment, queued[segment], services)
            if batch_id is not None:
                yield segment, batch_id


def take_batch(batch_id: str, services: Services) -> tuple[CaseId, ...]:
    """Take a batch over for this process, once, and return those of its cases that it still holds.

    From now on the batch lives and dies with this process. Raises `LeaseLostError` if another
    process took it: its cases come again in a new batch, if anything of them is left to do.
    """
    known = BatchId(batch_id)
    now = services.wall_time()
    with services.vault.write() as tx:
        leases, commands = LeaseStore(tx), CommandStore(tx)
        taken_by = commands.seen(_taken(known))
        if taken_by is None:
            commands.remember(_taken(known), this_process(), now)
        elif taken_by != this_process():
            raise LeaseLostError("the batch is another process's")
        held = tuple(
            case_id for case_id in leases.batch(known) if _holds(leases, known, case_id, now)
        )
        leases.renew_all(known, now + timedelta(seconds=services.settings.lease_seconds))
    return held


def close_batch(batch_id: str, services: Services) -> int:
    """Give back whatever the batch still holds, and put its audit entries into the tree."""
    with services.vault.write() as tx:
        _finish(tx, BatchId(batch_id), services)
    return sequence(services.vault)


def stop_soon() -> None:
    """Have this process end its batch with the case in hand, and begin no other."""
    _stop.set()


def stopping() -> bool:
    """Say whether this process was told to stop."""
    return _stop.is_set()


def free_dead_leases(services: Services) -> int:
    """Give up the leases of batches whose process is gone from this machine; return how many.

    A batch that holds nothing any more, as one whose machine is gone, is closed as well.
    """
    freed, now = 0, services.wall_time()
    with services.vault.write() as tx:
        leases, commands = LeaseStore(tx), CommandStore(tx)
        for batch_id in leases.unfinished_batches():
            process = commands.seen(_taken(batch_id)) or commands.seen(_runs(batch_id))
            dead = process is not None and is_dead(process)
            if dead or not any(
                _holds(leases, batch_id, case_id, now) for case_id in leases.batch(batch_id)
            ):
                _finish(tx, batch_id, services)
                freed += dead
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


def _holds(leases: LeaseStore, batch_id: BatchId, case_id: CaseId, now: datetime) -> bool:
    try:
        leases.check(batch_id, case_id, now)
    except LeaseLostError:
        return False
    return True


def _runs(batch_id: BatchId) -> str:
    return f"batch:{batch_id}"


def _taken(batch_id: BatchId) -> str:
    return f"batch-taken:{batch_id}"
