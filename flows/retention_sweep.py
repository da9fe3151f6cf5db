"""Put ended cases into retention, and destroy those that no rule keeps any more."""

from prefect import flow, task

from walloff.guard import guarded, is_transient
from walloff.upkeep import retain_all, sweep_due


@task(
    name="retain-ended",
    persist_result=False,
    retries=2,
    retry_delay_seconds=[5, 60],
    retry_jitter_factor=0.5,
    retry_condition_fn=is_transient,
    timeout_seconds=3600,
)
def retain_ended() -> int:
    """Return how many ended cases went into retention."""
    return guarded("retain", retain_all)


@task(
    name="sweep",
    persist_result=False,
    retries=2,
    retry_delay_seconds=[5, 60],
    retry_jitter_factor=0.5,
    retry_condition_fn=is_transient,
    timeout_seconds=4 * 3600,
)
def sweep() -> int:
    """Return how many cases were destroyed and certified."""
    return guarded("sweep", sweep_due)


@flow(name="retention-sweep", persist_result=False, timeout_seconds=6 * 3600)
def retention_sweep() -> int:
    """Run the sweep once; return how many cases it destroyed and certified."""
    retain_ended()
    return sweep()
