"""A page has a door that says who may open it; a page without one cannot be made.

Whoever is not signed in is sent to sign in, whatever they ask for. Whoever is, and may not, gets
the answer that they would get for what does not exist.
"""

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from models.people import Role
from portal.web.visitors import Reception, Visitor

SIGN_IN: Final = "/sign-in"
STEP_UP: Final = "/step-up"
LONGEST_WAY: Final = 1024
"""Characters of a way back; a longer one is not remembered."""


class NotSignedInError(Exception):
    """Nobody is signed in; the answer is the way to the door."""


class ClosedError(Exception):
    """Not for this visitor, or not there at all: nobody learns which."""


class StepUpNeededError(Exception):
    """A second factor must be shown anew first."""


@dataclass(frozen=True, slots=True)
class Door:
    """One page's method, path, and whoever may open it; None for everybody."""

    method: str
    path: str
    roles: frozenset[Role] | None
    step_up: bool


class Doors:
    """The doors of one application, with what is behind each."""

    def __init__(self, reception: Reception) -> None:
        self.reception: Final = reception
        self.router: Final = APIRouter()
        self.all: Final[list[Door]] = []

    def reads(
        self, path: str, *, to: Set[Role] | None = None, step_up: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Add what shows something to these roles, or to all that the application has."""
        return self._door("GET", path, self._roles(to), step_up=step_up)

    def writes(
        self, path: str, *, to: Set[Role] | None = None, step_up: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Add what changes something for these roles, or for all that the application has."""
        return self._door("POST", path, self._roles(to), step_up=step_up)

    def open_to_all(
        self, method: str, path: str
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Add what nobody has to be signed in for: the way to the door itself."""
        return self._door(method, path, None, step_up=False)

    def _roles(self, to: Set[Role] | None) -> frozenset[Role]:
        every = self.reception.interface.roles
        roles = every if to is None else frozenset(to)
        if not roles or not roles <= every:
            raise ValueError("a door is for some of its application's roles")
        return roles

    def _door(
        self, method: str, path: str, roles: frozenset[Role] | None, *, step_up: bool
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        door = Door(method, path, roles, step_up)
        if any((one.method, one.path) == (method, path) for one in self.all):
            raise ValueError("the page has a door already")

        def guard(request: Request) -> None:
            visitor = self.reception.visitor(request)
            request.state.visitor = visitor
            if roles is None:
                return
            if visitor is None:
                raise NotSignedInError
            if not roles & visitor.roles:
                raise ClosedError
            if step_up and not visitor.session.is_stepped_up(self.reception.now()):
                raise StepUpNeededError

        def added(endpoint: Callable[..., Any]) -> Callable[..., Any]:
            self.router.add_api_route(
                path,
                endpoint,
                methods=[method],
                dependencies=[Depends(guard)],
                response_class=Response,
                response_model=None,
            )
            self.all.append(door)
            return endpoint

        return added


def visitor_of(request: Request) -> Visitor:
    """Return who opened the door. Raises `NotSignedInError` behind a door that is open to all."""
    visitor: Visitor | None = request.state.visitor
    if visitor is None:
        raise NotSignedInError
    return visitor


def elsewhere(path: str) -> RedirectResponse:
    """Send a browser to another of our own pages, to read it."""
    return RedirectResponse(path, status_code=303)


def way_back(request: Request) -> str:
    """Return the query that leads back to what was asked for, where it was only to be read."""
    if request.method != "GET" or request.url.path == "/":
        return ""
    asked = quote(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
    return with_way_back("", asked)


def with_way_back(path: str, to: str) -> str:
    """Return the path of a page that leads on to another of our own."""
    return f"{path}?next={quote(own_path(to), safe='')}"


def own_path(text: str) -> str:
    """Return a path of our own origin, or the first page for anything else."""
    good = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if good and "\\" not in text and len(text) <= LONGEST_WAY else "/"
