"""One automatic segment for a batch of cases: one task a case, ids and counts only."""

from prefect import flow, task

from models.segment import Segment
from walloff.dispatch import batch_cases
from walloff.guard import guarded, is_transient, run_guarded


@task(
    name="case-segment",
    persist_result=False,
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_condition_fn=is_transient,
)
def run_case(segment: str, case_id: str, batch_id: str) -> int:
    """Return how many items or packages were dealt with, never the things themselves."""
    return run_guarded(Segment(segment), case_id, batch_id)


@flow(name="case-batch", persist_result=False, validate_parameters=False)
def case_batch(segment: str, batch_id: str) -> int:
    """Run the segment on each case; return how many failed. One bad case stops no other."""
    cases = guarded("batch", lambda current: batch_cases(batch_id, current))
    states = [run_case(segment, case_id, batch_id, return_state=True) for case_id in cases]
    return sum(not state.is_completed() for state in states)
