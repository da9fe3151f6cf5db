"""Where the applicant is: what is asked, until when, what became of what was sent.

The page says what the desk says, which never is where a case stands inside.
"""

from typing import Final

from fastapi import Request
from starlette.responses import Response

from casework.letters.applicant_side import desk, read, receipts, shelf
from models.errors import RecordNotFoundError
from models.letters import Awaited, ConsentLetter, Desk, LetterKind, Receipt, ShelfKind
from portal.applicant.own import Own, is_waiting

_STEPS: Final = {
    Awaited.CONSENT: 1,
    Awaited.DISCLOSURE: 2,
    Awaited.NOTHING: 3,
    Awaited.ANSWERS: 4,
}
_DECISION: Final = 5
_WAYS: Final = {
    Awaited.CONSENT: "/notice",
    Awaited.DISCLOSURE: "/accounts",
    Awaited.ANSWERS: "/preview",
}


def status_doors(own: Own) -> None:
    """Add the first page, and the page on rights."""
    doors, pages = own.doors, own.pages

    @doors.reads("/")
    def status(request: Request) -> Response:
        case_id, where = own.case(request), own.where(request)
        asked = desk(case_id, **where)
        letters = receipts(case_id, **where)
        kinds = [one.kind for one in shelf(case_id, **where)]
        has_preview = ShelfKind.PREVIEW in kinds
        ended = _ended(own, request, asked, letters, has_preview=has_preview)
        waiting = is_waiting(request, asked.awaited, letters)
        current = _STEPS[asked.awaited]
        if asked.awaited is Awaited.NOTHING and has_preview:
            current = _DECISION
        return pages.show(
            request,
            "status.html",
            desk=asked,
            letters=letters,
            ended=ended,
            waiting=waiting,
            current=current,
            way=_WAYS.get(asked.awaited),
            has_preview=has_preview,
            documents=kinds.count(ShelfKind.DOCUMENT),
        )

    @doors.reads("/rights")
    def rights(request: Request) -> Response:
        asked = desk(own.case(request), **own.where(request))
        return pages.show(request, "rights.html", desk=asked)


def _ended(
    own: Own, request: Request, asked: Desk, letters: list[Receipt], *, has_preview: bool
) -> str:
    """Say whether the applicant ended the case themself, and how; nothing else tells here."""
    if any(one.taken and one.kind is LetterKind.WITHDRAWAL for one in letters):
        return "withdrawn"
    if asked.awaited is not Awaited.NOTHING or asked.may_withdraw or has_preview:
        return ""
    try:
        copy = read(own.case(request), ShelfKind.WRITTEN, **own.where(request))
        refused = not ConsentLetter.model_validate_json(copy).granted
    except (RecordNotFoundError, ValueError):
        return ""
    return "refused" if refused else ""
