"""The way in: name and password, then a one-time code; and the way out.

What is wrong about a name, password or code is not said, and takes as long as what is right.
"""

from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Annotated, Final

from fastapi import Form, Request
from starlette.responses import Response

from models.errors import RecordNotFoundError
from models.signin import Account, Stage
from portal.web.doors import (
    LONGEST_WAY,
    SIGN_IN,
    STEP_UP,
    Doors,
    elsewhere,
    own_path,
    visitor_of,
    with_way_back,
)
from portal.web.enrolment import enrolment_doors
from portal.web.known_browsers import known_browser, remember
from portal.web.one_time_codes import accept
from portal.web.pages import Pages
from portal.web.passwords import LONGEST, matches
from portal.web.visitors import Reception
from storage.shape import is_code

CODE: Final = "/sign-in/code"
FREE_OF_ADDRESS: Final = 40
"""An office shares an address: so many failures of its people together cost nothing."""
_NAME: Final = 128

Text = Annotated[str, Form(max_length=LONGEST_WAY)]
Name = Annotated[str, Form(max_length=_NAME)]
Password = Annotated[str, Form(max_length=LONGEST)]
Code = Annotated[str, Form(max_length=16)]


def sign_in_doors(reception: Reception, pages: Pages) -> Doors:
    """Return the doors that lead in and out; all but the step-up are open to everybody."""
    doors = Doors(reception)

    @doors.open_to_all("GET", SIGN_IN)
    def ask_password(request: Request) -> Response:
        if request.state.visitor is not None:
            return elsewhere(own_path(request.query_params.get("next", "/")))
        return pages.show(request, "sign_in.html", next=_next(request), wrong=False)

    @doors.open_to_all("POST", SIGN_IN)
    def take_password(
        request: Request,
        name: Name = "",
        password: Password = "",
        next: Text = "/",  # noqa: A002
    ) -> Response:
        now = reception.now()
        browser = known_browser(reception, request, name)
        if browser is None:
            reception.attempts.begin("address", address_of(request), at=now, free=FREE_OF_ADDRESS)
            reception.attempts.begin("name", name.lower(), at=now)
        else:
            reception.attempts.begin("browser", browser, at=now)
        account = _known(reception, name)
        phc = None if account is None else reception.accounts.password_of(account.id)
        right = matches(password, phc)
        if not right or account is None or account.disabled or not account.has_totp:
            actor = None if account is None else account.actor
            reception.attempts.failed("password-refused", actor=actor, at=now)
            where = own_path(next)
            return pages.show(request, "sign_in.html", status=401, next=where, wrong=True)
        token = reception.sessions.start(
            account.actor,
            Stage.PASSWORD,
            at=now,
            account_id=account.id,
            instead_of=request.cookies.get(reception.interface.cookie),
        )
        return reception.let_in(elsewhere(with_way_back(CODE, next)), token)

    @doors.open_to_all("GET", CODE)
    def ask_code(request: Request) -> Response:
        if reception.half_signed_in(request) is None:
            return elsewhere(SIGN_IN)
        return pages.show(request, "code.html", next=_next(request), action=CODE, wrong=False)

    @doors.open_to_all("POST", CODE)
    def take_code(
        request: Request,
        code: Code = "",
        next: Text = "/",  # noqa: A002
    ) -> Response:
        half, now = reception.half_signed_in(request), reception.now()
        if half is None or half[1].account_id is None:
            return elsewhere(SIGN_IN)
        token, session = half
        account = reception.accounts.get(half[1].account_id)
        if not _accepted(reception, account, code, now):
            where = own_path(next)
            return pages.show(request, "code.html", status=401, next=where, action=CODE, wrong=True)
        browser = known_browser(reception, request, account.name)
        if browser is None:
            reception.attempts.succeeded("name", account.name)
            reception.attempts.succeeded("address", address_of(request))
        else:
            reception.attempts.succeeded("browser", browser)
        fresh = reception.sessions.start(
            session.actor,
            Stage.SIGNED_IN,
            at=now,
            account_id=account.id,
            instead_of=token,
        )
        inside = reception.let_in(elsewhere(own_path(next)), fresh)
        return remember(reception, request, inside, account.name)

    @doors.open_to_all("POST", "/sign-out")
    def sign_out(request: Request) -> Response:
        token = request.cookies.get(reception.interface.cookie)
        if token is not None:
            reception.sessions.end(token, at=reception.now())
        return reception.see_off(elsewhere(SIGN_IN))

    @doors.reads(STEP_UP)
    def ask_again(request: Request) -> Response:
        return pages.show(request, "code.html", next=_next(request), action=STEP_UP, wrong=False)

    @doors.writes(STEP_UP)
    def take_again(
        request: Request,
        code: Code = "",
        next: Text = "/",  # noqa: A002
    ) -> Response:
        visitor, now, where = visitor_of(request), reception.now(), own_path(next)
        account_id = visitor.session.account_id
        if account_id is None or not _accepted(
            reception, reception.accounts.get(account_id), code, now
        ):
            return pages.show(
                request, "code.html", status=401, next=where, action=STEP_UP, wrong=True
            )
        return reception.let_in(elsewhere(where), reception.sessions.step_up(visitor.token, at=now))

    enrolment_doors(doors, pages)
    return doors


def address_of(request: Request) -> str:
    """Return the network that somebody's attempts are counted by: of IPv6 its first 64 bits."""
    host = "" if request.client is None else request.client.host
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64 if address.version == 6 else 32), strict=False))


def _accepted(reception: Reception, account: Account, code: str, now: datetime) -> bool:
    """Say whether a code is right; a wrong one is counted against the account."""
    reception.attempts.begin("code", account.id, at=now)
    if not accept(reception.accounts, account.id, code, at=now):
        reception.attempts.failed("code-refused", actor=account.actor, at=now)
        return False
    reception.attempts.succeeded("code", account.id)
    return True


def _known(reception: Reception, name: str) -> Account | None:
    if not is_code(name):
        return None
    try:
        return reception.accounts.named(name)
    except RecordNotFoundError:
        return None


def _next(request: Request) -> str:
    return own_path(request.query_params.get("next", "/"))
