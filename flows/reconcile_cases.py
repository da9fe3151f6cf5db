"""Find what a crash or a lapse left behind: dead leases, cases nobody queued, expired consents."""

from prefect import flow, task

from walloff.guard import guarded
from walloff.upkeep import reconcile_home


@task(name="reconcile", persist_result=False)
def reconcile_once() -> int:
    """Return how many cases were queued again or stopped."""
    return guarded("reconcile", reconcile_home)


@flow(name="reconcile-cases", persist_result=False)
def reconcile_cases() -> int:
    """Run the reconciliation once."""
    return reconcile_once()
