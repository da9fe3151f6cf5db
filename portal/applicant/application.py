"""The applicants' application: its process reads a shelf, and writes letters that it cannot read.

It holds the applicant domain's key and its sign-in database, and nothing that opens evidence.
"""

from collections.abc import Callable, Set
from datetime import datetime

from models.people import Role
from portal.applicant.accounts import account_doors
from portal.applicant.answering import answer_doors
from portal.applicant.consenting import consent_doors
from portal.applicant.entering import entering_doors
from portal.applicant.languages import Spoken, SpokenPages, moment
from portal.applicant.leaving import leaving_doors
from portal.applicant.own import Own
from portal.applicant.papers import paper_doors
from portal.applicant.status import status_doors
from portal.web.application import Application, application
from portal.web.doors import Doors
from portal.web.interfaces import APPLICANT
from portal.web.pages import Entry
from portal.web.visitors import Reception
from storage.exchange import ApplicantVault
from storage.signin.database import SigninDatabase


def applicant_application(
    applicants: ApplicantVault,
    signin: SigninDatabase,
    *,
    origins: Set[str],
    clock: Callable[[], datetime],
) -> Application:
    """Put the applicants' application together."""
    reception = Reception(APPLICANT, signin, roles_of=lambda _actor: {Role.APPLICANT}, clock=clock)
    pages = SpokenPages(
        APPLICANT,
        "portal.applicant",
        navigation=[
            Entry("/", "home", APPLICANT.roles),
            Entry("/papers", "papers", APPLICANT.roles),
            Entry("/rights", "rights", APPLICANT.roles),
        ],
        moment=moment,
    )
    own = Own(Doors(reception), pages, applicants)
    entering_doors(own)
    status_doors(own)
    consent_doors(own)
    account_doors(own)
    answer_doors(own)
    leaving_doors(own)
    paper_doors(own)
    made = application(pages, reception, [own.doors], origins=origins)
    made.api.add_middleware(Spoken)
    return made
