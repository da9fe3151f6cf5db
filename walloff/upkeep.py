"""The segments that run on the home and not on cases: reconcile, retain, sweep, sign."""

from casework.consent import expire_consents
from casework.due import reconcile
from casework.retention import retain_ended
from storage.checkpoints import publish
from storage.originals import drop_orphans
from walloff.custody import sweep_home
from walloff.dispatch import free_dead_leases
from walloff.services import Services


def reconcile_home(services: Services) -> int:
    """Free dead leases, queue forgotten cases, stop those whose consent has run out.

    Also removes sealed files that a crash left without a row. Returns how much was mended.
    """
    freed = free_dead_leases(services)
    queued = reconcile(vault=services.vault, now=services.wall_time())
    expired = expire_consents(vault=services.vault, now=services.clock.now())
    with services.vault.write() as tx:
        orphans = drop_orphans(tx, home=services.home)
    return freed + queued + len(expired) + orphans


def retain_all(services: Services) -> int:
    """Put every ended case into retention; return how many."""
    return retain_ended(vault=services.vault, now=services.clock.now())


def sweep_due(services: Services) -> int:
    """Destroy and certify what no rule keeps any more; return how many cases.

    Raises `ClockError` if the clock is doubted.
    """
    return len(sweep_home(services).certified)


def publish_checkpoint(services: Services) -> int:
    """Sign the audit log as it stands; return its size."""
    return publish(services.vault, now=services.clock.now()).size
