"""A capture stands only on a consent that covered it when it was made: the database sees to it."""

import hashlib
from typing import Any

from sqlalchemy import Row, insert, select

from models.consent import ConsentItem
from models.evidence import Capture
from models.ids import CaptureId, CaseId
from models.search_clauses import CaptureHashError, CaptureOrderError, NoMethodError
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
        the same bytes were captured for the case under the same item before. After a documented
        capture, `NoMethodError` for one that is not, `CaptureOrderError` for one that is
        earlier or out of sequence, `CaptureHashError` for one that names another predecessor.
        """
        self._require_next(capture)
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

    def stands(self, capture_id: CaptureId) -> bool:
        """Say whether a capture of any case stands under an id."""
        query = select(CAPTURES.c.id).where(CAPTURES.c.id == capture_id)
        return self._tx.execute(query).first() is not None

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

    def chain(self, case_id: CaseId) -> list[tuple[Capture, str]]:
        """Return the captures of a case, oldest first, each with its digest as it was sealed."""
        query = select(CAPTURES).where(CAPTURES.c.case_id == case_id).order_by(CAPTURES.c.seq)
        return [self._with_digest(row) for row in self._tx.execute(query)]

    def newest(self, case_id: CaseId) -> tuple[Capture, str] | None:
        """Return the newest capture of a case with its digest, or None."""
        query = (
            select(CAPTURES)
            .where(CAPTURES.c.case_id == case_id)
            .order_by(CAPTURES.c.seq.desc())
            .limit(1)
        )
        row = self._tx.execute(query).first()
        return None if row is None else self._with_digest(row)

    def _require_next(self, capture: Capture) -> None:
        newest = self.newest(capture.case_id)
        if newest is None or newest[0].documentation is None:
            return
        before, digest = newest
        if capture.documentation is None:
            raise NoMethodError("the capture does not say how it was obtained")
        if (
            capture.captured_at < before.captured_at
            or before.documentation is None
            or capture.documentation.sequence != before.documentation.sequence + 1
        ):
            raise CaptureOrderError("the capture does not follow the one before it")
        if capture.documentation.previous != digest:
            raise CaptureHashError("the capture names another one as the one before it")

    def _with_digest(self, row: Row[Any]) -> tuple[Capture, str]:
        place = ("captures", row.id, "capture")
        plaintext = self._tx.unseal(CaseId(row.case_id), place, row.body)
        return parsed(Capture, plaintext), hashlib.sha256(plaintext).hexdigest()

    def _digest(self, case_id: CaseId, sha256: str, item: ConsentItem) -> str:
        return self._tx.blind(case_id, _DIGEST, f"{sha256}:{item}".encode())

    def _opened(self, row: Row[Any]) -> Capture:
        place = ("captures", row.id, "capture")
        return parsed(Capture, self._tx.unseal(CaseId(row.case_id), place, row.body))
