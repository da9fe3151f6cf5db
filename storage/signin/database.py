"""Each application has its own sign-in database and key: a session of one opens no other.

It is no part of the home's databases: it holds nobody's case, and no key that opens one.
"""

import hmac
import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.engine import URL

from models.errors import HomeError
from models.ids import ActorId, new_id
from storage.atomic import owned, sync_directory
from storage.engine import Journal, sqlite_engine, transaction
from storage.envelope import SealingKey, seal, unseal
from storage.faults import disk
from storage.home import Home
from storage.migrate import SIGNIN, check, upgrade
from storage.postgresql import postgresql_engine
from storage.shape import code
from storage.tables.signin import EVENTS

DATABASE: Final = "signin.db"
KEY: Final = "signin.key"


@dataclass(frozen=True, slots=True)
class SigninEvent:
    """What happened at the door, and to whom; nobody, if nobody was recognised."""

    at: datetime
    actor: ActorId | None
    what: str


class SigninDatabase:
    """Accounts, sessions and links of one application."""

    def __init__(self, engine: Engine, secret: bytes, part: str) -> None:
        self._engine = engine
        self._key = SealingKey.of(secret, f"walloff/signin/{part}")
        self._names = SealingKey.of(secret, f"walloff/signin/{part}/names")
        self.part = part

    @classmethod
    def open(cls, folder: Path, home: Home, part: str, url: URL | None = None) -> "SigninDatabase":
        """Open an application's database, and make it and its key if there is neither.

        Raises `HomeError` if one is there without the other, is another application's or home's,
        or can be read by others.
        """
        with disk("the folder cannot be made"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file, key = folder / DATABASE, folder / KEY
        if url is None and file.exists() != key.exists():
            raise HomeError("signin.db and signin.key belong together: one is missing")
        if not key.exists():
            with disk("the key cannot be written"):
                with owned(key) as stream:
                    stream.write(os.urandom(32))
                    stream.flush()
                    os.fsync(stream.fileno())
                if url is None:
                    owned(file).close()
                sync_directory(folder)
        engine = sqlite_engine(file, journal=Journal.WAL) if url is None else postgresql_engine(url)
        upgrade(engine, SIGNIN, home_id=home.id, mode=str(home.mode), part=part)
        check(engine, SIGNIN, home_id=home.id, mode=str(home.mode), part=part)
        return cls(engine, _secret(key), part)

    def transaction(self, *, writes: bool) -> AbstractContextManager[Connection]:
        """Open a transaction; it commits at the end and rolls back on any error."""
        return transaction(self._engine, SIGNIN, writes=writes)

    def sealed(self, secret: bytes, *place: str) -> bytes:
        """Return a secret sealed for one row."""
        return seal(self._key, secret, (self.part, *place))

    def opened(self, sealed: bytes, *place: str) -> bytes:
        """Return what was sealed for one row. Raises `SealBrokenError`."""
        return unseal(self._key, sealed, (self.part, *place))

    def pseudonym(self, kind: str, text: str) -> str:
        """Return a keyed digest: who tried what must not be read from the database."""
        return hmac.digest(self._names.secret, f"{kind}\0{text}".encode(), "sha256").hex()

    def note(
        self, connection: Connection, what: str, *, actor: ActorId | None, at: datetime
    ) -> None:
        """Write down what happened, in the transaction in which it happens."""
        said = None if actor is None else code(actor, "the actor")
        connection.execute(
            insert(EVENTS).values(id=new_id(), at=at, actor=said, what=code(what, "what happened"))
        )

    def events(self, limit: int = 500) -> list[SigninEvent]:
        """Return what happened, newest first."""
        query = select(EVENTS).order_by(EVENTS.c.at.desc(), EVENTS.c.id).limit(limit)
        with self.transaction(writes=False) as connection:
            return [
                SigninEvent(row.at, None if row.actor is None else ActorId(row.actor), row.what)
                for row in connection.execute(query)
            ]

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _secret(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise HomeError("signin.key can be read by others: it must have mode 0600")
        secret = path.read_bytes()
    except OSError as error:
        raise HomeError("signin.key cannot be read") from error
    if len(secret) != 32:
        raise HomeError("signin.key is damaged")
    return secret
