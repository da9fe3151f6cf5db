"""An applicant's copy of what is kept of them: theirs alone, from a closed list, without others.

What is not on the list is not in the copy: who reported something, what went to a custodian, who
reviewed by name. Items are the applicant's own where attribution says so; in their words other
people's names and addresses are blanked, and a text in which nobody can be sure of that is left
out and counted.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from casework.applicant.disclosure import known_persons
from casework.criminal.referrals import diverted
from casework.deciding.applicant_file import applicant_file
from casework.screening.statements import Redacts
from models.case import Case
from models.disclosure import Disclosure
from models.evidence import AttributionGrade, Evidence
from models.redaction import Mention, Outcome
from models.release import ReleasePackage
from models.text import RawText
from redaction.known import KnownPersons
from storage.evidence import EvidenceStore
from storage.findings import FindingStore
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction

OTHER_PERSON: Final = "[another person]"
_OWN: Final = frozenset(AttributionGrade) - {AttributionGrade.UNATTRIBUTED}
_REACHES: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|@\w[\w.]{1,}|\+?\d[\d\s().-]{6,}\d")
"""An e-mail address, a handle, a telephone number."""
_WORD_AFTER: Final = re.compile(r"[ \u00a0'’-]+([^\W\d_][\w'’-]*)")


@dataclass(frozen=True, slots=True, repr=False)
class AccessCopy:
    """The copy, as it is handed to the applicant and to nobody else; its `repr` shows nothing."""

    content: bytes
    sha256: str
    items: int
    left_out: int

    def __repr__(self) -> str:
        return f"AccessCopy({self.sha256})"


def access_copy(tx: Transaction, case: Case, *, redactor: Redacts, now: datetime) -> AccessCopy:
    """Return the applicant's copy of one case as it stands."""
    records = RecordStore(tx)
    disclosure = records.latest(case.id, RecordKind.DISCLOSURE, Disclosure)
    known = KnownPersons() if disclosure is None else known_persons(disclosure)
    away = diverted(tx, case.id)
    mine = [
        one
        for one in EvidenceStore(tx).for_case(case.id)
        if one.grade in _OWN and one.id not in away
    ]
    items = [_item(one, redactor, known) for one in mine]
    shown = {one["id"] for one in items if one["text"] is not None}
    content = applicant_file(tx, case) | {
        "form": "walloff-access-1",
        "made_at": now.isoformat(),
        "items": items,
        "findings": [
            {
                "criterion": one.proposal.criterion,
                "conduct": one.proposal.conduct,
                "severity": one.proposal.severity,
                "item": one.evidence_id,
                "state": one.state,
            }
            for one in FindingStore(tx).for_case(case.id)
            if one.evidence_id in shown
        ],
        "package": _package(tx, case),
        "left_out": len(items) - len(shown),
    }
    words = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"
    return AccessCopy(
        content=words,
        sha256=hashlib.sha256(words).hexdigest(),
        items=len(shown),
        left_out=len(items) - len(shown),
    )


def without_others(text: RawText, redactor: Redacts, known: KnownPersons) -> str | None:
    """Return the words with other people blanked, or None where nobody can be sure of that."""
    redaction = redactor.redact(text)
    if redaction.outcome is Outcome.UNSUPPORTED_LANGUAGE:
        return None
    words = text.reveal()
    own = [(one.start, one.end) for one in known.propose(words)]
    spans = [
        *(
            (span.start, _whole_name(words, span.end))
            for span in redaction.spans
            if span.mention is Mention.PERSON
        ),
        *((found.start(), found.end()) for found in _REACHES.finditer(words)),
    ]
    return _blanked(words, [one for one in spans if not _within(one, own)])


def _item(one: Evidence, redactor: Redacts, known: KnownPersons) -> dict[str, Any]:
    item = one.item
    return {
        "id": one.id,
        "platform": item.platform.reveal(),
        "created_at": None if item.created_at is None else item.created_at.isoformat(),
        "text": without_others(item.text, redactor, known),
    }


def _package(tx: Transaction, case: Case) -> dict[str, Any] | None:
    package = PackageStore(tx).current(case.id)
    if package is None:
        return None
    return ReleasePackage.from_payload(package.payload).model_dump(mode="json")


def _whole_name(words: str, end: int) -> int:
    """Return where a name ends that goes on in capitals: a surname is in no list of names."""
    for found in _WORD_AFTER.finditer(words, end):
        if found.start() != end or not found[1][0].isupper():
            break
        end = found.end()
    return end


def _within(span: tuple[int, int], own: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in own)


def _blanked(words: str, spans: list[tuple[int, int]]) -> str:
    return "".join(_pieces(words, sorted(spans)))


def _pieces(words: str, spans: list[tuple[int, int]]) -> Iterator[str]:
    at = 0
    for start, end in spans:
        if end <= at:
            continue
        if start >= at:
            yield words[at:start]
            yield OTHER_PERSON
        at = end
    yield words[at:]
