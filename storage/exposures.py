"""The exposure ledger: who has seen raw evidence of a case can never decide on it."""

from datetime import datetime

from sqlalchemy import insert, select

from models.ids import ActorId, CaseId, RequisitionId
from storage.shape import code
from storage.tables.cases import CASES, EXPOSURES
from storage.transaction import Transaction


class ExposureStore:
    """Who has seen what raw."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def record(self, actor: ActorId, case_id: CaseId, at: datetime) -> None:
        """Write down that somebody saw raw evidence; the first time stays."""
        if not self.exposed(actor, case_id):
            self._tx.execute(
                insert(EXPOSURES).values(case_id=case_id, actor=code(actor, "the actor"), at=at)
            )

    def of(self, case_id: CaseId) -> list[ActorId]:
        """Return whoever saw raw evidence of a case."""
        query = select(EXPOSURES.c.actor).where(EXPOSURES.c.case_id == case_id)
        return sorted(map(ActorId, self._tx.execute(query).scalars()))

    def in_requisition(self, requisition_id: RequisitionId) -> frozenset[ActorId]:
        """Return whoever saw raw evidence of any case of a requisition."""
        cases = select(CASES.c.id).where(CASES.c.requisition_id == requisition_id)
        query = select(EXPOSURES.c.actor).where(EXPOSURES.c.case_id.in_(cases)).distinct()
        return frozenset(map(ActorId, self._tx.execute(query).scalars()))

    def exposed(self, actor: ActorId, case_id: CaseId) -> bool:
        """Say whether somebody ever saw raw evidence of a case."""
        query = select(EXPOSURES.c.at).where(
            EXPOSURES.c.case_id == case_id, EXPOSURES.c.actor == actor
        )
        return self._tx.execute(query).first() is not None
