"""What a case gathers on paper, one sealed value a row, never changed, the newest standing."""

from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Row, insert, select

from models.ids import CaseId, new_id
from models.personas import Persona
from models.search_clauses import PersonaInVettingError
from models.value import Value
from storage.tables.records import RECORDS
from storage.transaction import Transaction, dumped, parsed

V = TypeVar("V", bound=Value)


class RecordKind(StrEnum):
    """What a record is."""

    APPLICANT = "applicant"
    NOTICE = "notice"
    DISCLOSURE = "disclosure"
    SOURCE = "source"
    ORIGINAL = "original"
    PROVENANCE = "provenance"
    PROBLEM = "problem"
    REBUTTAL = "rebuttal"
    REBUTTAL_WINDOW = "rebuttal-window"
    DECISION = "decision"
    ASSESSMENT = "assessment"
    EMPLOYMENT = "employment"
    REFERRAL = "referral"
    CRIMINAL_COPY = "criminal-copy"
    ACCOUNT_CONFIRMATION = "account-confirmation"
    ACCOUNT_FACTS = "account-facts"
    ATTRIBUTION = "attribution"
    HIRING_STAGE = "hiring-stage"
    COMING_OF_AGE = "coming-of-age"
    EXCLUSIONS = "exclusions"
    EVIDENCE_COPY = "evidence-copy"
    ATTACHMENT = "attachment"
    STATEMENT = "statement"
    ADJUDICATION = "adjudication"
    CLARIFICATION = "clarification"
    DOCUMENT = "document"
    DOCUMENT_DELIVERED = "document-delivered"
    DISPUTE = "dispute"
    RECALL = "recall"
    SIGHT = "sight"
    SEEDED_ITEM = "seeded-item"
    SECOND_REVIEW = "second-review"
    QUERY = "query"
    PAGE_CAPTURE = "page-capture"
    FETCH = "fetch"
    SUPERVISED_VIEW = "supervised-view"
    IDENTITY_NUMBER = "identity-number"
    SENSITIVE_DIGESTS = "sensitive-digests"
    NOTICE_REQUEST = "notice-request"
    NOTICE_DELIVERY = "notice-delivery"
    CONSENT_PAPERS = "consent-papers"
    REFUSAL_SETTLED = "refusal-settled"
    ALTERATION = "alteration"
    CONTACT = "contact"
    TRIGGER = "trigger"
    MONITORING_SCOPE = "monitoring-scope"
    PEER_REPORT = "peer-report"
    REPORTER_GUARD = "reporter-guard"
    SAFETY_NOTICE = "safety-notice"
    THIRD_PARTY_ITEM = "third-party-item"
    DEVIATION = "deviation"
    PRODUCTION = "production"
    BREACH = "breach"
    DATA_REQUEST = "data-request"
    NULL_RETENTION = "null-retention"
    LEAD = "lead"
    REVIEW_MARK = "review-mark"
    EXCEPTED_TEXTS = "excepted-texts"


class RecordStore:
    """The records of cases."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def put(self, case_id: CaseId, kind: RecordKind, value: Value, *, now: datetime) -> str:
        """Seal a value and return the record's id.

        Raises `ConstraintError` for no such case, and `PersonaInVettingError` for what belongs
        to investigations: no case can hold it (I1).
        """
        if isinstance(value, Persona):
            raise PersonaInVettingError("a persona is not linked to a case")
        record_id = new_id()
        self._tx.execute(
            insert(RECORDS).values(
                id=record_id,
                case_id=case_id,
                kind=kind,
                at=now,
                body=self._tx.seal(case_id, ("records", record_id, kind), dumped(value)),
            )
        )
        return record_id

    def latest(self, case_id: CaseId, kind: RecordKind, type_: type[V]) -> V | None:
        """Return the newest record of a kind, or None. Raises `SealBrokenError`."""
        query = (
            select(RECORDS)
            .where(RECORDS.c.case_id == case_id, RECORDS.c.kind == kind)
            .order_by(RECORDS.c.seq.desc())
            .limit(1)
        )
        row = self._tx.execute(query).first()
        return None if row is None else self._opened(row, type_)

    def all(self, case_id: CaseId, kind: RecordKind, type_: type[V]) -> list[V]:
        """Return the records of a kind, oldest first. Raises `SealBrokenError`."""
        query = (
            select(RECORDS)
            .where(RECORDS.c.case_id == case_id, RECORDS.c.kind == kind)
            .order_by(RECORDS.c.seq)
        )
        return [self._opened(row, type_) for row in self._tx.execute(query)]

    def cases_with(self, kind: RecordKind) -> list[CaseId]:
        """Return the cases that have a record of a kind."""
        query = select(RECORDS.c.case_id).where(RECORDS.c.kind == kind).distinct()
        return [CaseId(row.case_id) for row in self._tx.execute(query)]

    def _opened(self, row: Row[Any], type_: type[V]) -> V:
        place = ("records", row.id, row.kind)
        return parsed(type_, self._tx.unseal(CaseId(row.case_id), place, row.body))
