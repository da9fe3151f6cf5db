"""The application of the casework: its pages behind their doors, on one open home."""

from collections.abc import Callable, Set
from datetime import datetime
from typing import Final

from casework.people.people import find_person
from portal.casework.attribution import attribution_doors
from portal.casework.background import Background
from portal.casework.case_page import case_doors
from portal.casework.decisions import decision_doors
from portal.casework.gather import gather_doors
from portal.casework.home import home_doors
from portal.casework.incoming import LARGEST, Incoming
from portal.casework.inside import READERS, REVIEWERS, Inside
from portal.casework.marking import marking_doors
from portal.casework.review import review_doors
from portal.casework.search import search_doors
from portal.casework.second import second_doors
from portal.web.application import Application, application
from portal.web.doors import Doors
from portal.web.interfaces import CASEWORK
from portal.web.pages import Entry, Message, Pages
from portal.web.visitors import Reception
from storage.signin.database import SigninDatabase
from walloff.services import Services

_SAID: Final = {
    "opened": "The case is open. Send the notice next.",
    "opened-and-told": "The case is open, and the notice is on its way.",
    "told": "The notice is on its way.",
    "delivered": "The proof is recorded. The lead time runs from now.",
    "consent": "The applicant’s answer is recorded.",
    "identities": "The names and accounts are sealed in the case.",
    "uploaded": "The files are here. Say how they were made, then have them read.",
    "cleared": "The files are removed.",
    "query": "Written down. Make the query now.",
    "decided": "The decision is recorded.",
    "word": "The applicant’s word is recorded.",
    "settled": "Attribution is settled. The items are being weighed.",
    "stands": "The finding stands.",
    "withheld": "The finding is withheld.",
    "unreadable": "What could not be read is withheld.",
    "marked": "The words are withheld. The package was built again.",
    "excepted": "The phrase is excepted in this case. The package was built again.",
    "undone": "Taken back. The package was built again.",
    "last": "That was the last item.",
    "approved": "Approved. A second reviewer looks next.",
    "reviewed": "Approved by two reviewers. Show the package to the applicant next.",
    "rebuilt": "The package was built again. It needs two approvals.",
    "second": "Your judgement is recorded.",
    "offered": "The applicant can see the package and answer.",
    "released": "Released. The package is on its way to the hiring manager.",
    "recalled": "The release is taken back, and needs two fresh approvals.",
    "replied": "The reply is on its way to the hiring manager.",
    "made": "The document is made. Hand it over, then record the proof.",
    "proved": "The delivery is recorded.",
    "ruled": "The ruling is recorded.",
    "shortcuts": "Saved.",
}


def casework_application(
    services: Services,
    signin: SigninDatabase,
    *,
    origins: Set[str],
    clock: Callable[[], datetime],
) -> Application:
    """Return the casework's application. `clock` is the door's; cases live by the home's own."""
    vault = services.vault
    reception = Reception(
        CASEWORK,
        signin,
        roles_of=lambda actor: find_person(actor, vault=vault).roles,
        clock=clock,
    )
    pages = Pages(
        CASEWORK,
        "portal.casework",
        navigation=(
            Entry("/", "What waits", CASEWORK.roles),
            Entry("/cases", "Cases", READERS),
            Entry("/requisitions", "Requisitions", READERS),
            Entry("/second-reviews", "Second reviews", REVIEWERS),
        ),
        said={code: Message("success", text) for code, text in _SAID.items()},
    )
    doors = Doors(reception)
    inside = Inside(services, pages, doors, Background(services))
    home_doors(inside)
    case_doors(inside)
    gather_doors(inside, Incoming(services.home.root))
    search_doors(inside)
    attribution_doors(inside)
    review_doors(inside)
    marking_doors(inside)
    second_doors(inside)
    decision_doors(inside)
    return application(pages, reception, [doors], origins=origins, uploads=LARGEST)
