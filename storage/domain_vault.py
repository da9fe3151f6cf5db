"""One domain's side of a home: its own database, which its key alone opens.

What every interface has: copies of its domain's lockboxes, the people who may look, and the looks,
each written down before a byte is served, until the inside has taken them into the audit log.
This module and what it imports know no raw store.
"""

import hmac
import threading
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import Connection, Engine, Table, delete, insert, select, update

from models.errors import HomeError, NotPermittedError
from models.ids import ActorId, CaseId, new_id
from storage.domain import Domain
from storage.engine import transaction
from storage.envelope import Context, seal, unseal
from storage.home import Home
from storage.interface_keys import publish_key_file
from storage.keyring import KeyRing
from storage.migrate import Database, check
from storage.shape import code
from storage.tables import keys
from storage.tables.interfaces import Standing

VIEWED: Final = "viewed"
"""The code of an access that was allowed."""
RECEIVED: Final = "received:"
"""Begins the code of a receipt: for which thing, and its digest, follow."""


@dataclass(frozen=True, slots=True)
class Access:
    """One look, or one refused."""

    id: str
    case_id: CaseId
    actor: ActorId
    code: str
    at: datetime


class DomainVault:
    """One domain's side of a home. The key ring needs that domain and no other."""

    domain: ClassVar[Domain]
    standing: ClassVar[Standing]

    def __init__(self, home: Home, key_ring: KeyRing, engine: Engine | None = None) -> None:
        self._home = home
        self._key_ring = key_ring
        self._busy = threading.local()
        self._engine = engine or home.engine(self.database())
        try:
            check(self._engine, self.database(), home_id=home.id, mode=str(home.mode))
        except HomeError:
            self._engine.dispose()
            raise

    @classmethod
    def database(cls) -> Database:
        """Return which database this is."""
        return Database(cls.domain)

    @property
    def key_ring(self) -> KeyRing:
        """What this process may open."""
        return self._key_ring

    def require_viewer(self, case_id: CaseId, *, actor: ActorId, at: datetime) -> None:
        """Write down that somebody looks, before they see anything.

        Raises `NotPermittedError`, which is written down too, for anybody whom the inside did
        not name as a viewer of the case.
        """
        viewers, refused = self.standing.viewers, NotPermittedError.code
        with self._connection(writes=True) as connection:
            query = select(viewers.c.actor).where(
                viewers.c.case_id == case_id, viewers.c.actor == actor
            )
            allowed = connection.execute(query).first() is not None
            self._note(connection, case_id, actor, VIEWED if allowed else refused, at)
        if not allowed:
            raise NotPermittedError("nothing is there for this person")

    def require_named(self, case_id: CaseId, *, actor: ActorId, at: datetime) -> None:
        """Raise `NotPermittedError`, once that is written down, unless somebody may look.

        Unlike `require_viewer` it writes down no look: what follows shows nothing of a case.
        """
        if actor not in self.viewers_of(case_id):
            self.state(case_id, NotPermittedError.code, actor=actor, at=at)
            raise NotPermittedError("nothing is there for this person")

    def state(self, case_id: CaseId, said: str, *, actor: ActorId, at: datetime) -> None:
        """Write down a code that somebody who looked states to the inside, for it to take up."""
        with self._connection(writes=True) as connection:
            self._note(connection, case_id, actor, code(said, "what is stated"), at)

    def viewed_by(self, actor: ActorId) -> list[CaseId]:
        """Return the cases that somebody may look at."""
        viewers = self.standing.viewers
        query = select(viewers.c.case_id).where(viewers.c.actor == actor)
        with self._connection(writes=False) as connection:
            return sorted(map(CaseId, connection.execute(query).scalars()))

    def viewers_of(self, case_id: CaseId) -> list[ActorId]:
        """Return who may look at a case."""
        viewers = self.standing.viewers
        query = select(viewers.c.actor).where(viewers.c.case_id == case_id)
        with self._connection(writes=False) as connection:
            return sorted(map(ActorId, connection.execute(query).scalars()))

    def name_viewers(self, case_id: CaseId, actors: Collection[ActorId]) -> None:
        """Say who may look at a case, in place of what was said before."""
        viewers = self.standing.viewers
        with self._connection(writes=True) as connection:
            query = select(viewers.c.actor).where(viewers.c.case_id == case_id)
            if set(connection.execute(query).scalars()) == set(actors):
                return
            connection.execute(delete(viewers).where(viewers.c.case_id == case_id))
            rows = [{"case_id": case_id, "actor": actor} for actor in sorted(set(actors))]
            if rows:
                connection.execute(insert(viewers), rows)

    def untaken(self, limit: int = 500, *, receipts: bool = False) -> list[Access]:
        """Return the accesses that the audit log has not taken up, oldest first.

        Receipts are steps of their own, and returned only if they are asked for, alone.
        """
        accesses = self.standing.accesses
        receipt = accesses.c.code.startswith(RECEIVED, autoescape=True)
        query = (
            select(accesses)
            .where(accesses.c.taken_at.is_(None), receipt if receipts else ~receipt)
            .order_by(accesses.c.at, accesses.c.id)
            .limit(limit)
        )
        with self._connection(writes=False) as connection:
            return [
                Access(row.id, CaseId(row.case_id), ActorId(row.actor), row.code, row.at)
                for row in connection.execute(query)
            ]

    def taken(self, access_ids: Collection[str], at: datetime) -> None:
        """Note that the audit log holds these accesses; a second time changes nothing."""
        accesses = self.standing.accesses
        with self._connection(writes=True) as connection:
            for access_id in access_ids:
                connection.execute(
                    update(accesses)
                    .where(accesses.c.id == access_id, accesses.c.taken_at.is_(None))
                    .values(taken_at=at)
                )

    def publish_keys(self) -> None:
        """Bring what opens this database's rows up to date: after each delivery and rotation.

        Takes a key ring on keys.db, which the inside has. Without it the domain's own process
        opens nothing, so a crash before this is mended by running it again.
        """
        publish_key_file(self._home, self.domain)
        lockboxes = self.standing.lockboxes
        wanted = select(keys.LOCKBOXES).where(keys.LOCKBOXES.c.domain == self.domain)
        with transaction(self._key_ring.engine, "keys", writes=False) as connection:
            rows = {row.case_id: row for row in connection.execute(wanted)}
        with self._connection(writes=True) as connection:
            known = {row.case_id: row for row in connection.execute(select(lockboxes))}
            for case_id in known.keys() | rows.keys():
                before, now = known.get(case_id), rows.get(case_id)
                if before is not None and now is not None and tuple(before) == tuple(now):
                    continue
                connection.execute(delete(lockboxes).where(lockboxes.c.case_id == case_id))
                if now is not None:
                    connection.execute(insert(lockboxes).values(**now._mapping))

    def erase(self, case_id: CaseId) -> None:
        """Delete what is kept of a case. Without effect if there is nothing."""
        with self._connection(writes=True) as connection:
            for table in self.of_cases():
                connection.execute(delete(table).where(table.c.case_id == case_id))

    def of_cases(self) -> tuple[Table, ...]:
        """Return the tables whose rows go with their case; looks stay on record."""
        return (self.standing.lockboxes, self.standing.viewers)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _note(
        self, connection: Connection, case_id: CaseId, actor: ActorId, said: str, at: datetime
    ) -> None:
        connection.execute(
            insert(self.standing.accesses).values(
                id=new_id(),
                case_id=code(case_id, "the case's id"),
                actor=code(actor, "the actor"),
                code=said,
                at=at,
            )
        )

    def _sealed(
        self, case_id: CaseId, place: Context, plaintext: bytes, *, purpose: str
    ) -> tuple[bytes, str]:
        """Return bytes sealed for one place, and a keyed digest that tells them from others."""
        box = self._key_ring.lockbox(case_id, self.domain, create=True)
        digest = hmac.digest(box.index, purpose.encode() + b"\0" + plaintext, "sha256").hex()
        return seal(box.rows, plaintext, (self.domain, *place)), digest

    def _opened(self, case_id: CaseId, place: Context, sealed: bytes) -> bytes:
        box = self._key_ring.lockbox(case_id, self.domain)
        return unseal(box.rows, sealed, (self.domain, *place))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one transaction of all that this thread does within the block, or nothing of it."""
        with self._connection(writes=True) as connection:
            self._busy.connection = connection
            try:
                yield
            finally:
                self._busy.connection = None

    def _connection(self, *, writes: bool) -> AbstractContextManager[Connection]:
        begun: Connection | None = getattr(self._busy, "connection", None)
        if begun is not None:
            return nullcontext(begun)
        return transaction(self._engine, self.database(), writes=writes)
