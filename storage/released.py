"""What hiring managers receive, in a database of its own that only the released key opens.

This module and what it imports know no raw store. A look is written down, in the same database,
before a byte of it is served; the inside takes it up into the audit log.
"""

import hmac
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, delete, insert, select, update

from models.errors import ConstraintError, HomeError, NotPermittedError, RecordNotFoundError
from models.ids import ActorId, CaseId, new_id
from storage.domain import Domain
from storage.engine import transaction
from storage.envelope import Context, seal, unseal
from storage.home import Home
from storage.keyring import KeyRing
from storage.manager_keys import publish_key_file
from storage.migrate import Database, check
from storage.shape import code
from storage.tables import keys
from storage.tables.released import ACCESSES, DELIVERIES, LOCKBOXES, VIEWERS

VIEWED: Final = "viewed"
"""The code of an access that was allowed."""


@dataclass(frozen=True, slots=True)
class Access:
    """One look, or one refused."""

    id: str
    case_id: CaseId
    actor: ActorId
    code: str
    at: datetime


class ReleasedVault:
    """The manager's side of a home. The key ring needs the released domain and no other."""

    def __init__(self, home: Home, key_ring: KeyRing, engine: Engine | None = None) -> None:
        self._home = home
        self._key_ring = key_ring
        self._engine = engine or home.engine(Database.RELEASED)
        try:
            check(self._engine, Database.RELEASED, home_id=home.id, mode=str(home.mode))
        except HomeError:
            self._engine.dispose()
            raise

    def deliver(self, case_id: CaseId, version: int, payload: bytes, at: datetime) -> None:
        """Put a package where its manager finds it; a second delivery changes nothing.

        An older version than the one that is there is passed over, as is one that was withdrawn.
        Raises `ConstraintError` if a version comes again with other content.
        """
        box = self._key_ring.lockbox(case_id, Domain.RELEASED, create=True)
        digest = hmac.digest(box.index, b"delivery\0" + payload, "sha256").hex()
        sealed = seal(box.rows, payload, _place(case_id, version))
        values = {
            "version": version,
            "digest": digest,
            "payload": sealed,
            "delivered_at": at,
            "withdrawn_at": None,
        }
        with self._connection(writes=True) as connection:
            query = select(DELIVERIES).where(DELIVERIES.c.case_id == case_id)
            row = connection.execute(query).first()
            if row is None:
                connection.execute(insert(DELIVERIES).values(case_id=case_id, **values))
            elif row.version == version and row.digest != digest:
                raise ConstraintError(f"{case_id}: version {version} came with other content")
            elif row.version < version:
                connection.execute(
                    update(DELIVERIES).where(DELIVERIES.c.case_id == case_id).values(**values)
                )

    def view(self, case_id: CaseId) -> bytes:
        """Return the payload. Raises `RecordNotFoundError` if none is there or it was withdrawn."""
        with self._connection(writes=False) as connection:
            query = select(DELIVERIES).where(DELIVERIES.c.case_id == case_id)
            row = connection.execute(query).first()
        if row is None or row.payload is None:
            raise RecordNotFoundError(f"{case_id}: nothing has been released")
        box = self._key_ring.lockbox(case_id, Domain.RELEASED)
        return unseal(box.rows, row.payload, _place(case_id, row.version))

    def look(self, case_id: CaseId, *, actor: ActorId, at: datetime) -> bytes:
        """Write down that somebody looks, then return the payload.

        Raises `NotPermittedError`, which is written down too, for anybody whom the inside did
        not name as a viewer of the case, and what `view` raises.
        """
        with self._connection(writes=True) as connection:
            query = select(VIEWERS.c.actor).where(
                VIEWERS.c.case_id == case_id, VIEWERS.c.actor == actor
            )
            allowed = connection.execute(query).first() is not None
            connection.execute(
                insert(ACCESSES).values(
                    id=new_id(),
                    case_id=code(case_id, "the case's id"),
                    actor=code(actor, "the actor"),
                    code=VIEWED if allowed else NotPermittedError.code,
                    at=at,
                )
            )
        if not allowed:
            raise NotPermittedError("nothing has been released to this person")
        return self.view(case_id)

    def name_viewers(self, case_id: CaseId, actors: Collection[ActorId]) -> None:
        """Say who may look at a case, in place of what was said before."""
        with self._connection(writes=True) as connection:
            query = select(VIEWERS.c.actor).where(VIEWERS.c.case_id == case_id)
            if set(connection.execute(query).scalars()) == set(actors):
                return
            connection.execute(delete(VIEWERS).where(VIEWERS.c.case_id == case_id))
            rows = [{"case_id": case_id, "actor": actor} for actor in sorted(set(actors))]
            if rows:
                connection.execute(insert(VIEWERS), rows)

    def untaken(self, limit: int = 500) -> list[Access]:
        """Return the accesses that the audit log has not taken up, oldest first."""
        query = (
            select(ACCESSES)
            .where(ACCESSES.c.taken_at.is_(None))
            .order_by(ACCESSES.c.at, ACCESSES.c.id)
            .limit(limit)
        )
        with self._connection(writes=False) as connection:
            return [
                Access(row.id, CaseId(row.case_id), ActorId(row.actor), row.code, row.at)
                for row in connection.execute(query)
            ]

    def taken(self, access_ids: Collection[str], at: datetime) -> None:
        """Note that the audit log holds these accesses; a second time changes nothing."""
        with self._connection(writes=True) as connection:
            for access_id in access_ids:
                connection.execute(
                    update(ACCESSES)
                    .where(ACCESSES.c.id == access_id, ACCESSES.c.taken_at.is_(None))
                    .values(taken_at=at)
                )

    def publish_keys(self) -> None:
        """Bring what opens the payloads up to date: after deliveries and rotations.

        Takes a key ring on keys.db, which the inside has. Without it the manager's process opens
        nothing, so a crash before this is mended by running it again.
        """
        publish_key_file(self._home)
        wanted = select(keys.LOCKBOXES).where(keys.LOCKBOXES.c.domain == Domain.RELEASED)
        with transaction(self._key_ring.engine, "keys", writes=False) as connection:
            rows = {row.case_id: row for row in connection.execute(wanted)}
        with self._connection(writes=True) as connection:
            known = {row.case_id: row for row in connection.execute(select(LOCKBOXES))}
            for case_id in known.keys() | rows.keys():
                before, now = known.get(case_id), rows.get(case_id)
                if before is not None and now is not None and tuple(before) == tuple(now):
                    continue
                connection.execute(delete(LOCKBOXES).where(LOCKBOXES.c.case_id == case_id))
                if now is not None:
                    connection.execute(insert(LOCKBOXES).values(**now._mapping))

    def withdraw(self, case_id: CaseId, at: datetime) -> None:
        """Take a package back; its content is deleted. Without effect if there is none."""
        with self._connection(writes=True) as connection:
            connection.execute(
                update(DELIVERIES)
                .where(DELIVERIES.c.case_id == case_id, DELIVERIES.c.withdrawn_at.is_(None))
                .values(payload=None, withdrawn_at=at)
            )

    def erase(self, case_id: CaseId) -> None:
        """Delete what is kept of a case, withdrawn or not. Without effect if there is nothing."""
        with self._connection(writes=True) as connection:
            for table in (DELIVERIES, LOCKBOXES, VIEWERS):
                connection.execute(delete(table).where(table.c.case_id == case_id))

    def all(self) -> list[CaseId]:
        """Return the cases with a package to view."""
        with self._connection(writes=False) as connection:
            query = (
                select(DELIVERIES.c.case_id)
                .where(DELIVERIES.c.payload.is_not(None))
                .order_by(DELIVERIES.c.case_id)
            )
            return [CaseId(case_id) for case_id in connection.execute(query).scalars()]

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _connection(self, *, writes: bool) -> AbstractContextManager[Connection]:
        return transaction(self._engine, "released", writes=writes)


def _place(case_id: CaseId, version: int) -> Context:
    return (Domain.RELEASED, "deliveries", case_id, str(version))
