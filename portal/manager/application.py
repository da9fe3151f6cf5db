"""The hiring managers' application: what was released, questions, a decision, and its receipt.

It holds the released domain's key and its sign-in database. Every page that shows a case has the
look on record first; nothing else of any case is within reach.
"""

from collections.abc import Callable, Set
from datetime import datetime
from typing import Annotated, Final

from fastapi import Path, Query, Request
from starlette.responses import Response

from casework.deciding.manager_side import receipts, replies, write_question
from casework.releasing.look import look
from models.errors import InputError
from models.ids import CaseId
from models.manager_letters import ManagerLetterKind
from models.people import Role
from models.rebuttal import Question
from portal import labels
from portal.manager import page
from portal.manager.decision import decision_doors
from portal.manager.forms import Number, finding_of
from portal.web.application import Application, application
from portal.web.doors import Doors, elsewhere, visitor_of
from portal.web.interfaces import MANAGER
from portal.web.pages import Entry, Message, Pages
from portal.web.visitors import Reception
from storage.released import ReleasedVault
from storage.signin.database import SigninDatabase

CASES_SHOWN: Final = 50

SAID: Final = {
    "asked": Message("success", "The question is on its way. The reply appears on this page."),
    "decided": Message(
        "success", "The decision is on its way. Below it says what became of it, once it was read."
    ),
}

Case = Annotated[str, Path(max_length=64)]


def manager_application(
    released: ReleasedVault,
    signin: SigninDatabase,
    *,
    origins: Set[str],
    clock: Callable[[], datetime],
) -> Application:
    """Put the managers' application together."""
    reception = Reception(
        MANAGER, signin, roles_of=lambda _actor: {Role.HIRING_MANAGER}, clock=clock
    )
    pages = Pages(
        MANAGER,
        "portal.manager",
        navigation=[Entry("/", "Cases", MANAGER.roles)],
        said=SAID,
        labels=labels,
        letter_names={
            ManagerLetterKind.DECISION: "Decision",
            ManagerLetterKind.QUESTION: "Question",
        },
    )
    doors = Doors(reception)
    _case_doors(doors, pages, released)
    _question_doors(doors, pages, released)
    decision_doors(doors, pages, released)
    return application(pages, reception, [doors], origins=origins)


def _case_doors(doors: Doors, pages: Pages, released: ReleasedVault) -> None:
    @doors.reads("/")
    def cases(request: Request, after: Annotated[str, Query(max_length=64)] = "") -> Response:
        actor = visitor_of(request).actor
        found = released.shown_to(actor, after=after, limit=CASES_SHOWN + 1)
        shown, more = found[:CASES_SHOWN], len(found) > CASES_SHOWN
        return pages.show(
            request, "cases.html", cases=shown, after=after, next=shown[-1] if more else ""
        )

    @doors.reads("/cases/{case}")
    def case(request: Request, case: Case) -> Response:
        package = look(
            CaseId(case),
            actor=visitor_of(request).actor,
            released=released,
            now=doors.reception.now(),
        )
        return pages.show(
            request, "case.html", case=case, package=package, sections=page.sections(package)
        )

    @doors.reads("/cases/{case}/file")
    def file(request: Request, case: Case) -> Response:
        package = look(
            CaseId(case),
            actor=visitor_of(request).actor,
            released=released,
            now=doors.reception.now(),
        )
        return Response(
            page.render(package, case_number=case),
            media_type="text/html",
            headers={
                "content-disposition": f'attachment; filename="release-{case}.html"',
                "content-security-policy": page.CONTENT_SECURITY_POLICY,
            },
        )

    @doors.reads("/cases/{case}/letters")
    def letters(request: Request, case: Case) -> Response:
        found = receipts(
            CaseId(case),
            actor=visitor_of(request).actor,
            released=released,
            now=doors.reception.now(),
        )
        return pages.show(request, "letters.html", case=case, letters=found)


def _question_doors(doors: Doors, pages: Pages, released: ReleasedVault) -> None:
    @doors.reads("/cases/{case}/questions")
    def questions(request: Request, case: Case) -> Response:
        actor, now = visitor_of(request).actor, doors.reception.now()
        asked = replies(CaseId(case), actor=actor, released=released, now=now)
        package = look(CaseId(case), actor=actor, released=released, now=now)
        return pages.show(
            request,
            "questions.html",
            case=case,
            asked=asked,
            findings=[labels.CONDUCT[one.conduct].name for one in package.findings],
        )

    @doors.writes("/cases/{case}/questions")
    def ask(request: Request, case: Case, finding: Number = "", question: Number = "") -> Response:
        try:
            asked = Question(question)
        except ValueError:
            raise InputError("choose one of the questions") from None
        write_question(
            CaseId(case),
            finding_of(finding),
            asked,
            actor=visitor_of(request).actor,
            released=released,
            now=doors.reception.now(),
        )
        return elsewhere(f"/cases/{case}/questions?said=asked")
