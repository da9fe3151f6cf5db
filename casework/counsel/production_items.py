"""What of a case can be produced, item by item, under ids that a privilege log can name."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from casework.custody.case_export import custody_document
from models.adverse import Document
from models.consent import Notice
from models.counsel import ProducedKind
from models.decision import Decision
from models.disclosure import Disclosure
from models.evidence import Capture
from models.ids import CaseId
from models.rebuttal import Rebuttal
from models.value import Value
from storage.audit import AuditLog
from storage.captures import CaptureStore
from storage.consents import ConsentStore
from storage.evidence import EvidenceStore
from storage.findings import FindingStore
from storage.home import Home
from storage.originals import kept_originals, read_original
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction, dumped

_CHAIN: Final = "chain"
_ENDINGS: Final = {ProducedKind.CUSTODY: ".jsonld", ProducedKind.ORIGINALS: ""}
_RECORDS: Final[dict[ProducedKind, tuple[RecordKind, type[Value]]]] = {
    ProducedKind.NOTICE: (RecordKind.NOTICE, Notice),
    ProducedKind.DISCLOSURE: (RecordKind.DISCLOSURE, Disclosure),
    ProducedKind.REBUTTAL: (RecordKind.REBUTTAL, Rebuttal),
    ProducedKind.DECISION: (RecordKind.DECISION, Decision),
    ProducedKind.DOCUMENTS: (RecordKind.DOCUMENT, Document),
}
"""A closed list: what a confidential reporter said, and what was put away, are in no kind."""


def ids_of(tx: Transaction, case_id: CaseId, kind: ProducedKind, *, home: Home) -> list[str]:
    """Return the ids of the items of a kind, in their order."""
    match kind:
        case ProducedKind.ORIGINALS:
            return [one.id for one in _with_originals(tx, case_id)]
        case ProducedKind.CUSTODY:
            return [_CHAIN]
        case _:
            return [item for item, _content in items_of(tx, case_id, kind, home=home)]


def file_name(kind: ProducedKind, item: str) -> str:
    """Return under which name an item stands in a production."""
    return f"{kind}/{item}{_ENDINGS.get(kind, '.json')}"


def items_of(
    tx: Transaction, case_id: CaseId, kind: ProducedKind, *, home: Home
) -> Iterator[tuple[str, bytes]]:
    """Yield every item of a kind with its id; the content is only ever to be sealed.

    Raises `CaptureHashError` for an original that is not what was captured.
    """
    match kind:
        case ProducedKind.EVIDENCE:
            yield from _by_id(list(EvidenceStore(tx).for_case(case_id)))
        case ProducedKind.CAPTURES:
            yield from _by_id(CaptureStore(tx).all(case_id))
        case ProducedKind.ORIGINALS:
            for capture in _with_originals(tx, case_id):
                yield capture.id, b"".join(read_original(tx, capture, home=home))
        case ProducedKind.CUSTODY:
            yield _CHAIN, custody_document(tx, case_id, home=home)
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
            # One id for good: approvals are entries, and what was withheld stays withheld.
            yield f"{kind}-1", json.dumps(lines, indent=1).encode()
        case _:
            record, type_ = _RECORDS[kind]
            for number, value in enumerate(RecordStore(tx).all(case_id, record, type_), start=1):
                yield f"{kind}-{number}", dumped(value)


def _with_originals(tx: Transaction, case_id: CaseId) -> list[Capture]:
    kept = kept_originals(tx, case_id)
    return [one for one in CaptureStore(tx).all(case_id) if one.id in kept]


def _by_id(values: Sequence[Value]) -> Iterator[tuple[str, bytes]]:
    for one in values:
        yield getattr(one, "id"), dumped(one)  # noqa: B009 - each of these kinds has one
