"""A capture stands only on a consent that covered it when it was made: the database sees to it."""

from typing import Any

from sqlalchemy import Row, insert, select

from models.consent import ConsentItem
from models.evidence import Capture
from models.ids import CaseId
from storage.tables.evidence import CAPTURES
from storage.transaction import Transaction, dumped, parsed

_DIGEST = "capture"


class CaptureStore:
    """The captures of cases."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, capture: Capture) -> None:
        """Add a capture.

        Raises `ConstraintError` if no consent of the case covers its item at its time, or if
        the same bytes were captured for the case under the same item before.
        """
        place = ("captures", capture.id, "capture")
        self._tx.execute(
            insert(CAPTURES).values(
                id=capture.id,
                case_id=capture.case_id,
                consent_id=capture.consent_id,
                consent_item=capture.consent_item,
                captured_at=capture.captured_at,
                digest=self._digest(capture.case_id, capture.sha256, capture.consent_item),
                body=self._tx.seal(capture.case_id, place, dumped(capture)),
            )
        )

    def by_digest(self, case_id: CaseId, sha256: str, item: ConsentItem) -> Capture | None:
        """Return what was captured of these bytes under one item of the consent, or None."""
        digest = self._digest(case_id, sha256, item)
        query = select(CAPTURES).where(CAPTURES.c.case_id == case_id, CAPTURES.c.digest == digest)
        row = self._tx.execute(query).first()
        return None if row is None else self._opened(row)

    def all(self, case_id: CaseId) -> list[Capture]:
        """Return the captures of a case, oldest first."""
        query = select(CAPTURES).where(CAPTURES.c.case_id == case_id).order_by(CAPTURES.c.seq)
        return [self._opened(row) for row in self._tx.execute(query)]

    def _digest(self, case_id: CaseId, sha256: str, item: ConsentItem) -> str:
        return self._tx.blind(case_id, _DIGEST, f"{sha256}:{item}".encode())

    def _opened(self, row: Row[Any]) -> Capture:
        place = ("captures", row.id, "capture")
        return parsed(Capture, self._tx.unseal(CaseId(row.case_id), place, row.body))
