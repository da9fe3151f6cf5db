"""Consents stand in clear, item by item, because the database itself checks captures by them.

Only the digest of the notice is sealed: the notice may name the applicant.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from models.consent import Consent, ConsentItem, ConsentScope
from models.errors import ConstraintError, RecordNotFoundError
from models.ids import CaseId, ConsentId
from storage.tables.consents import CONSENT_ITEMS, CONSENTS
from storage.transaction import Transaction


class ConsentStore:
    """The consents of cases."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, consent: Consent) -> None:
        """Add a consent. Raises `ConstraintError` if its id is taken or the case unknown."""
        place = ("consents", consent.id, "notice")
        items = [(item, True) for item in sorted(consent.scope.granted)]
        items += [(item, False) for item in sorted(consent.scope.refused)]
        if items:
            self._tx.execute(
                insert(CONSENT_ITEMS),
                [
                    {"consent_id": consent.id, "item": item, "granted": granted}
                    for item, granted in items
                ],
            )
        self._tx.execute(
            insert(CONSENTS).values(
                id=consent.id,
                case_id=consent.case_id,
                lookback_years=consent.scope.lookback_years,
                consequence_sha256=consent.consequence_sha256,
                consequence_acknowledged=consent.consequence_acknowledged,
                signed_at=consent.signed_at,
                expires_at=consent.expires_at,
                withdrawn_at=consent.withdrawn_at,
                notice=self._tx.seal(consent.case_id, place, consent.notice_sha256.encode()),
            )
        )

    def latest(self, case_id: CaseId) -> Consent | None:
        """Return the newest answer to the request for consent, or None."""
        found = self._read(case_id, newest=True)
        return found[0] if found else None

    def all(self, case_id: CaseId) -> list[Consent]:
        """Return all of a case's consents, oldest first."""
        return self._read(case_id, newest=False)

    def withdraw(self, consent_id: ConsentId, at: datetime) -> None:
        """Record a withdrawal.

        Raises `RecordNotFoundError`, and `ConstraintError` if it was withdrawn before.
        """
        query = select(CONSENTS.c.withdrawn_at).where(CONSENTS.c.id == consent_id)
        row = self._tx.execute(query).first()
        if row is None:
            raise RecordNotFoundError("no such consent")
        if row.withdrawn_at is not None:
            raise ConstraintError("the consent was withdrawn before")
        self._tx.execute(
            update(CONSENTS).where(CONSENTS.c.id == consent_id).values(withdrawn_at=at)
        )

    def _read(self, case_id: CaseId, *, newest: bool) -> list[Consent]:
        query = select(CONSENTS).where(CONSENTS.c.case_id == case_id)
        if newest:
            query = query.order_by(CONSENTS.c.seq.desc()).limit(1)
        else:
            query = query.order_by(CONSENTS.c.seq)
        return [self._consent(row) for row in self._tx.execute(query).all()]

    def _consent(self, row: Row[Any]) -> Consent:
        items = self._tx.execute(
            select(CONSENT_ITEMS).where(CONSENT_ITEMS.c.consent_id == row.id)
        ).all()
        case_id = CaseId(row.case_id)
        notice = self._tx.unseal(case_id, ("consents", row.id, "notice"), row.notice)
        return Consent(
            id=ConsentId(row.id),
            case_id=case_id,
            scope=ConsentScope(
                granted=_items(items, granted=True),
                refused=_items(items, granted=False),
                lookback_years=row.lookback_years,
            ),
            consequence_sha256=row.consequence_sha256,
            consequence_acknowledged=row.consequence_acknowledged,
            notice_sha256=notice.decode(),
            signed_at=row.signed_at,
            expires_at=row.expires_at,
            withdrawn_at=row.withdrawn_at,
        )


def _items(rows: Sequence[Row[Any]], *, granted: bool) -> frozenset[ConsentItem]:
    return frozenset(ConsentItem(row.item) for row in rows if bool(row.granted) is granted)
