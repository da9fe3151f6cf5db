"""Cases are counted and listed at the database, a page at a time, and nothing sealed is opened."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select

from models.case import CaseState
from models.ids import ActorId, CaseId, RequisitionId
from storage.tables.cases import CASES, LEASES
from storage.tables.consents import CONSENTS
from storage.tables.evidence import EVIDENCE
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many cases are in a state, since when the oldest is, and whose consent ends first."""

    state: CaseState
    ungraded: bool
    cases: int
    oldest: datetime
    consent_ends: datetime | None


@dataclass(frozen=True, slots=True)
class ListedCase:
    """One case of a list."""

    id: CaseId
    requisition_id: RequisitionId
    state: CaseState
    opened_by: ActorId
    changed_at: datetime
    consent_ends: datetime | None
    ungraded: bool


@dataclass(frozen=True, slots=True)
class PageKey:
    """Where a page ends: the next one begins behind this case."""

    changed_at: datetime
    case_id: CaseId


class CaseLists:
    """Counts and pages over the cases of a home.

    `ungraded` are those with items that nobody has attributed, and that no worker is busy with.
    """

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def counts(self) -> list[StateCount]:
        """Return how many cases are in each state, ungraded and not: one query."""
        cases = self._cases().subquery()
        query = select(
            cases.c.state,
            cases.c.ungraded,
            func.count(),
            func.min(cases.c.changed_at, type_=CASES.c.changed_at.type),
            func.min(cases.c.consent_ends, type_=CASES.c.changed_at.type),
        ).group_by(cases.c.state, cases.c.ungraded)
        return [
            StateCount(CaseState(state), bool(ungraded), number, oldest, ends)
            for state, ungraded, number, oldest, ends in self._tx.execute(query)
        ]

    def page(
        self,
        *,
        states: Collection[CaseState] = (),
        requisition_id: RequisitionId | None = None,
        ungraded: bool | None = None,
        after: PageKey | None = None,
        limit: int,
    ) -> list[ListedCase]:
        """Return the cases that have stood longest where they are, behind a key: one query."""
        cases = self._cases().subquery()
        query = select(cases).order_by(cases.c.changed_at, cases.c.id).limit(limit)
        if states:
            query = query.where(cases.c.state.in_([str(state) for state in states]))
        if requisition_id is not None:
            query = query.where(cases.c.requisition_id == requisition_id)
        if ungraded is not None:
            query = query.where(cases.c.ungraded if ungraded else ~cases.c.ungraded)
        if after is not None:
            later = cases.c.changed_at > after.changed_at
            same = and_(cases.c.changed_at == after.changed_at, cases.c.id > after.case_id)
            query = query.where(or_(later, same))
        return [_listed(row) for row in self._tx.execute(query)]

    def _cases(self) -> Select[Any]:
        ends = (
            select(
                CONSENTS.c.case_id,
                func.max(CONSENTS.c.expires_at, type_=CONSENTS.c.expires_at.type).label("ends"),
            )
            .where(CONSENTS.c.withdrawn_at.is_(None))
            .group_by(CONSENTS.c.case_id)
            .subquery()
        )
        ungraded = select(EVIDENCE.c.seq).where(
            EVIDENCE.c.case_id == CASES.c.id, EVIDENCE.c.grade.is_(None)
        )
        held = select(LEASES.c.case_id).where(LEASES.c.case_id == CASES.c.id)
        waits = and_(ungraded.exists(), ~held.exists())
        return select(CASES, ends.c.ends.label("consent_ends"), waits.label("ungraded")).outerjoin(
            ends, ends.c.case_id == CASES.c.id
        )


def _listed(row: Row[Any]) -> ListedCase:
    return ListedCase(
        id=CaseId(row.id),
        requisition_id=RequisitionId(row.requisition_id),
        state=CaseState(row.state),
        opened_by=ActorId(row.opened_by),
        changed_at=row.changed_at,
        consent_ends=row.consent_ends,
        ungraded=bool(row.ungraded),
    )
