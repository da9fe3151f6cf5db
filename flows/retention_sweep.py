"""Put ended cases into retention, and count those whose time has come."""

from prefect import flow, task

from casework.retention import plan_sweep, retain_ended
from walloff.services import services


@task(name="retain-ended", persist_result=False)
def retain_all() -> int:
    """Return how many ended cases went into retention."""
    current = services()
    return retain_ended(vault=current.vault, now=current.clock.now())


@task(name="count-due", persist_result=False)
def count_due() -> int:
    """Return how many retained cases may be destroyed today."""
    current = services()
    lines = plan_sweep(vault=current.vault, now=current.clock.now())
    return sum(line.action == "destroy" for line in lines)


@flow(name="retention-sweep", persist_result=False)
def retention_sweep() -> int:
    """Run the sweep once; return how many cases are due for destruction."""
    retain_all()
    return count_due()
