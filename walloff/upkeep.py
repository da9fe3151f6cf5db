"""The duties that run on the home and not on cases: each is reached by a scheduled flow.

`DUTIES` are what reconciliation does, one by one: each is safe to do twice, and one that fails
stops none of the others.
"""

from collections.abc import Callable
from typing import Final

from casework.applicant.consent import expire_consents
from casework.criminal.referral_clocks import note_overdue_referrals
from casework.duties.deadlines import fire_due
from casework.duties.due import reconcile
from casework.people.drawing import draw_samples
from casework.records.clock_guard import witness_time
from casework.records.overdue import require_none_overdue
from casework.records.retention import retain_ended
from casework.releasing.accesses import take_up_accesses
from casework.releasing.results import show_results
from models.errors import WalloffError
from storage.checkpoints import publish
from storage.elsewhere import publish_elsewhere
from storage.handing_over import hand_over
from storage.originals import drop_orphans
from storage.sequencer import sequence
from walloff.applicants import exchange_letters
from walloff.collectors import serve_collectors
from walloff.custodians import serve_custodian
from walloff.custody import sweep_home
from walloff.dispatch import free_dead_leases
from walloff.mail import send_mail
from walloff.managers import name_readers, serve_managers
from walloff.services import Services
from walloff.stamping import authority_of, stamp
from walloff.witnessing import cosign, known_witnesses


def bear_witness(services: Services) -> int:
    """Note the time, so that the sweep can tell a clock that leapt."""
    witness_time(vault=services.vault, now=services.clock.now())
    return 0


def queue_forgotten(services: Services) -> int:
    """Queue every case whose next automatic segment is not queued."""
    return reconcile(vault=services.vault, now=services.wall_time())


def end_consents(services: Services) -> int:
    """Stop the cases whose consent has run out."""
    return len(expire_consents(vault=services.vault, now=services.clock.now()))


def remove_orphans(services: Services) -> int:
    """Remove sealed files that a crash left without a row."""
    with services.vault.write() as tx:
        return drop_orphans(tx, home=services.home)


def fire_clocks(services: Services) -> int:
    """Do what the clocks that have run ask for, each once."""
    return fire_due(vault=services.vault, released=services.released, now=services.clock.now())


def show_dated_results(services: Services) -> int:
    """Show the results whose date has come, each once."""
    return show_results(vault=services.vault, released=services.released, now=services.clock.now())


def note_referrals(services: Services) -> int:
    """Note the referrals that are overdue, each once."""
    return note_overdue_referrals(vault=services.vault, now=services.clock.now())


def refresh_readers(services: Services) -> int:
    """Say anew who may look, and publish the keys that others write with."""
    name_readers(services)
    publish_elsewhere(services.vault)
    return 0


def take_up_looks(services: Services) -> int:
    """Take the managers' looks into the audit log."""
    return take_up_accesses(
        vault=services.vault, released=services.released, now=services.clock.now()
    )


def draw_second_reviews(services: Services) -> int:
    """Draw the cases that a second review is due of."""
    return draw_samples(vault=services.vault, now=services.clock.now())


def sequence_waiting(services: Services) -> int:
    """Move the audit entries that wait into the tree; that mends nothing, so it counts nothing."""
    sequence(services.vault)
    return 0


Duty = Callable[[Services], int]

DUTIES: Final[dict[str, Duty]] = {
    "time": bear_witness,
    "leases": free_dead_leases,
    "queue": queue_forgotten,
    "consents": end_consents,
    "orphans": remove_orphans,
    "letters": exchange_letters,
    "clocks": fire_clocks,
    "results": show_dated_results,
    "referrals": note_referrals,
    "readers": refresh_readers,
    "looks": take_up_looks,
    "managers": serve_managers,
    "collectors": serve_collectors,
    "custodian": serve_custodian,
    "mail": send_mail,
    "samples": draw_second_reviews,
    "sequence": sequence_waiting,
}
"""What reconciliation does, in this order: name and duty, which returns how much it mended."""


def reconcile_home(services: Services) -> int:
    """Do every duty, whichever of them fails; return how much was mended.

    Raises the first refusal once all the others are done.
    """
    mended = 0
    first: WalloffError | None = None
    for duty in DUTIES.values():
        try:
            mended += duty(services)
        except WalloffError as refusal:
            first = first or refusal
    if first is not None:
        raise first
    return mended


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
    that is not reached is asked at the next publication. Raises `AuditBrokenError` if the log is
    not what it was, here or at a witness.
    """
    authority = authority_of(services.settings)
    take_up_looks(services)
    size = publish(services.vault, now=services.clock.now()).size
    witnesses = known_witnesses(services.settings.witnesses_file)
    cosign(services.vault, witnesses, now=services.clock.now())
    if authority is not None:
        stamp(services.vault, authority, now=services.clock.now())
    keys = [one for witness in witnesses for one in witness.verifiers]
    hand_over(services.vault, services.auditors, witnesses=keys, now=services.clock.now())
    return size
