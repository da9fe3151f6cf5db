"""What of a case can be produced, item by item, under ids that a privilege log can name."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from models.adverse import Document
from models.consent import Notice
from models.counsel import ProducedKind
from models.decision import Decision
from models.disclosure import Disclosure
from models.ids import CaseId
from models.rebuttal import Rebuttal
from models.value import Value
from storage.audit import AuditLog
from storage.captures import CaptureStore
from storage.consents import ConsentStore
from storage.evidence import EvidenceStore
from storage.findings import FindingStore
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction, dumped

_RECORDS: Final[dict[ProducedKind, tuple[RecordKind, type[Value]]]] = {
    ProducedKind.NOTICE: (RecordKind.NOTICE, Notice),
    ProducedKind.DISCLOSURE: (RecordKind.DISCLOSURE, Disclosure),
    ProducedKind.REBUTTAL: (RecordKind.REBUTTAL, Rebuttal),
    ProducedKind.DECISION: (RecordKind.DECISION, Decision),
    ProducedKind.DOCUMENTS: (RecordKind.DOCUMENT, Document),
}
"""A closed list: what a confidential reporter said, and what was put away, are in no kind."""


def items_of(tx: Transaction, case_id: CaseId, kind: ProducedKind) -> Iterator[tuple[str, bytes]]:
    """Yield every item of a kind with its id, as JSON; the content is only ever to be sealed."""
    match kind:
        case ProducedKind.EVIDENCE:
            yield from _by_id(list(EvidenceStore(tx).for_case(case_id)))
        case ProducedKind.CAPTURES:
            yield from _by_id(CaptureStore(tx).all(case_id))
        case ProducedKind.FINDINGS:
            yield from _by_id(FindingStore(tx).for_case(case_id))
        case ProducedKind.CONSENT:
            yield from _by_id(ConsentStore(tx).all(case_id))
        case ProducedKind.PACKAGES:
            package = PackageStore(tx).current(case_id)
            if package is not None:
                yield package.id, package.payload
        case ProducedKind.LOG:
            entries = AuditLog(tx).entries(case_id)
            lines = [one.model_dump(mode="json") for one in entries]
            yield f"log-{len(lines)}", json.dumps(lines, indent=1).encode()
        case _:
            record, type_ = _RECORDS[kind]
            for number, value in enumerate(RecordStore(tx).all(case_id, record, type_), start=1):
                yield f"{kind}-{number}", dumped(value)


def _by_id(values: Sequence[Value]) -> Iterator[tuple[str, bytes]]:
    for one in values:
        yield getattr(one, "id"), dumped(one)  # noqa: B009 - each of these kinds has one
