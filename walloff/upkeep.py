"""The segments that run on the home and not on cases: reconcile, retain, sweep, sign."""

from datetime import datetime
from typing import TypedDict

from casework.accesses import take_up_accesses
from casework.clock_guard import witness_time
from casework.consent import expire_consents
from casework.deadlines import fire_due
from casework.drawing import draw_samples
from casework.due import reconcile
from casework.overdue import require_none_overdue
from casework.referral_clocks import note_overdue_referrals
from casework.results import show_results
from casework.retention import retain_ended
from casework.viewers import refresh_viewers
from storage.checkpoints import publish
from storage.elsewhere import publish_elsewhere
from storage.handing_over import hand_over
from storage.originals import drop_orphans
from storage.released import ReleasedVault
from storage.sequencer import sequence
from storage.vault import Vault
from walloff.applicants import exchange_letters
from walloff.custodians import serve_custodian
from walloff.custody import sweep_home
from walloff.dispatch import free_dead_leases
from walloff.services import Services
from walloff.stamping import authority_of, stamp
from walloff.witnessing import cosign, known_witnesses


def reconcile_home(services: Services) -> int:
    """Free dead leases, queue forgotten cases, stop those whose consent has run out.

    Fires the clocks that have run and shows the results whose date has come, each once.
    Bears witness to the time, so that the sweep can tell a clock that leapt. Also removes sealed
    files that a crash left without a row, and brings the manager's side up to date, its looks
    into the log, and what waits for the log's tree into the tree. Returns how much was mended.
    """
    witness_time(vault=services.vault, now=services.clock.now())
    freed = free_dead_leases(services)
    queued = reconcile(vault=services.vault, now=services.wall_time())
    expired = expire_consents(vault=services.vault, now=services.clock.now())
    with services.vault.write() as tx:
        orphans = drop_orphans(tx, home=services.home)
    keywords = _sides(services)
    fired = fire_due(**keywords) + show_results(**keywords)
    fired += note_overdue_referrals(vault=services.vault, now=services.clock.now())
    refresh_viewers(vault=services.vault, released=services.released)
    services.released.publish_keys()
    publish_elsewhere(services.vault)
    looks = _take_up(services) + exchange_letters(services) + serve_custodian(services)
    draw_samples(vault=services.vault, now=services.clock.now())
    sequence(services.vault)
    return freed + queued + len(expired) + orphans + looks + fired


def retain_all(services: Services) -> int:
    """Put every ended case into retention; return how many."""
    return retain_ended(vault=services.vault, now=services.clock.now())


def sweep_due(services: Services) -> int:
    """Destroy and certify what no rule keeps any more; return how many cases.

    Raises `ClockError` if the clock is doubted, and `OverdueDestructionError` if something that
    should be gone is still there after it.
    """
    certified = len(sweep_home(services).certified)
    require_none_overdue(vault=services.vault, now=services.clock.now())
    return certified


def publish_checkpoint(services: Services) -> int:
    """Sign the audit log as it stands, with every look taken up; return its size.

    The witnesses are asked to cosign, and once a day the time-stamping authority to stamp; one
    that is not reached is asked at the next publication. Then the auditors get what is new. Raises
    `AuditBrokenError` if the log is not what it was, here, at a witness or with the auditors.
    """
    authority = authority_of(services.settings)
    _take_up(services)
    size = publish(services.vault, now=services.clock.now()).size
    witnesses = known_witnesses(services.settings.witnesses_file)
    cosign(services.vault, witnesses, now=services.clock.now())
    if authority is not None:
        stamp(services.vault, authority, now=services.clock.now())
    keys = [one for witness in witnesses for one in witness.verifiers]
    hand_over(services.vault, services.auditors, witnesses=keys, now=services.clock.now())
    return size


def _take_up(services: Services) -> int:
    return take_up_accesses(
        vault=services.vault, released=services.released, now=services.clock.now()
    )


class _Sides(TypedDict):
    """Both sides of the wall, and the time."""

    vault: Vault
    released: ReleasedVault
    now: datetime


def _sides(services: Services) -> _Sides:
    return _Sides(vault=services.vault, released=services.released, now=services.clock.now())
