"""Marks on the desk: words withheld too, phrases that mean nothing protected, and undoing both."""

from functools import partial

from fastapi import Request
from starlette.responses import Response

from casework.reviewing.marking import (
    ScreenerExcepting,
    except_phrase,
    undo_mark,
    withhold_words,
)
from models.errors import InputError
from models.ids import CaseId, FindingId
from models.text import RawText
from portal.casework.inside import REVIEWERS, Code, Inside, Line, back_to, case_of
from portal.casework.review import show_item


def marking_doors(inside: Inside) -> None:
    """Add what marks words. The words travel in a form's body, in no address."""

    @inside.doors.writes("/cases/{case}/review/{finding}/marks", to=REVIEWERS)
    def mark(
        request: Request, case: str, finding: str, words: Line = "", what: Code = ""
    ) -> Response:
        case_id, finding_id = case_of(case), FindingId(finding)
        who, said = inside.who(request), "marked"
        try:
            if what == "except":
                said = "excepted"
                excepting = _excepting(inside, case_id)
                except_phrase(case_id, RawText(words), screener_excepting=excepting, **who)
            elif what == "everywhere":
                withhold_words(case_id, RawText(words), **who)
            else:
                withhold_words(case_id, RawText(words), finding_id=finding_id, **who)
        except InputError as error:
            return show_item(
                request, inside, case_id, finding_id, error=str(error), words=words, status=422
            )
        return back_to(case_id, said, part=f"review/{finding_id}")

    @inside.doors.writes("/cases/{case}/marks/{mark}/undo", to=REVIEWERS)
    def undo(request: Request, case: str, mark: str, finding: Code = "") -> Response:
        case_id = case_of(case)
        excepting = _excepting(inside, case_id)
        undo_mark(case_id, mark, screener_excepting=excepting, **inside.who(request))
        known = finding if finding.isalnum() else ""
        return back_to(case_id, "undone", part=f"review/{known}".rstrip("/"))


def _excepting(inside: Inside, case_id: CaseId) -> ScreenerExcepting:
    return partial(inside.services.screener_excepting, case_id)
