"""The way in: name and password, then a one-time code or a passkey; and the way out.

What is wrong about a name, password or code is not said, and takes as long as what is right.
"""

from ipaddress import ip_address, ip_network
from typing import Annotated, Final

from fastapi import Form, Request
from starlette.responses import Response

from models.errors import RecordNotFoundError
from models.signin import Account, Session, Stage
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
from portal.web.passkeys import PasskeyDesk, Signed
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


def sign_in_doors(reception: Reception, pages: Pages, desk: PasskeyDesk) -> Doors:
    """Return the doors that lead in and out; all but the step-up are open to everybody."""
    doors = Doors(reception)

    def asked(
        request: Request,
        token: str,
        account_id: str | None,
        where: str,
        *,
        step_up: bool,
        wrong: bool,
    ) -> Response:
        return pages.show(
            request,
            "code.html",
            status=401 if wrong else 200,
            next=where,
            action=STEP_UP if step_up else CODE,
            wrong=wrong,
            passkey=desk.asks(request, token, account_id),
        )

    def inside(
        request: Request, token: str, session: Session, account: Account, to: str
    ) -> Response:
        now, browser = reception.now(), known_browser(reception, request, account.name)
        if browser is None:
            reception.attempts.succeeded("name", account.name)
            reception.attempts.succeeded("address", address_of(request))
        else:
            reception.attempts.succeeded("browser", browser)
        fresh = reception.sessions.start(
            session.actor, Stage.SIGNED_IN, at=now, account_id=account.id, instead_of=token
        )
        answer = reception.let_in(elsewhere(own_path(to)), fresh)
        return remember(reception, request, answer, account.name)

    def provided() -> bool:
        return reception.provider is not None

    @doors.open_to_all("GET", SIGN_IN)
    def ask_password(request: Request) -> Response:
        if request.state.visitor is not None:
            return elsewhere(own_path(request.query_params.get("next", "/")))
        return pages.show(
            request, "sign_in.html", next=_next(request), wrong=False, provider=provided()
        )

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
            return pages.show(
                request, "sign_in.html", status=401, next=where, wrong=True, provider=provided()
            )
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
        half = reception.half_signed_in(request)
        if half is None:
            return elsewhere(SIGN_IN)
        token, session = half
        return asked(request, token, session.account_id, _next(request), step_up=False, wrong=False)

    @doors.open_to_all("POST", CODE)
    def take_code(
        request: Request,
        code: Code = "",
        passkey: Signed = "",
        next: Text = "/",  # noqa: A002
    ) -> Response:
        half = reception.half_signed_in(request)
        if half is None or half[1].account_id is None:
            return elsewhere(SIGN_IN)
        token, session = half
        account = reception.accounts.get(half[1].account_id)
        if not _accepted(reception, desk, request, token, account, code, passkey):
            return asked(request, token, account.id, own_path(next), step_up=False, wrong=True)
        return inside(request, token, session, account, next)

    @doors.open_to_all("POST", "/sign-out")
    def sign_out(request: Request) -> Response:
        token = request.cookies.get(reception.interface.cookie)
        if token is not None:
            reception.sessions.end(token, at=reception.now())
        return reception.see_off(elsewhere(SIGN_IN))

    @doors.reads(STEP_UP)
    def ask_again(request: Request) -> Response:
        visitor = visitor_of(request)
        where, account_id = _next(request), visitor.session.account_id
        return asked(request, visitor.token, account_id, where, step_up=True, wrong=False)

    @doors.writes(STEP_UP)
    def take_again(
        request: Request,
        code: Code = "",
        passkey: Signed = "",
        next: Text = "/",  # noqa: A002
    ) -> Response:
        visitor, where = visitor_of(request), own_path(next)
        account_id = visitor.session.account_id
        account = None if account_id is None else reception.accounts.get(account_id)
        if account is None or not _accepted(
            reception, desk, request, visitor.token, account, code, passkey
        ):
            return asked(request, visitor.token, account_id, where, step_up=True, wrong=True)
        fresh = reception.sessions.step_up(visitor.token, at=reception.now())
        return reception.let_in(elsewhere(where), fresh)

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


def _accepted(
    reception: Reception,
    desk: PasskeyDesk,
    request: Request,
    token: str,
    account: Account,
    code: str,
    passkey: str,
) -> bool:
    """Say whether a code or a passkey is right; a wrong one is counted against the account."""
    now = reception.now()
    reception.attempts.begin("code", account.id, at=now)
    if passkey:
        right = desk.accepts(request, token, account.id, passkey)
    else:
        right = accept(reception.accounts, account.id, code, at=now)
    if not right:
        what = "passkey-refused" if passkey else "code-refused"
        reception.attempts.failed(what, actor=account.actor, at=now)
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
