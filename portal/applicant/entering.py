"""A link that works once, with a code that came another way, opens one case and no other.

To open the link uses nothing up. What is wrong about a link or a code is not said: a used, a late
and an unknown link have the answer of a wrong code.
"""

from typing import Annotated

from fastapi import Form, Path, Request
from starlette.responses import Response

from models.ids import CaseId
from models.signin import Link, LinkPurpose, SignInRefusedError, Stage
from portal.applicant.own import Own
from portal.web.doors import elsewhere
from portal.web.passwords import matches
from portal.web.sign_in import FREE_OF_ADDRESS, address_of

Token = Annotated[str, Path(max_length=64)]
Code = Annotated[str, Form(max_length=64)]


def entering_doors(own: Own) -> None:
    """Add the page behind an applicant's link."""
    doors, pages = own.doors, own.pages
    reception = doors.reception

    @doors.open_to_all("GET", "/link/{token}")
    def ask(request: Request, token: Token) -> Response:
        return pages.show(request, "link.html", token=token, wrong=False)

    @doors.open_to_all("POST", "/link/{token}")
    def take(request: Request, token: Token, code: Code = "") -> Response:
        now, address = reception.now(), address_of(request)
        reception.attempts.begin("address", address, at=now, free=FREE_OF_ADDRESS)
        reception.attempts.begin("link", token, at=now)
        link, case_id = _spent(own, token, code)
        if link is None or case_id is None:
            reception.attempts.failed("link-refused", actor=None, at=now)
            return pages.show(request, "link.html", status=401, token=token, wrong=True)
        reception.attempts.succeeded("link", token)
        reception.attempts.succeeded("address", address)
        fresh = reception.sessions.start(
            link.actor,
            Stage.SIGNED_IN,
            at=now,
            case_id=case_id,
            instead_of=request.cookies.get(reception.interface.cookie),
        )
        return reception.let_in(elsewhere("/?said=entered"), fresh)


def _spent(own: Own, token: str, code: str) -> tuple[Link | None, CaseId | None]:
    """Use a link up and return it with its case, if the code is right; a link needs both."""
    reception = own.doors.reception
    links, now = reception.links, reception.now()
    try:
        phc = links.code_of(token, LinkPurpose.APPLICANT, at=now)
    except SignInRefusedError:
        phc = None
    if not matches("".join(one for one in code if one not in " -\u00a0"), phc):
        return None, None
    try:
        link = links.spend(token, LinkPurpose.APPLICANT, at=now)
    except SignInRefusedError:
        return None, None
    return link, link.case_id
