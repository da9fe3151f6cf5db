"""Bring released packages to the manager's database: one task a case, ids and counts only."""

from prefect import flow, task

from models.segment import Segment
from walloff.dispatch import batch_cases
from walloff.guard import is_transient, run_guarded
from walloff.services import services


@task(
    name="release-case",
    persist_result=False,
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_condition_fn=is_transient,
)
def release_case(case_id: str, batch_id: str) -> int:
    """Return how many packages were delivered."""
    return run_guarded(Segment.RELEASE, case_id, batch_id, services())


@flow(name="release-batch", persist_result=False, validate_parameters=False)
def release_batch(batch_id: str) -> int:
    """Run the segment on each case; return how many failed. One bad case stops no other."""
    cases = batch_cases(batch_id, services())
    states = [release_case(case_id, batch_id, return_state=True) for case_id in cases]
    return sum(not state.is_completed() for state in states)
