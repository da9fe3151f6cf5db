"""A query is looked at before it is written down: what is refused is named by its rule, and why."""

from typing import Final

from fastapi import Request
from starlette.responses import Response

from casework.search.queries import check_for_case, make_query, queries_of
from models.errors import WalloffError
from models.ids import CaseId
from models.search import AccessWay, SessionIdentity
from portal.casework.inside import INVESTIGATORS, Code, Inside, Line, back_to, case_of
from portal.casework.texts import at, short
from portal.web.answers import ABSENT

_WAYS: Final = ((AccessWay.BY_HAND, "By hand"), (AccessWay.AUTOMATED, "By a program"))
_IDENTITIES: Final = (
    (SessionIdentity.ANONYMOUS_PUBLIC, "Nobody"),
    (SessionIdentity.AGENCY_NAMED, "The agency"),
)


def search_doors(inside: Inside) -> None:
    """Add the pages of queries. A query travels in a form's body alone, in no address."""
    pages = inside.pages

    @inside.doors.reads("/cases/{case}/queries", to=INVESTIGATORS)
    def queries(request: Request, case: str) -> Response:
        return _page(request, inside, case_of(case))

    @inside.doors.writes("/cases/{case}/queries/check", to=INVESTIGATORS)
    def check(request: Request, case: str, text: Line = "") -> Response:
        found = check_for_case(case_of(case), text, **inside.who(request))
        return pages.show(request, "query_check.html", faults=found, text=text)

    @inside.doors.writes("/cases/{case}/queries", to=INVESTIGATORS)
    def make(
        request: Request,
        case: str,
        text: Line = "",
        identity: Code = str(SessionIdentity.ANONYMOUS_PUBLIC),
        way: Code = str(AccessWay.BY_HAND),
        platform: Code = "",
        only_check: Code = "",
    ) -> Response:
        case_id = case_of(case)
        if way not in set(AccessWay) or not text.strip():
            return _page(request, inside, case_id, reason="Write the query first.", status=422)
        if only_check:
            return _page(request, inside, case_id, text=text, checked=True)
        try:
            make_query(
                case_id,
                text.strip(),
                identity=identity,
                way=AccessWay(way),
                platform=platform.strip(),
                **inside.who(request),
            )
        except WalloffError as error:
            if isinstance(error, ABSENT):
                raise
            reason = f"{error} ({error.code})"
            return _page(request, inside, case_id, text=text, reason=reason, status=409)
        return back_to(case_id, "query", part="queries")


def _page(
    request: Request,
    inside: Inside,
    case_id: CaseId,
    *,
    text: str = "",
    reason: str = "",
    checked: bool = False,
    status: int = 200,
) -> Response:
    made = queries_of(case_id, **inside.who(request))
    return inside.pages.show(
        request,
        "queries.html",
        status=status,
        case_id=case_id,
        name=short(case_id),
        text=text,
        reason=reason,
        checked=checked,
        faults=check_for_case(case_id, text, **inside.who(request)) if checked else (),
        ways=_WAYS,
        identities=_IDENTITIES,
        queries=[
            (one.sequence, one.text.reveal(), at(one.made_at), str(one.way)) for one in made[::-1]
        ],
    )
