"""Raw evidence, one sealed item a row. Nothing on the manager's side imports this module."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, insert, select, update

from models.errors import RecordNotFoundError
from models.evidence import AttributionGrade, Capture, Evidence, SourceItem
from models.ids import CaptureId, CaseId, EvidenceId, new_id
from storage.tables.evidence import EVIDENCE
from storage.transaction import Transaction, dumped, parsed


class EvidenceStore:
    """The evidence of cases."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add_many(self, capture: Capture, items: Sequence[SourceItem]) -> list[EvidenceId]:
        """Keep the items of a capture and return their ids, in order.

        An item's place in the sequence is its ordinal: what was kept under it before stays, so
        that a step that runs twice leaves one copy.
        """
        query = select(EVIDENCE.c.ordinal, EVIDENCE.c.id).where(EVIDENCE.c.capture_id == capture.id)
        ids = {row.ordinal: EvidenceId(row.id) for row in self._tx.execute(query)}
        rows = []
        for ordinal, item in enumerate(items):
            if ordinal in ids:
                continue
            evidence_id = ids[ordinal] = EvidenceId(new_id())
            place = ("evidence", evidence_id, "item")
            rows.append(
                {
                    "id": evidence_id,
                    "case_id": capture.case_id,
                    "capture_id": capture.id,
                    "ordinal": ordinal,
                    "body": self._tx.seal(capture.case_id, place, dumped(item)),
                }
            )
        if rows:
            self._tx.execute(insert(EVIDENCE), rows)
        return [ids[ordinal] for ordinal in range(len(items))]

    def for_case(self, case_id: CaseId) -> Iterator[Evidence]:
        """Yield a case's evidence in the order of its keeping. Raises `SealBrokenError`."""
        query = select(EVIDENCE).where(EVIDENCE.c.case_id == case_id).order_by(EVIDENCE.c.seq)
        for row in self._tx.execute(query):
            place = ("evidence", row.id, "item")
            yield Evidence(
                id=EvidenceId(row.id),
                case_id=case_id,
                capture_id=CaptureId(row.capture_id),
                item=parsed(SourceItem, self._tx.unseal(case_id, place, row.body)),
                grade=None if row.grade is None else AttributionGrade(row.grade),
            )

    def grade(self, evidence_id: EvidenceId, grade: AttributionGrade) -> None:
        """Write down how surely an item is the applicant's. Raises `RecordNotFoundError`."""
        result = self._tx.execute(
            update(EVIDENCE).where(EVIDENCE.c.id == evidence_id).values(grade=grade)
        )
        if result.rowcount != 1:
            raise RecordNotFoundError("no such evidence")

    def count(self, case_id: CaseId) -> int:
        """Return how many items a case holds."""
        query = select(func.count()).where(EVIDENCE.c.case_id == case_id)
        return int(self._tx.execute(query).scalar_one())
