"""Who took which part in a case. The database refuses parts that exclude each other."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select

from models.ids import ActorId, CaseId, RequisitionId
from storage.shape import code
from storage.tables.cases import CASES, DUTIES
from storage.transaction import Transaction


class Duty(StrEnum):
    """A part that somebody took in a case."""

    COLLECTED = "collected"
    REVIEWED = "reviewed"
    RELEASED = "released"
    DECIDED = "decided"


class DutyStore:
    """The duties of people in cases."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def record(self, case_id: CaseId, actor: ActorId, duty: Duty, at: datetime) -> None:
        """Write down a part taken; a second time changes nothing.

        Raises `SeparationOfDutiesError` where an earlier part excludes this one, and
        `TaintedDeciderError` for a decision by somebody who saw raw evidence.
        """
        if duty in self.did(case_id, actor):
            return
        self._tx.execute(
            insert(DUTIES).values(case_id=case_id, actor=code(actor, "the actor"), duty=duty, at=at)
        )

    def did(self, case_id: CaseId, actor: ActorId) -> frozenset[Duty]:
        """Return the parts that somebody took in a case."""
        query = select(DUTIES.c.duty).where(DUTIES.c.case_id == case_id, DUTIES.c.actor == actor)
        return frozenset(Duty(duty) for duty in self._tx.execute(query).scalars())

    def reviewers(self, case_id: CaseId) -> tuple[ActorId, ...]:
        """Return whoever approved any version of a case's package, in order of id."""
        return tuple(sorted(self._with(case_id, Duty.REVIEWED)))

    def collectors(self, case_id: CaseId) -> frozenset[ActorId]:
        """Return whoever gathered evidence of a case."""
        return frozenset(self._with(case_id, Duty.COLLECTED))

    def in_requisition(self, requisition_id: RequisitionId, *duties: Duty) -> frozenset[ActorId]:
        """Return whoever took one of these parts in any case of a requisition."""
        cases = select(CASES.c.id).where(CASES.c.requisition_id == requisition_id)
        query = select(DUTIES.c.actor).where(DUTIES.c.case_id.in_(cases), DUTIES.c.duty.in_(duties))
        return frozenset(map(ActorId, self._tx.execute(query.distinct()).scalars()))

    def _with(self, case_id: CaseId, duty: Duty) -> list[ActorId]:
        query = select(DUTIES.c.actor).where(DUTIES.c.case_id == case_id, DUTIES.c.duty == duty)
        return [ActorId(actor) for actor in self._tx.execute(query).scalars()]
