"""Work left for after the commit, in the transaction that caused it: both happen or neither."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from models.errors import RecordNotFoundError
from models.ids import CaseId, new_id
from storage.domain import HOME
from storage.prepared import Prepared
from storage.shape import code
from storage.tables.cases import OUTBOX
from storage.transaction import Transaction

_ADD = Prepared(insert(OUTBOX).inline(), "id", "kind", "case_id", "payload", "created_at")


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One piece of work. Its id serves as the idempotency key of whoever does it."""

    id: str
    kind: str
    case_id: CaseId | None
    payload: bytes
    created_at: datetime

    def __repr__(self) -> str:
        return f"OutboxRow({self.id}, {self.kind})"


class OutboxStore:
    """The outbox."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, kind: str, case_id: CaseId | None, payload: bytes = b"", *, now: datetime) -> str:
        """Leave work and return its id. The payload is sealed."""
        row_id = new_id()
        place = ("outbox", row_id, kind)
        self._tx.run(
            _ADD,
            {
                "id": row_id,
                "kind": code(kind, "the kind"),
                "case_id": case_id,
                "payload": self._tx.seal(case_id or HOME, place, payload) if payload else None,
                "created_at": now,
            },
        )
        return row_id

    def pending(
        self, *kinds: str, case_id: CaseId | None = None, limit: int | None = None
    ) -> list[OutboxRow]:
        """Return work that is not done, oldest first: of these kinds, or all; of a case, or any."""
        query = select(OUTBOX).where(OUTBOX.c.done_at.is_(None))
        if kinds:
            query = query.where(OUTBOX.c.kind.in_(kinds))
        if case_id is not None:
            query = query.where(OUTBOX.c.case_id == case_id)
        found = []
        for row in self._tx.execute(query.order_by(OUTBOX.c.seq).limit(limit)):
            case_id = None if row.case_id is None else CaseId(row.case_id)
            place = ("outbox", row.id, row.kind)
            payload = (
                b"" if row.payload is None else self._tx.unseal(case_id or HOME, place, row.payload)
            )
            found.append(OutboxRow(row.id, row.kind, case_id, payload, row.created_at))
        return found

    def waits(self, kind: str, case_id: CaseId) -> bool:
        """Say whether work of a kind waits for a case, without opening it."""
        query = select(OUTBOX.c.id).where(
            OUTBOX.c.done_at.is_(None), OUTBOX.c.kind == kind, OUTBOX.c.case_id == case_id
        )
        return self._tx.execute(query.limit(1)).first() is not None

    def done(self, row_id: str, now: datetime) -> None:
        """Mark work as done and forget its payload; a second time changes nothing.

        Raises `RecordNotFoundError`.
        """
        if self._tx.execute(select(OUTBOX.c.id).where(OUTBOX.c.id == row_id)).first() is None:
            raise RecordNotFoundError("no such work in the outbox")
        self._tx.execute(
            update(OUTBOX)
            .where(OUTBOX.c.id == row_id, OUTBOX.c.done_at.is_(None))
            .values(done_at=now, payload=None)
        )
