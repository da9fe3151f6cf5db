"""The inside and the applicants' interface meet here: letters in, news out, looks into the log."""

from casework.counsel.passages import tell_passages
from casework.counsel.shown import tell_shown
from casework.letters.letters_in import take_in_letters
from casework.letters.shelving import shelve
from casework.preview.window import note_looked
from casework.releasing.accesses import take_up_accesses
from casework.steps.shelved import SHELVE
from models.errors import KeyUnavailableError
from models.ids import CaseId
from models.people import Role
from redaction.pipeline import Redactor
from storage.exchange import ApplicantVault
from storage.outbox import OutboxStore
from walloff.services import Services


def exchange_letters(services: Services) -> int:
    """Take in applicants' letters and bring their shelves up to date; return how much was done.

    The applicant domain is unlocked only if there is anything to do: that takes a moment. A
    process that does not hold it leaves all of it to one that does.
    """
    before = services.clock.now()
    if not _anything_waits(services):
        note_looked(waiting=(), vault=services.vault, now=before)
        return 0
    try:
        applicants = services.applicants
    except KeyUnavailableError:
        return 0
    vault, fairness, now = services.vault, services.fairness, services.clock.now()

    def redactor_of(case_id: CaseId) -> Redactor:
        return services.screener_of(case_id).redactor

    done = take_in_letters(
        vault=vault, applicants=applicants, fairness=fairness, redactor_of=redactor_of, now=now
    )
    # Before the shelves, which take the work off the outbox.
    changed = _changed(services)
    tell_passages(changed, vault=vault, fairness=fairness, now=now)
    tell_shown(changed, vault=vault, fairness=fairness, now=now)
    done += shelve(vault=vault, applicants=applicants, now=now)
    fairness.publish_keys()
    looks = take_up_accesses(vault=vault, released=applicants, now=now, role=Role.APPLICANT)
    return done + looks


def _changed(services: Services) -> list[CaseId]:
    with services.vault.read() as tx:
        rows = OutboxStore(tx).pending(SHELVE)
    return sorted({row.case_id for row in rows if row.case_id is not None})


def _anything_waits(services: Services) -> bool:
    with services.vault.read() as tx:
        if OutboxStore(tx).pending(SHELVE, limit=1):
            return True
    # What waits can be seen without any key of the domain; it cannot be opened.
    inbox = ApplicantVault(services.home, services.vault.key_ring)
    try:
        return bool(inbox.waiting(limit=1) or inbox.untaken(limit=1))
    finally:
        inbox.close()
