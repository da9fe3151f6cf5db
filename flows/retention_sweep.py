"""Put ended cases into retention, and destroy those that no rule keeps any more."""

from prefect import flow, task

from walloff.guard import guarded
from walloff.upkeep import retain_all, sweep_due


@task(name="retain-ended", persist_result=False)
def retain_ended() -> int:
    """Return how many ended cases went into retention."""
    return guarded("retain", retain_all)


@task(name="sweep", persist_result=False)
def sweep() -> int:
    """Return how many cases were destroyed and certified."""
    return guarded("sweep", sweep_due)


@flow(name="retention-sweep", persist_result=False)
def retention_sweep() -> int:
    """Run the sweep once; return how many cases it destroyed and certified."""
    retain_ended()
    return sweep()
