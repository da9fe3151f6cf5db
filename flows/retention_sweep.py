"""Put ended cases into retention, and count those whose time has come."""

from prefect import flow, task

from walloff.guard import guarded
from walloff.upkeep import count_due, retain_all


@task(name="retain-ended", persist_result=False)
def retain_ended() -> int:
    """Return how many ended cases went into retention."""
    return guarded("retain", retain_all)


@task(name="count-due", persist_result=False)
def count_retained() -> int:
    """Return how many retained cases may be destroyed today."""
    return guarded("sweep", count_due)


@flow(name="retention-sweep", persist_result=False)
def retention_sweep() -> int:
    """Run the sweep once; return how many cases are due for destruction."""
    retain_ended()
    return count_retained()
