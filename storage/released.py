"""What hiring managers receive, in a database of its own that only the released key opens.

This module and what it imports know no raw store.
"""

import hmac
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from models.errors import ConstraintError, RecordNotFoundError
from models.ids import CaseId
from storage.domain import Domain
from storage.engine import transaction
from storage.envelope import Context, seal, unseal
from storage.home import Home
from storage.keyring import KeyRing
from storage.migrate import Database, check
from storage.tables.released import DELIVERIES


class ReleasedVault:
    """The manager's side of a home. The key ring needs the released domain and no other."""

    def __init__(self, home: Home, key_ring: KeyRing) -> None:
        self._key_ring = key_ring
        self._engine = home.engine(Database.RELEASED)
        check(self._engine, Database.RELEASED, home_id=home.id, mode=str(home.mode))

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
            connection.execute(delete(DELIVERIES).where(DELIVERIES.c.case_id == case_id))

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
