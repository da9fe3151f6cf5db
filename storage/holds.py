"""A legal hold in force stops destruction: the database refuses it as well."""

from datetime import datetime

from sqlalchemy import Row, Select, insert, select, update

from models.errors import ConstraintError, RecordNotFoundError
from models.ids import CaseId, HoldId
from models.retention import LegalHold
from storage.shape import code
from storage.tables.records import HOLDS
from storage.transaction import Transaction, dumped, parsed


class HoldStore:
    """The holds on cases. A docket number names people in public records, so it is sealed."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def place(self, hold: LegalHold) -> None:
        """Place a hold. Raises `ConstraintError` if its id is taken or the case unknown."""
        self._tx.execute(
            insert(HOLDS).values(
                id=hold.id,
                case_id=hold.case_id,
                placed_by=code(hold.placed_by, "who placed the hold"),
                placed_at=hold.placed_at,
                lifted_at=hold.lifted_at,
                body=self._tx.seal(hold.case_id, ("holds", hold.id, "hold"), dumped(hold)),
            )
        )

    def lift(self, hold_id: HoldId, at: datetime) -> None:
        """Lift a hold. Raises `RecordNotFoundError`, `ConstraintError` if lifted before."""
        row = self._tx.execute(select(HOLDS.c.lifted_at).where(HOLDS.c.id == hold_id)).first()
        if row is None:
            raise RecordNotFoundError("no such hold")
        if row.lifted_at is not None:
            raise ConstraintError("the hold was lifted before")
        self._tx.execute(update(HOLDS).where(HOLDS.c.id == hold_id).values(lifted_at=at))

    def in_force(self, case_id: CaseId) -> list[LegalHold]:
        """Return the holds that nobody has lifted, oldest first."""
        return self._read(_of(case_id).where(HOLDS.c.lifted_at.is_(None)))

    def all(self, case_id: CaseId) -> list[LegalHold]:
        """Return every hold, lifted or not, oldest first."""
        return self._read(_of(case_id))

    def _read(self, query: Select[tuple[object, ...]]) -> list[LegalHold]:
        return [self._opened(row) for row in self._tx.execute(query)]

    def _opened(self, row: Row[tuple[object, ...]]) -> LegalHold:
        place = ("holds", row.id, "hold")
        hold = parsed(LegalHold, self._tx.unseal(CaseId(row.case_id), place, row.body))
        return hold.model_copy(update={"lifted_at": row.lifted_at})


def _of(case_id: CaseId) -> Select[tuple[object, ...]]:
    query = select(HOLDS).where(HOLDS.c.case_id == case_id)
    return query.order_by(HOLDS.c.placed_at, HOLDS.c.id)
