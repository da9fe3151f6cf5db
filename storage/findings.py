"""Findings: sealed but for their state, which a reviewer or a rebuttal changes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from models.errors import ConstraintError, RecordNotFoundError
from models.finding import Finding, FindingState
from models.ids import CaseId, FindingId
from storage.tables.packages import FINDINGS
from storage.transaction import Transaction, dumped, parsed


class FindingStore:
    """The findings of cases."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def replace(self, case_id: CaseId, findings: Sequence[Finding]) -> None:
        """Put findings in the place of all that the case had.

        Raises `ConstraintError` if one belongs to another case or to unknown evidence.
        """
        if any(finding.case_id != case_id for finding in findings):
            raise ConstraintError("a finding belongs to another case")
        self._tx.execute(delete(FINDINGS).where(FINDINGS.c.case_id == case_id))
        rows = [
            {
                "id": finding.id,
                "case_id": case_id,
                "evidence_id": finding.evidence_id,
                "state": finding.state,
                "body": self._tx.seal(
                    case_id, ("findings", finding.id, "finding"), dumped(finding)
                ),
            }
            for finding in findings
        ]
        if rows:
            self._tx.execute(insert(FINDINGS), rows)

    def for_case(self, case_id: CaseId) -> list[Finding]:
        """Return a case's findings in the order in which they were put."""
        query = select(FINDINGS).where(FINDINGS.c.case_id == case_id).order_by(FINDINGS.c.seq)
        return [self._opened(row) for row in self._tx.execute(query)]

    def set_state(self, finding_id: FindingId, state: FindingState) -> None:
        """Change whether a finding stands. Raises `RecordNotFoundError`."""
        result = self._tx.execute(
            update(FINDINGS).where(FINDINGS.c.id == finding_id).values(state=state)
        )
        if result.rowcount != 1:
            raise RecordNotFoundError("no such finding")

    def _opened(self, row: Row[Any]) -> Finding:
        case_id = CaseId(row.case_id)
        plaintext = self._tx.unseal(case_id, ("findings", row.id, "finding"), row.body)
        return parsed(Finding, plaintext).model_copy(update={"state": FindingState(row.state)})
