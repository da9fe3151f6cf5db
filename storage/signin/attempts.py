"""Failed attempts cost time: the more there were, the longer the next has to wait.

Counted by account and by address, both as keyed digests; a success sets the count back.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update

from models.ids import ActorId
from models.signin import TooManyAttemptsError
from storage.signin.database import SigninDatabase
from storage.tables.signin import ATTEMPTS

FREE: Final = 5
"""So many failures cost nothing."""
_FIRST: Final = timedelta(seconds=2)
_LONGEST: Final = timedelta(minutes=15)
_FORGOTTEN: Final = timedelta(days=1)


def wait_after(failures: int, free: int = FREE) -> timedelta:
    """Return how long to wait after so many failures: twice as long each time."""
    if failures < free:
        return timedelta(0)
    return min(_FIRST * (1 << min(failures - free, 16)), _LONGEST)


class Attempts:
    """The failed attempts in one sign-in database."""

    def __init__(self, database: SigninDatabase) -> None:
        self._database = database

    def begin(self, kind: str, whom: str, *, at: datetime, free: int = FREE) -> None:
        """Count an attempt as failed before it is looked at, so that many at once gain nothing.

        Raises `TooManyAttemptsError`, which counts nothing, while there is time to wait.
        """
        whose = self._database.pseudonym(kind, whom)
        with self._database.transaction(writes=True) as connection:
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.last_at <= at - _FORGOTTEN))
            row = connection.execute(select(ATTEMPTS).where(ATTEMPTS.c.whose == whose)).first()
            failures = 0 if row is None else int(row.failures)
            if row is not None:
                left = row.last_at + wait_after(failures, free) - at
                if left > timedelta(0):
                    raise TooManyAttemptsError(left)
                connection.execute(
                    update(ATTEMPTS)
                    .where(ATTEMPTS.c.whose == whose)
                    .values(failures=failures + 1, last_at=at)
                )
            else:
                connection.execute(insert(ATTEMPTS).values(whose=whose, failures=1, last_at=at))

    def succeeded(self, kind: str, whom: str) -> None:
        """Forget the failures."""
        whose = self._database.pseudonym(kind, whom)
        with self._database.transaction(writes=True) as connection:
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.whose == whose))

    def proof(self, kind: str, whom: str) -> str:
        """Return what only this application can say of somebody: a keyed digest."""
        return self._database.pseudonym(f"proof/{kind}", whom)

    def failed(self, what: str, *, actor: ActorId | None, at: datetime) -> None:
        """Write down that an attempt failed."""
        with self._database.transaction(writes=True) as connection:
            self._database.note(connection, what, actor=actor, at=at)
