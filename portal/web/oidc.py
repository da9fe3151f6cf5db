"""The way in by an identity provider: whom it knows is let in as the account they are tied to.

The provider says who somebody is, and never what they may do; it makes no account. It sends a
browser back from its own site, which carries no session of ours along: so the answer is a page of
ours that leads on, and from there the session goes with the browser as ever.
"""

import logging
from collections.abc import Set
from datetime import datetime
from typing import Annotated, Final

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from models.errors import RecordNotFoundError
from models.signin import Account, SignInRefusedError, Stage
from portal.web.doors import LONGEST_WAY, ClosedError, Doors, own_path, with_way_back
from portal.web.known_browsers import remember
from portal.web.oidc_provider import Provider, ProviderDownError
from portal.web.oidc_tokens import Known
from portal.web.pages import Pages
from portal.web.sign_in import CODE, FREE_OF_ADDRESS, address_of
from portal.web.visitors import Reception
from storage.signin.round_trips import WITHIN, RoundTrip

log = logging.getLogger(__name__)

BEGIN: Final = "/oidc"
BACK: Final = "/oidc/back"
"""Where the provider sends a browser back to; it has to know this address."""

Way = Annotated[str, Query(max_length=LONGEST_WAY)]
Text = Annotated[str, Query(max_length=4096)]


def oidc_doors(reception: Reception, pages: Pages, origins: Set[str]) -> Doors:
    """Return the doors to an identity provider and back; without one there is nothing behind."""
    doors = Doors(reception)
    hosts = {origin.partition("://")[2]: origin for origin in origins}

    def address(request: Request) -> str:
        # Nothing comes this far whose host is not one of ours.
        return f"{hosts[request.headers['host'].lower()]}{BACK}"

    def failed(request: Request, trip_to: str, status: int) -> Response:
        shown = pages.show(
            request,
            "sign_in.html",
            status=status,
            next=trip_to,
            wrong=False,
            provider=True,
            away="down" if status == 503 else "refused",
        )
        return _without_trip(reception, shown)

    @doors.open_to_all("GET", BEGIN)
    def begin(request: Request, next: Way = "/") -> Response:  # noqa: A002
        provider, to, now = _provider(reception), own_path(next), reception.now()
        if request.state.visitor is not None:
            return RedirectResponse(to, status_code=303)
        trip, carried = reception.trips.begin(to, at=now)
        try:
            there = provider.address_for(trip, address(request), at=now)
        except ProviderDownError:
            log.warning("identity provider down")
            return failed(request, to, 503)
        answer = RedirectResponse(there, status_code=303)
        answer.set_cookie(
            _cookie(reception),
            carried,
            max_age=int(WITHIN.total_seconds()),
            path="/",
            secure=True,
            httponly=True,
            # Not strict: it comes back from the provider's site.
            samesite="lax",
        )
        return answer

    @doors.open_to_all("GET", BACK)
    def back(
        request: Request, code: Text = "", state: Text = "", iss: Text | None = None
    ) -> Response:
        provider, to, now = _provider(reception), "/", reception.now()
        whence = address_of(request)
        try:
            # Every code is a question to the provider: whoever sends many has to wait. Counted
            # apart, so that a provider that is down keeps nobody from signing in by password.
            reception.attempts.begin("provider", whence, at=now, free=FREE_OF_ADDRESS)
            carried = request.cookies.get(_cookie(reception), "")
            trip = reception.trips.end(carried, state, at=now)
            to = trip.to
            known = _known(provider, code, iss, trip, address(request), now)
            account = _account(reception, known)
        except ProviderDownError:
            log.warning("identity provider down")
            return failed(request, to, 503)
        except SignInRefusedError:
            reception.attempts.failed("identity-refused", actor=None, at=now)
            return failed(request, to, 401)
        reception.attempts.succeeded("provider", whence)
        token = reception.sessions.start(
            account.actor,
            Stage.SIGNED_IN if known.second_factor else Stage.PASSWORD,
            at=now,
            account_id=account.id,
            instead_of=request.cookies.get(reception.interface.cookie),
        )
        onward = to if known.second_factor else with_way_back(CODE, to)
        answer: Response = pages.show(request, "onward.html", to=onward)
        if known.second_factor:
            remember(reception, request, answer, account.name)
        return reception.let_in(_without_trip(reception, answer), token)

    return doors


def _provider(reception: Reception) -> Provider:
    if reception.provider is None:
        raise ClosedError
    return reception.provider


def _known(
    provider: Provider, code: str, issuer: str | None, trip: RoundTrip, address: str, at: datetime
) -> Known:
    """Return whom the provider knows. Raises `SignInRefusedError`, `ProviderDownError`."""
    if not code or (issuer is not None and issuer != provider.registration.issuer):
        raise SignInRefusedError("the provider let nobody in, or another provider did")
    return provider.known(code, trip, address, at=at)


def _account(reception: Reception, known: Known) -> Account:
    """Return the account that somebody is tied to, if it opens anything.

    Raises `SignInRefusedError`, the same for whom nobody tied and for whom somebody shut out.
    """
    refused = SignInRefusedError("no account is tied to this identity")
    try:
        account = reception.accounts.known_as(known.identity)
    except RecordNotFoundError:
        raise refused from None
    if account.disabled or not (known.second_factor or account.has_totp):
        raise refused
    return account


def _cookie(reception: Reception) -> str:
    return f"{reception.interface.cookie}-oidc"


def _without_trip(reception: Reception, answer: Response) -> Response:
    answer.delete_cookie(_cookie(reception), path="/", secure=True, httponly=True, samesite="lax")
    return answer
