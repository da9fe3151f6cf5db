"""What an applicant gave and was given in one case, whole: their file, without the evidence.

A closed list. Every version stands, oldest first: a list of accounts that was changed after a
letter went out, a dispute before and after its result, each paper that was signed. Who inside did
what is told by role and never by name, and nothing of what was not released is here.

Nothing in this module can reach raw evidence, directly or through what it imports.
"""

import json
from typing import Any, Final

from models.adverse import Delivered, Document
from models.audit import AuditAction
from models.case import Case, CaseState
from models.consent import Notice
from models.decision import Decision
from models.disclosure import Applicant, Disclosure
from models.dispute import Dispute, Recall
from models.forms import ConsentPapers, NoticeDelivery
from models.rebuttal import Attachment, EvidenceCopy, Rebuttal
from models.reportable import ComingOfAge
from models.value import Value
from storage.audit import AuditLog
from storage.consents import ConsentStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction, dumped

_LOOKS: Final = frozenset(
    {
        AuditAction.RAW_READ,
        AuditAction.VIEWED,
        AuditAction.DELIVERED,
        AuditAction.COPY_SENT,
        AuditAction.PREVIEWED,
    }
)


_IN_REVIEW: Final = "in-review"
_BEFORE_ANSWERS: Final = frozenset(
    {
        CaseState.COLLECTING,
        CaseState.ATTRIBUTED,
        CaseState.TRIAGED,
        CaseState.REDACTED,
        CaseState.REVIEWED,
        CaseState.CRIMINAL_HOLD,
    }
)
"""Told alike: whoever could tell one from another could tell that something was referred."""


def applicant_file(tx: Transaction, case: Case) -> dict[str, Any]:
    """Return the file as values that JSON knows; each key is named in the guide for counsel."""
    records = RecordStore(tx)
    disclosures = records.all(case.id, RecordKind.DISCLOSURE, Disclosure)
    notices = records.all(case.id, RecordKind.NOTICE, Notice)
    return {
        "case": case.id,
        "state": _IN_REVIEW if case.state in _BEFORE_ANSWERS else case.state,
        "applicant": opened(records.latest(case.id, RecordKind.APPLICANT, Applicant)),
        "notice": opened(notices[-1] if notices else None),
        "notice_deliveries": [
            _without(one, "recorded_by")
            for one in records.all(case.id, RecordKind.NOTICE_DELIVERY, NoticeDelivery)
        ],
        "consents": [opened(one) for one in ConsentStore(tx).all(case.id)],
        "papers": [
            _paper(one) for one in records.all(case.id, RecordKind.CONSENT_PAPERS, ConsentPapers)
        ],
        "disclosure": opened(disclosures[-1] if disclosures else None),
        "earlier_disclosures": [opened(one) for one in disclosures[:-1]],
        "came_of_age": [
            one.day.isoformat()
            for one in records.all(case.id, RecordKind.COMING_OF_AGE, ComingOfAge)
        ],
        "answers": [opened(one) for one in records.all(case.id, RecordKind.REBUTTAL, Rebuttal)],
        "attachments": [
            opened(one) for one in records.all(case.id, RecordKind.ATTACHMENT, Attachment)
        ],
        "disputes": [
            _without(one, "resolved_by", "hold")
            for one in records.all(case.id, RecordKind.DISPUTE, Dispute)
        ],
        "recalls": [
            {"reason": one.reason, "at": one.recalled_at.isoformat()}
            for one in records.all(case.id, RecordKind.RECALL, Recall)
        ],
        "decisions": [
            {"outcome": one.outcome, "at": one.decided_at.isoformat()}
            for one in records.all(case.id, RecordKind.DECISION, Decision)
        ],
        "documents": [opened(one) for one in records.all(case.id, RecordKind.DOCUMENT, Document)],
        "documents_delivered": [
            _without(one, "confirmed_by")
            for one in records.all(case.id, RecordKind.DOCUMENT_DELIVERED, Delivered)
        ],
        "copies": [
            opened(one) for one in records.all(case.id, RecordKind.EVIDENCE_COPY, EvidenceCopy)
        ],
        "who_looked": [
            {"what": one.action, "role": one.role, "at": one.at.isoformat()}
            for one in AuditLog(tx).entries(case.id)
            if one.action in _LOOKS
        ],
    }


def opened(value: Value | None) -> Any:
    """Return a sealed value's words, for the applicant's copy alone."""
    return None if value is None else json.loads(dumped(value))


def _without(value: Value, *fields: str) -> dict[str, Any]:
    return {name: said for name, said in opened(value).items() if name not in fields}


def _paper(papers: ConsentPapers) -> dict[str, Any]:
    paper = opened(papers)
    if paper["signature"] is not None:
        paper["signature"].pop("witness", None)
    return dict(paper)
