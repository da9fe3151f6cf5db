"""A link works once: its token is in the letter or mail alone, and only a digest is kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from models.ids import ActorId, CaseId
from models.signin import Link, LinkPurpose, SignInRefusedError
from storage.signin.database import SigninDatabase
from storage.signin.sessions import digest_of, new_token
from storage.tables.signin import ACCOUNTS, LINKS


class Links:
    """The links in one sign-in database."""

    def __init__(self, database: SigninDatabase) -> None:
        self._database = database

    def make(
        self,
        purpose: LinkPurpose,
        actor: ActorId,
        *,
        at: datetime,
        expires_at: datetime,
        account_id: str | None = None,
        case_id: CaseId | None = None,
        code: str | None = None,
    ) -> str:
        """Make a link and return its token; earlier ones of the account or case open nothing more.

        `code` is a PHC string of what is asked for besides.
        """
        token = new_token()
        with self._database.transaction(writes=True) as connection:
            if account_id is not None:
                # The letter that this one takes the place of may be in another's hands.
                others = (LINKS.c.account_id == account_id, LINKS.c.purpose == str(purpose))
                connection.execute(
                    update(LINKS).where(*others, LINKS.c.spent_at.is_(None)).values(spent_at=at)
                )
            if case_id is not None:
                of_case = (LINKS.c.case_id == case_id, LINKS.c.purpose == str(purpose))
                connection.execute(
                    update(LINKS).where(*of_case, LINKS.c.spent_at.is_(None)).values(spent_at=at)
                )
            connection.execute(
                insert(LINKS).values(
                    digest=digest_of(token),
                    purpose=str(purpose),
                    account_id=account_id,
                    actor=actor,
                    case_id=case_id,
                    code=code,
                    made_at=at,
                    expires_at=expires_at,
                )
            )
            self._database.note(connection, f"link-made:{purpose}", actor=actor, at=at)
        return token

    def find(self, token: str, purpose: LinkPurpose, *, at: datetime) -> Link:
        """Return a link; to look at it uses nothing up. Raises `SignInRefusedError`."""
        return _link(self._row(token, purpose, at))

    def code_of(self, token: str, purpose: LinkPurpose, *, at: datetime) -> str | None:
        """Return the PHC string of what a link asks for besides. Raises as `find` does."""
        code: str | None = self._row(token, purpose, at).code
        return code

    def spend(self, token: str, purpose: LinkPurpose, *, at: datetime) -> Link:
        """Use a link up and return it. Raises `SignInRefusedError` for the second who tries."""
        link = self.find(token, purpose, at=at)
        with self._database.transaction(writes=True) as connection:
            done = connection.execute(
                update(LINKS)
                .where(LINKS.c.digest == digest_of(token), LINKS.c.spent_at.is_(None))
                .values(spent_at=at)
            )
            if done.rowcount == 1:
                self._database.note(connection, f"link-used:{purpose}", actor=link.actor, at=at)
        if done.rowcount != 1:
            raise SignInRefusedError("the link was used")
        return link

    def _row(self, token: str, purpose: LinkPurpose, at: datetime) -> Row[Any]:
        query = select(LINKS).where(
            LINKS.c.digest == digest_of(token),
            LINKS.c.purpose == str(purpose),
            LINKS.c.spent_at.is_(None),
            LINKS.c.expires_at > at,
        )
        with self._database.transaction(writes=False) as connection:
            row = connection.execute(query).first()
            if row is not None and row.account_id is not None:
                shut = select(ACCOUNTS.c.disabled_at).where(ACCOUNTS.c.id == row.account_id)
                if connection.execute(shut).scalar() is not None:
                    row = None
        if row is None:
            raise SignInRefusedError("there is no such link")
        return row


def _link(row: Row[Any]) -> Link:
    return Link(
        purpose=LinkPurpose(row.purpose),
        account_id=row.account_id,
        actor=ActorId(row.actor),
        case_id=None if row.case_id is None else CaseId(row.case_id),
        expires_at=row.expires_at,
        needs_code=row.code is not None,
    )
