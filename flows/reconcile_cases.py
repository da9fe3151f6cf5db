"""Find what a crash or a lapse left behind: dead leases, cases nobody queued, expired consents."""

from prefect import flow, task

from casework.consent import expire_consents
from casework.due import reconcile
from walloff.dispatch import free_dead_leases
from walloff.services import services


@task(name="reconcile", persist_result=False)
def reconcile_home() -> int:
    """Return how many cases were queued again or stopped."""
    current = services()
    freed = free_dead_leases(current)
    queued = reconcile(vault=current.vault, now=current.wall_time())
    expired = expire_consents(vault=current.vault, now=current.clock.now())
    return freed + queued + len(expired)


@flow(name="reconcile-cases", persist_result=False)
def reconcile_cases() -> int:
    """Run the reconciliation once."""
    return reconcile_home()
