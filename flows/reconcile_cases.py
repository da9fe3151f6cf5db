"""Do what a crash, a lapse or a date calls for: one task a duty, and none stops another."""

from prefect import flow, task

from models.errors import StepFailedError
from walloff.guard import guarded, is_transient
from walloff.upkeep import DUTIES


@task(
    name="duty",
    persist_result=False,
    retries=2,
    retry_delay_seconds=[2, 20],
    retry_jitter_factor=0.5,
    retry_condition_fn=is_transient,
    timeout_seconds=1200,
)
def do_duty(duty: str) -> int:
    """Return how much one duty mended."""
    return guarded(duty, DUTIES[duty])


@flow(name="reconcile-cases", persist_result=False, timeout_seconds=3600)
def reconcile_cases() -> int:
    """Do every duty once; fail at the end if any of them failed."""
    states = {duty: do_duty(duty, return_state=True) for duty in DUTIES}
    for duty, state in states.items():
        if not state.is_completed():
            raise StepFailedError(duty, "reconcile", "-")
    return sum(state.result() for state in states.values())
