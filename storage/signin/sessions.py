"""A session is a row on the server; the browser has a random token, and the row its digest."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from models.ids import ActorId, CaseId
from models.signin import IDLE, LONGEST, Session, SignInRefusedError, Stage
from storage.signin.database import SigninDatabase
from storage.tables.signin import ACCOUNTS, SESSIONS

_TOUCH: Final = timedelta(seconds=30)
"""A session is written to no more often: a page has several requests."""


def digest_of(token: str) -> str:
    """Return what is kept of a token. It is random, so that a plain digest tells nothing of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """Return a token of 256 random bits."""
    return secrets.token_urlsafe(32)


class Sessions:
    """The sessions in one sign-in database."""

    def __init__(self, database: SigninDatabase) -> None:
        self._database = database

    def start(
        self,
        actor: ActorId,
        stage: Stage,
        *,
        at: datetime,
        account_id: str | None = None,
        case_id: CaseId | None = None,
        instead_of: str | None = None,
    ) -> str:
        """Begin a session and return its token; the one that it takes the place of is over.

        Being signed in counts as having shown a second factor.
        """
        token, signed_in = new_token(), stage is Stage.SIGNED_IN
        with self._database.transaction(writes=True) as connection:
            self._sweep(connection, at)
            if instead_of is not None:
                connection.execute(delete(SESSIONS).where(_is(instead_of)))
            connection.execute(
                insert(SESSIONS).values(
                    digest=digest_of(token),
                    account_id=account_id,
                    actor=actor,
                    case_id=case_id,
                    stage=str(stage),
                    started_at=at,
                    seen_at=at,
                    stepped_up_at=at if signed_in else None,
                )
            )
            if signed_in:
                self._database.note(connection, "signed-in", actor=actor, at=at)
        return token

    def find(self, token: str, *, at: datetime) -> Session | None:
        """Return a session that is not over, and note that it is in use."""
        with self._database.transaction(writes=False) as connection:
            row = self._live(connection, token, at)
        if row is None:
            return None
        if at - row.seen_at >= _TOUCH:
            with self._database.transaction(writes=True) as connection:
                connection.execute(update(SESSIONS).where(_is(token)).values(seen_at=at))
        return _session(row)

    def step_up(self, token: str, *, at: datetime) -> str:
        """Note that a second factor was shown anew; return the token that is valid from now on.

        Raises `SignInRefusedError` if the session is over.
        """
        fresh = new_token()
        with self._database.transaction(writes=True) as connection:
            row = self._live(connection, token, at)
            if row is None:
                raise SignInRefusedError("the session is over")
            connection.execute(
                update(SESSIONS)
                .where(_is(token))
                .values(digest=digest_of(fresh), stepped_up_at=at, seen_at=at, challenge=None)
            )
            self._database.note(connection, "stepped-up", actor=ActorId(row.actor), at=at)
        return fresh

    def challenge(self, token: str, challenge: bytes) -> None:
        """Keep what a passkey is to sign for this session."""
        with self._database.transaction(writes=True) as connection:
            connection.execute(update(SESSIONS).where(_is(token)).values(challenge=challenge))

    def take_challenge(self, token: str) -> bytes | None:
        """Return what a passkey was to sign; it counts once."""
        with self._database.transaction(writes=True) as connection:
            found = connection.execute(select(SESSIONS.c.challenge).where(_is(token))).scalar()
            connection.execute(update(SESSIONS).where(_is(token)).values(challenge=None))
        return found

    def end(self, token: str, *, at: datetime) -> None:
        """End a session. Without effect if it is over."""
        with self._database.transaction(writes=True) as connection:
            row = self._live(connection, token, at)
            connection.execute(delete(SESSIONS).where(_is(token)))
            if row is not None:
                self._database.note(connection, "signed-out", actor=ActorId(row.actor), at=at)

    def _live(self, connection: Connection, token: str, at: datetime) -> Row[Any] | None:
        row = connection.execute(select(SESSIONS).where(_is(token))).first()
        if row is None or at - row.seen_at >= IDLE or at - row.started_at >= LONGEST:
            return None
        if row.account_id is not None:
            query = select(ACCOUNTS.c.disabled_at).where(ACCOUNTS.c.id == row.account_id)
            if connection.execute(query).scalar() is not None:
                return None
        return row

    def _sweep(self, connection: Connection, at: datetime) -> None:
        over = (SESSIONS.c.seen_at <= at - IDLE) | (SESSIONS.c.started_at <= at - LONGEST)
        connection.execute(delete(SESSIONS).where(over))


def _is(token: str) -> Any:
    return SESSIONS.c.digest == digest_of(token)


def _session(row: Row[Any]) -> Session:
    return Session(
        account_id=row.account_id,
        actor=ActorId(row.actor),
        case_id=None if row.case_id is None else CaseId(row.case_id),
        stage=Stage(row.stage),
        started_at=row.started_at,
        stepped_up_at=row.stepped_up_at,
    )
