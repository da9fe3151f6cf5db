"""A package shows what a reviewer's marks leave of each excerpt; the finding itself stays as it is.

Words that a reviewer withholds read as any others that are withheld: one fixed token.
"""

import re
from collections.abc import Iterable
from typing import Final

from models.finding import Finding
from models.ids import CaseId
from models.marks import ExceptedTexts, MarkKind, ReviewMark
from models.text import WITHHELD, RedactedText
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction

_TOKEN: Final = re.escape(WITHHELD)
_RUN: Final = re.compile(rf"{_TOKEN}(?:[\s,;/&-]*{_TOKEN})+")
_WORD: Final = re.compile(r"\w")
_LEAST: Final = 2
"""Words that are left of an excerpt, or it says nothing and the finding goes without."""


def marks_of(tx: Transaction, case_id: CaseId) -> list[ReviewMark]:
    """Return each mark of a case as it stands, undone ones too, oldest first."""
    found = RecordStore(tx).all(case_id, RecordKind.REVIEW_MARK, ReviewMark)
    return list({mark.id: mark for mark in found}.values())


def marked(tx: Transaction, case_id: CaseId, findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with the excerpts that the case's marks leave them."""
    marks = [mark for mark in marks_of(tx, case_id) if not mark.undone]
    if not marks:
        return list(findings)
    excepted = RecordStore(tx).latest(case_id, RecordKind.EXCEPTED_TEXTS, ExceptedTexts)
    texts = {} if excepted is None else excepted.excerpts
    return [_with(finding, texts.get(finding.id, finding.excerpt), marks) for finding in findings]


def without(text: str, words: str) -> str:
    """Return a text with the fixed token for some words, in any case, at the borders of words."""
    inner = r"\s+".join(map(re.escape, words.split()))
    pattern = re.compile(rf"(?<!\w){inner}(?!\w)", re.IGNORECASE)
    parts = text.split(WITHHELD)
    return _RUN.sub(WITHHELD, WITHHELD.join(pattern.sub(WITHHELD, part) for part in parts))


def stands_in(text: str, words: str) -> bool:
    """Say whether some words stand in a text, so that withholding them changes it."""
    return bool(words.split()) and without(text, words) != _RUN.sub(WITHHELD, text)


def _with(finding: Finding, excerpt: RedactedText | None, marks: Iterable[ReviewMark]) -> Finding:
    left = excerpt
    for mark in marks:
        if mark.kind is not MarkKind.WITHHOLD or mark.finding_id not in (None, finding.id):
            continue
        if left is not None and stands_in(left, mark.words.reveal()):
            # Less of what redaction passed: still nothing that it would not pass.
            left = RedactedText(without(left, mark.words.reveal()))
            said = left.replace(WITHHELD, " ").split()
            if sum(1 for word in said if _WORD.search(word)) < _LEAST:
                left = None
    return finding.model_copy(update={"excerpt": left})
