"""What hiring managers receive, in a database of its own that only the released key opens.

What they write there is sealed to the inside: a decision, a question. Neither can be read back.
"""

from datetime import datetime

from sqlalchemy import Table, insert, select, update

from models.errors import ConstraintError, RecordNotFoundError
from models.ids import ActorId, CaseId
from storage.domain import Domain
from storage.domain_vault import VIEWED
from storage.envelope import Context
from storage.exchange import ExchangeVault
from storage.tables.released import DELIVERIES, EXCHANGE, STANDING


class ReleasedVault(ExchangeVault):
    """The manager's side of a home."""

    domain = Domain.RELEASED
    standing = STANDING
    exchange = EXCHANGE

    def deliver(self, case_id: CaseId, version: int, payload: bytes, at: datetime) -> None:
        """Put a package where its manager finds it; a second delivery changes nothing.

        An older version than the one that is there is passed over, as is one that was withdrawn.
        Raises `ConstraintError` if a version comes again with other content.
        """
        place = _place(case_id, version)
        sealed, digest = self._sealed(case_id, place, payload, purpose="delivery")
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

    def deliver_next(self, case_id: CaseId, payload: bytes, at: datetime) -> None:
        """Deliver a package under the next number that this side has for the case.

        The number counts what the manager was given and nothing else: how often a package was
        built inside would tell of what was withheld. The same content again changes nothing,
        unless it was withdrawn.
        """
        place = _place(case_id, 0)
        digest = self._sealed(case_id, place, payload, purpose="delivery")[1]
        with self._connection(writes=False) as connection:
            query = select(DELIVERIES).where(DELIVERIES.c.case_id == case_id)
            row = connection.execute(query).first()
        if row is None:
            version = 1
        else:
            again = row.digest == digest and row.withdrawn_at is None
            version = row.version if again else row.version + 1
        self.deliver(case_id, version, payload, at)

    def view(self, case_id: CaseId) -> bytes:
        """Return the payload. Raises `RecordNotFoundError` if none is there or it was withdrawn."""
        with self._connection(writes=False) as connection:
            query = select(DELIVERIES).where(DELIVERIES.c.case_id == case_id)
            row = connection.execute(query).first()
        if row is None or row.payload is None:
            raise RecordNotFoundError(f"{case_id}: nothing has been released")
        return self._opened(case_id, _place(case_id, row.version), row.payload)

    def look(self, case_id: CaseId, *, actor: ActorId, at: datetime) -> bytes:
        """Write down that somebody looks, then return the payload.

        Where there is nothing to see, that is written down, and is no look. Raises what
        `require_named` and `view` do.
        """
        self.require_named(case_id, actor=actor, at=at)
        try:
            payload = self.view(case_id)
        except RecordNotFoundError as nothing:
            self.state(case_id, nothing.code, actor=actor, at=at)
            raise
        self.state(case_id, VIEWED, actor=actor, at=at)
        return payload

    def version(self, case_id: CaseId) -> int:
        """Return the number of what was last delivered of a case; 0 if nothing was."""
        query = select(DELIVERIES.c.version).where(DELIVERIES.c.case_id == case_id)
        with self._connection(writes=False) as connection:
            return int(connection.execute(query).scalar() or 0)

    def withdraw(self, case_id: CaseId, at: datetime) -> None:
        """Take a package back; its content is deleted. Without effect if there is none."""
        with self._connection(writes=True) as connection:
            connection.execute(
                update(DELIVERIES)
                .where(DELIVERIES.c.case_id == case_id, DELIVERIES.c.withdrawn_at.is_(None))
                .values(payload=None, withdrawn_at=at)
            )

    def of_cases(self) -> tuple[Table, ...]:
        """Return the tables whose rows go with their case, withdrawn or not."""
        return (*super().of_cases(), DELIVERIES)

    def shown_to(self, actor: ActorId, *, after: str = "", limit: int) -> list[CaseId]:
        """Return the cases with a package that somebody may look at, by id, beyond a given one."""
        viewers = self.standing.viewers
        query = (
            select(DELIVERIES.c.case_id)
            .join(viewers, viewers.c.case_id == DELIVERIES.c.case_id)
            .where(
                viewers.c.actor == actor,
                DELIVERIES.c.payload.is_not(None),
                DELIVERIES.c.case_id > after,
            )
            .order_by(DELIVERIES.c.case_id)
            .limit(limit)
        )
        with self._connection(writes=False) as connection:
            return [CaseId(case_id) for case_id in connection.execute(query).scalars()]

    def all(self) -> list[CaseId]:
        """Return the cases with a package to view."""
        with self._connection(writes=False) as connection:
            query = (
                select(DELIVERIES.c.case_id)
                .where(DELIVERIES.c.payload.is_not(None))
                .order_by(DELIVERIES.c.case_id)
            )
            return [CaseId(case_id) for case_id in connection.execute(query).scalars()]


def _place(case_id: CaseId, version: int) -> Context:
    return ("deliveries", case_id, str(version))
