"""The auditors' application: the log as it was handed over, checked, and reports made for auditors.

It opens the auditors' database, its sign-in database and a folder of reports, and holds no key
that opens anybody's content. Auditors read and never decide: nothing here writes to a case.
"""

from collections.abc import Callable, Sequence, Set
from datetime import datetime
from pathlib import Path
from typing import Final

from fastapi import Request
from starlette.responses import Response

from casework.counsel.auditors_reports import Reports
from casework.counsel.ledgers import Ledger, index_of, read_crossings, read_entries, read_months
from models.people import Role
from portal.auditor.checking import Checking
from portal.auditor.exposures import CROSSINGS, exposure_doors
from portal.auditor.ledgers import auditor_of, ledger_doors, words
from portal.auditor.reports import report_doors
from portal.auditor.verification import verification_doors
from portal.web.application import Application, application
from portal.web.doors import Doors
from portal.web.interfaces import AUDITOR
from portal.web.pages import Entry, Pages
from portal.web.visitors import Reception
from storage.auditors import AuditorsLog
from storage.log_index import Asked, LogIndex
from storage.note import Verifier
from storage.report_folder import ReportFolder
from storage.signin.database import SigninDatabase

_WAYS: Final = (
    ("/", "Overview"),
    ("/verify", "Verification"),
    ("/entries", "Log"),
    ("/consents", "Consents"),
    ("/access", "Access"),
    ("/retention", "Retention"),
    ("/quality", "Quality"),
    ("/reports", "Reports"),
)
_BESIDE: Final = {
    "/access": (
        ("/access", "Access log"),
        ("/access/exposures", "Exposures"),
        ("/access/separation", "Separation of duties"),
    ),
    "/retention": (
        ("/retention", "Retention"),
        ("/retention/destruction", "Destruction"),
    ),
}
"""Pages that belong together, by the first of them."""


def auditor_application(
    log: AuditorsLog,
    signin: SigninDatabase,
    *,
    origins: Set[str],
    clock: Callable[[], datetime],
    reports: Path | None = None,
    witnesses: Sequence[Verifier] = (),
    index: LogIndex | None = None,
) -> Application:
    """Put the auditors' application together; `reports` is the folder that reports are put into.

    An index that was filled before saves the first page the wait.
    """
    reception = Reception(AUDITOR, signin, roles_of=lambda _actor: {Role.AUDITOR}, clock=clock)
    pages = Pages(
        AUDITOR,
        "portal.auditor",
        navigation=[Entry(path, label, AUDITOR.roles) for path, label in _WAYS],
        words_of=words,
        beside=_BESIDE,
    )
    index = index or index_of(log)
    checking = Checking(log, witnesses, clock)
    held = Reports(ReportFolder(reports), log, index)
    doors = Doors(reception)
    _first_page(doors, pages, log, index, checking, held)
    verification_doors(doors, pages, log, index, checking)
    ledger_doors(doors, pages, index)
    exposure_doors(doors, pages, index)
    report_doors(doors, pages, held)
    return application(pages, reception, [doors], origins=origins)


def _first_page(
    doors: Doors,
    pages: Pages,
    log: AuditorsLog,
    index: LogIndex,
    checking: Checking,
    held: Reports,
) -> None:
    @doors.reads("/")
    def overview(request: Request) -> Response:
        actor = auditor_of(request)
        newest = read_entries(index, Asked(), actor=actor, limit=5)
        counts = {
            str(ledger): sum(
                sum(month.values()) for month in read_months(index, ledger, actor=actor).values()
            )
            for ledger in Ledger
        }
        crossings = len(read_crossings(index, actor=actor, limit=CROSSINGS))
        return pages.show(
            request,
            "overview.html",
            size=log.size(),
            checkpoint=log.newest(),
            alarms=log.alarms(),
            unreadable=index.unreadable,
            state=checking.state,
            counts=counts,
            crossings=crossings,
            reports=[one for one in held.all(actor=actor) if one.content is None],
            newest=newest,
        )
