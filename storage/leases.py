"""A lease is one worker's claim on a case, for a time; batches remember what was handed out.

A worker that lost its lease must not commit: `check` belongs in the committing transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, insert, or_, select, update

from models.case import CaseState
from models.errors import LeaseLostError, RecordNotFoundError
from models.ids import BatchId, CaseId, new_id
from storage.shape import code
from storage.tables.cases import BATCH_CASES, BATCHES, CASES, LEASES
from storage.transaction import Transaction


class LeaseStore:
    """Leases and batches."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def claim(
        self,
        wanted: Collection[CaseId] | Collection[CaseState],
        *,
        owner: str,
        limit: int | None = None,
        now: datetime,
        until: datetime,
    ) -> list[CaseId]:
        """Lease cases, named or by their states, and return those that were got.

        A case under a lease that still runs is not got; a caller that names a case it holds
        already has the lease renewed.
        """
        states = [item for item in wanted if isinstance(item, CaseState)]
        names = [item for item in wanted if not isinstance(item, CaseState)]
        code(owner, "the lease's owner")
        free = or_(LEASES.c.until.is_(None), LEASES.c.until <= now)
        mine = and_(CASES.c.id.in_(names), LEASES.c.owner == owner)
        query = (
            select(CASES.c.id, LEASES.c.owner)
            .outerjoin(LEASES, LEASES.c.case_id == CASES.c.id)
            .where(or_(CASES.c.state.in_(states), CASES.c.id.in_(names)), or_(free, mine))
            .order_by(CASES.c.opened_at, CASES.c.id)
            .limit(limit)
        )
        got = [CaseId(row.id) for row in self._tx.execute(query)]
        if got:
            self._tx.execute(delete(LEASES).where(LEASES.c.case_id.in_(got)))
            self._tx.execute(
                insert(LEASES),
                [{"case_id": case_id, "owner": owner, "until": until} for case_id in got],
            )
        return got

    def renew(self, owner: str, case_id: CaseId, until: datetime) -> None:
        """Prolong a lease. Raises `LeaseLostError` if somebody else has the case."""
        result = self._tx.execute(
            update(LEASES)
            .where(LEASES.c.case_id == case_id, LEASES.c.owner == owner)
            .values(until=until)
        )
        if result.rowcount != 1:
            raise LeaseLostError(f"{case_id}: the lease is lost")

    def renew_all(self, owner: str, until: datetime) -> None:
        """Prolong every lease of an owner: progress on one case keeps the others' leases."""
        self._tx.execute(update(LEASES).where(LEASES.c.owner == owner).values(until=until))

    def check(self, owner: str, case_id: CaseId, now: datetime) -> None:
        """Raise `LeaseLostError` unless this owner holds the case at this time."""
        row = self._tx.execute(
            select(LEASES.c.owner, LEASES.c.until).where(LEASES.c.case_id == case_id)
        ).first()
        if row is None or row.owner != owner or row.until <= now:
            raise LeaseLostError(f"{case_id}: the lease is lost")

    def release(self, owner: str, case_id: CaseId) -> None:
        """Give a case back; without effect if somebody else has it."""
        self._tx.execute(delete(LEASES).where(LEASES.c.case_id == case_id, LEASES.c.owner == owner))

    def new_batch(
        self,
        kind: str,
        case_ids: Sequence[CaseId],
        now: datetime,
        *,
        batch_id: BatchId | None = None,
    ) -> BatchId:
        """Remember a batch of cases and return its id, a fresh one if none is given."""
        batch_id = batch_id or BatchId(new_id())
        self._tx.execute(
            insert(BATCHES).values(id=batch_id, kind=code(kind, "the kind"), created_at=now)
        )
        if case_ids:
            self._tx.execute(
                insert(BATCH_CASES),
                [
                    {"batch_id": batch_id, "position": position, "case_id": case_id}
                    for position, case_id in enumerate(case_ids)
                ],
            )
        return batch_id

    def batch(self, batch_id: BatchId) -> tuple[CaseId, ...]:
        """Return the cases of a batch. Raises `RecordNotFoundError`."""
        if self._tx.execute(select(BATCHES.c.id).where(BATCHES.c.id == batch_id)).first() is None:
            raise RecordNotFoundError("no such batch")
        query = (
            select(BATCH_CASES.c.case_id)
            .where(BATCH_CASES.c.batch_id == batch_id)
            .order_by(BATCH_CASES.c.position)
        )
        return tuple(CaseId(case_id) for case_id in self._tx.execute(query).scalars())

    def finish_batch(self, batch_id: BatchId, now: datetime) -> None:
        """Mark a batch as done; the first time counts. Raises `RecordNotFoundError`."""
        self.batch(batch_id)
        self._tx.execute(
            update(BATCHES)
            .where(BATCHES.c.id == batch_id, BATCHES.c.finished_at.is_(None))
            .values(finished_at=now)
        )

    def unfinished_batches(self) -> list[BatchId]:
        """Return the batches that nobody has finished, oldest first."""
        query = (
            select(BATCHES.c.id)
            .where(BATCHES.c.finished_at.is_(None))
            .order_by(BATCHES.c.created_at, BATCHES.c.id)
        )
        return [BatchId(batch_id) for batch_id in self._tx.execute(query).scalars()]
