"""Requisitions, with the policy and criteria they froze. They are the agency's words, in clear."""

from functools import lru_cache

from sqlalchemy import bindparam, insert, select, update

from models.errors import HomeError, RequisitionNotFoundError
from models.ids import RequisitionId
from models.requisition import Requisition, RequisitionState
from storage.prepared import Prepared
from storage.tables.cases import REQUISITIONS
from storage.transaction import Transaction

_GET = Prepared(
    select(REQUISITIONS.c.body, REQUISITIONS.c.state).where(
        REQUISITIONS.c.id == bindparam("wanted")
    )
)


class RequisitionStore:
    """The requisitions of a home."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, requisition: Requisition) -> None:
        """Add a requisition. Raises `ConstraintError` if its id is taken."""
        self._tx.execute(
            insert(REQUISITIONS).values(
                id=requisition.id,
                opened_at=requisition.opened_at,
                state=requisition.state,
                body=requisition.model_dump_json(exclude={"state"}),
            )
        )

    def get(self, requisition_id: RequisitionId) -> Requisition:
        """Return a requisition. Raises `RequisitionNotFoundError`."""
        rows = self._tx.rows(_GET, {"wanted": requisition_id})
        if not rows:
            raise RequisitionNotFoundError("no such requisition")
        return _parsed(rows[0].body, rows[0].state)

    def all(self) -> list[Requisition]:
        """Return all requisitions, oldest first."""
        query = select(REQUISITIONS).order_by(REQUISITIONS.c.opened_at, REQUISITIONS.c.id)
        return [_parsed(row.body, row.state) for row in self._tx.execute(query)]

    def close(self, requisition_id: RequisitionId) -> None:
        """Take no more applicants. Raises `RequisitionNotFoundError`."""
        result = self._tx.execute(
            update(REQUISITIONS)
            .where(REQUISITIONS.c.id == requisition_id)
            .values(state=RequisitionState.CLOSED)
        )
        if result.rowcount != 1:
            raise RequisitionNotFoundError("no such requisition")


@lru_cache(maxsize=128)
def _parsed(body: str, state: str) -> Requisition:
    """Read a requisition; the same words give the same value, so it may be kept."""
    try:
        read = Requisition.model_validate_json(body)
    except ValueError as exc:
        raise HomeError("a requisition is damaged") from exc
    return read.model_copy(update={"state": RequisitionState(state)})
