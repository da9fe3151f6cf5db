"""Cases move along the one table of transitions, one version at a time."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, insert, select, update

from models.case import Case, CaseState, may_move
from models.errors import CaseChangedError, CaseNotFoundError, ConstraintError, WrongStateError
from models.ids import ActorId, CaseId, RequisitionId, is_id
from storage.prepared import Prepared
from storage.shape import code
from storage.tables.cases import CASES
from storage.transaction import Transaction

_GET = Prepared(select(CASES).where(CASES.c.id == bindparam("wanted")))
_MOVE = Prepared(
    update(CASES)
    .where(
        CASES.c.id == bindparam("moving"),
        CASES.c.version == bindparam("from_version"),
        CASES.c.state == bindparam("from_state"),
    )
    .values(
        state=bindparam("to_state"), version=bindparam("to_version"), changed_at=bindparam("at")
    )
)


class CaseStore:
    """The cases of a home."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, case: Case) -> None:
        """Add a case. Raises `ConstraintError` if its id is taken or its requisition unknown."""
        if not is_id(case.id):
            raise ConstraintError("a case's id is 32 hexadecimal digits")
        self._tx.execute(
            insert(CASES).values(
                id=case.id,
                requisition_id=case.requisition_id,
                state=case.state,
                version=case.version,
                opened_by=code(case.opened_by, "who opened the case"),
                opened_at=case.opened_at,
                changed_at=case.changed_at,
            )
        )

    def get(self, case_id: CaseId) -> Case:
        """Return a case. Raises `CaseNotFoundError`."""
        rows = self._tx.rows(_GET, {"wanted": case_id})
        if not rows:
            raise CaseNotFoundError("no such case")
        return _case(rows[0])

    def all(self, requisition_id: RequisitionId | None = None) -> list[Case]:
        """Return the cases, of one requisition if named, oldest first."""
        query = _ordered()
        if requisition_id is not None:
            query = query.where(CASES.c.requisition_id == requisition_id)
        return [_case(row) for row in self._tx.execute(query)]

    def in_state(self, *states: CaseState, limit: int | None = None) -> list[Case]:
        """Return the cases in any of these states, oldest first, no more than the limit."""
        query = _ordered().where(CASES.c.state.in_(states)).limit(limit)
        return [_case(row) for row in self._tx.execute(query)]

    def move(self, case: Case, to: CaseState, *, now: datetime) -> Case:
        """Move a case as the caller knows it, and return it as it is then.

        Raises `WrongStateError` if the table has no such edge, `CaseChangedError` if somebody
        else changed the case since the caller read it, `ConstraintError` if a hold forbids it.
        """
        if not may_move(case.state, to):
            raise WrongStateError(f"{case.id}: {case.state} does not lead to {to}")
        moved = case.model_copy(
            update={"state": to, "version": case.version + 1, "changed_at": now}
        )
        changed = self._tx.run(
            _MOVE,
            {
                "moving": case.id,
                "from_version": case.version,
                "from_state": case.state,
                "to_state": to,
                "to_version": moved.version,
                "at": now,
            },
        )
        if changed != 1:
            self.get(case.id)
            raise CaseChangedError(f"{case.id}: changed since version {case.version}")
        return moved


def _ordered() -> Select[Any]:
    return select(CASES).order_by(CASES.c.opened_at, CASES.c.id)


def _case(row: Row[Any]) -> Case:
    return Case(
        id=CaseId(row.id),
        requisition_id=RequisitionId(row.requisition_id),
        state=CaseState(row.state),
        version=row.version,
        opened_by=ActorId(row.opened_by),
        opened_at=row.opened_at,
        changed_at=row.changed_at,
    )
