"""A legal hold in force stops destruction: the database refuses it as well."""

from datetime import datetime

from sqlalchemy import insert, select, update

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
        query = (
            select(HOLDS)
            .where(HOLDS.c.case_id == case_id, HOLDS.c.lifted_at.is_(None))
            .order_by(HOLDS.c.placed_at, HOLDS.c.id)
        )
        return [
            parsed(LegalHold, self._tx.unseal(case_id, ("holds", row.id, "hold"), row.body))
            for row in self._tx.execute(query)
        ]
