"""The inside and the managers' process meet here: letters in, replies and keys out, looks up."""

from casework.letters.manager_letters_in import take_in_manager_letters
from casework.releasing.accesses import take_up_accesses
from casework.releasing.manager_desk import name_all_managers, tell_managers
from models.ids import CaseId
from redaction.pipeline import Redactor
from walloff.services import Services


def serve_managers(services: Services) -> int:
    """Take in what managers wrote and tell them what is news; return how much was done.

    Looks come first: whoever decides has looked.
    """
    vault, released, now = services.vault, services.released, services.clock.now()

    def redactor_of(case_id: CaseId) -> Redactor:
        return services.screener_of(case_id).redactor

    looks = take_up_accesses(vault=vault, released=released, now=now)
    letters = take_in_manager_letters(
        vault=vault, released=released, redactor_of=redactor_of, now=now
    )
    if letters:
        released.publish_keys()
    return looks + letters + tell_managers(vault=vault, released=released, now=now)


def name_readers(services: Services) -> None:
    """Say anew who may look at what was released, and write about it."""
    name_all_managers(vault=services.vault, released=services.released, now=services.clock.now())
    services.released.publish_keys()
