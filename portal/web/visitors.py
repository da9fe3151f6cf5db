"""Who asks: a visitor is found by the application's cookie, at every request anew."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from models.errors import PersonNotFoundError
from models.ids import ActorId, CaseId
from models.people import Role
from models.signin import LONGEST, Session, Stage
from portal.web.interfaces import Interface
from portal.web.oidc_provider import Provider
from storage.signin.accounts import Accounts
from storage.signin.attempts import Attempts
from storage.signin.database import SigninDatabase
from storage.signin.links import Links
from storage.signin.passkeys import Passkeys
from storage.signin.round_trips import RoundTrips
from storage.signin.sessions import Sessions

RolesOf = Callable[[ActorId], Set[Role]]
"""Returns the roles that somebody has now; raises `PersonNotFoundError` for whom nobody knows."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, with the roles that they have at this moment."""

    actor: ActorId
    name: str
    roles: frozenset[Role]
    session: Session
    token: str

    @property
    def case_id(self) -> CaseId | None:
        """The one case that a link opened."""
        return self.session.case_id


class Reception:
    """The sign-in database of one application, and who is known behind its names."""

    def __init__(
        self,
        interface: Interface,
        database: SigninDatabase,
        *,
        roles_of: RolesOf,
        clock: Callable[[], datetime],
    ) -> None:
        self.interface: Final = interface
        self.accounts: Final = Accounts(database)
        self.sessions: Final = Sessions(database)
        self.links: Final = Links(database)
        self.passkeys: Final = Passkeys(database)
        self.attempts: Final = Attempts(database)
        self.trips: Final = RoundTrips(database)
        self.provider: Provider | None = None
        """The identity provider, where the operator named one."""
        self.roles_of = roles_of
        self.now: Final = clock

    def visitor(self, request: Request) -> Visitor | None:
        """Return who asks, or None for somebody who is not, or not wholly, signed in.

        An account that stands for nobody, or for somebody without a role here, opens nothing.
        """
        token = request.cookies.get(self.interface.cookie)
        session = None if token is None else self.sessions.find(token, at=self.now())
        if token is None or session is None or session.stage is not Stage.SIGNED_IN:
            return None
        roles = self.roles(session.actor)
        if not roles:
            return None
        return Visitor(session.actor, self._name(session), roles, session, token)

    def half_signed_in(self, request: Request) -> tuple[str, Session] | None:
        """Return the session of somebody whose second factor is still asked for."""
        token = request.cookies.get(self.interface.cookie)
        session = None if token is None else self.sessions.find(token, at=self.now())
        if token is None or session is None or session.stage is not Stage.PASSWORD:
            return None
        return token, session

    def roles(self, actor: ActorId) -> frozenset[Role]:
        """Return the roles that somebody has in this application."""
        try:
            return frozenset(self.roles_of(actor)) & self.interface.roles
        except PersonNotFoundError:
            return frozenset()

    def let_in(self, response: Response, token: str) -> Response:
        """Give the browser its token: for this origin alone, out of every script's reach."""
        response.set_cookie(
            self.interface.cookie,
            token,
            max_age=int(LONGEST.total_seconds()),
            path="/",
            secure=True,
            httponly=True,
            samesite="strict",
        )
        return response

    def see_off(self, response: Response) -> Response:
        """Take the token away."""
        response.delete_cookie(
            self.interface.cookie, path="/", secure=True, httponly=True, samesite="strict"
        )
        return response

    def _name(self, session: Session) -> str:
        if session.account_id is None:
            return ""
        return self.accounts.get(session.account_id).name
