"""An application: its pages behind their doors, in the same walls as every other one's."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.types import ASGIApp

from portal.web.answers import NoTraceback, answer_errors
from portal.web.assets import ROUTE
from portal.web.bodies import BodyLimit
from portal.web.doors import Door, Doors
from portal.web.headers import SecurityHeaders
from portal.web.oidc import oidc_doors
from portal.web.origin import OwnOriginOnly
from portal.web.pages import Pages
from portal.web.passkeys import PasskeyDesk, passkey_doors
from portal.web.patience import BodyInTime
from portal.web.sign_in import sign_in_doors
from portal.web.visitors import Reception


@dataclass(frozen=True, slots=True)
class Application:
    """What a server serves, and the doors in it."""

    asgi: ASGIApp
    doors: tuple[Door, ...]
    api: FastAPI
    reception: Reception


def application(
    pages: Pages,
    reception: Reception,
    doors: Iterable[Doors],
    *,
    origins: Set[str],
    uploads: int = 0,
) -> Application:
    """Put an application together; `uploads` is the size in bytes that a file may have."""
    api = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        title=pages.interface.title,
        # An answer of its own would tell which pages there are before a door is asked.
        redirect_slashes=False,
    )
    desk = PasskeyDesk(reception, origins)
    ways_in = [sign_in_doors(reception, pages, desk), oidc_doors(reception, pages, origins)]
    every = [*ways_in, passkey_doors(desk, pages), *doors]
    for one in every:
        api.include_router(one.router)
    api.router.routes.append(ROUTE)
    answer_errors(api, pages, reception)
    limited = BodyLimit(api, uploads=uploads, admits=reception.visitor)
    inner: ASGIApp = BodyInTime(limited)
    inner = OwnOriginOnly(inner, origins)
    asgi = SecurityHeaders(NoTraceback(inner))
    return Application(asgi, tuple(door for one in every for door in one.all), api, reception)
