"""One automatic segment for a batch of cases: one task a case, ids and counts only."""

from prefect import flow, task

from models.segment import Segment
from walloff.dispatch import close_batch, stopping, take_batch
from walloff.guard import guarded, is_transient, run_guarded


@task(
    name="case-segment",
    persist_result=False,
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_jitter_factor=0.5,
    retry_condition_fn=is_transient,
    timeout_seconds=900,
)
def run_case(segment: str, case_id: str, batch_id: str) -> int:
    """Return how many items or packages were dealt with, never the things themselves."""
    return run_guarded(Segment(segment), case_id, batch_id)


@flow(name="case-batch", persist_result=False, validate_parameters=False, timeout_seconds=12 * 3600)
def case_batch(segment: str, batch_id: str) -> int:
    """Run the segment on each case; return how many failed. One bad case stops no other.

    A process that was told to stop leaves the rest of the batch to the next.
    """
    cases = guarded("batch", lambda current: take_batch(batch_id, current))
    states = [
        run_case(segment, case_id, batch_id, return_state=True)
        for case_id in cases
        if not stopping()
    ]
    guarded("batch", lambda current: close_batch(batch_id, current))
    return sum(not state.is_completed() for state in states)
