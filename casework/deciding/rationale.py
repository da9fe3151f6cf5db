"""The manager's own words are read before they are kept: what may not enter is told by place.

A refusal names the characters and the rule, and never repeats a word. Nothing in this module can
reach raw evidence, directly or through what it imports.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from models.clauses import RationaleError
from models.redaction import Redaction
from models.release import ReleasePackage
from models.text import RawText
from redaction.leakage import leaks

_PATTERNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (rule, re.compile(pattern, re.IGNORECASE))
    for rule, pattern in (
        # A number that weighs a person: the policy knows none.
        ("score", r"\b\d{1,3}(?:[.,]\d+)?\s*(?:%|percent\b|/\s*\d{1,3}\b|out of \d+|points?\b)"),
        ("score", r"\b(?:scor(?:e|es|ed|ing)|rank(?:s|ed|ing)?|rat(?:ed|ing)s?)\b"),
        # An impression in place of a reason: the senses of "intuition" and "hunch" in WordNet
        # 3.1 (synsets intuition.n.01, hunch.n.01) and their idioms.
        (
            "impression",
            r"\b(?:gut(?: feelings?| reactions?| instincts?)?|instincts?|intuitions?|hunch(?:es)?|"
            r"suspicions?|vibes?|bad feelings?|feels? (?:wrong|off)|(?:culture|cultural) fit)\b",
        ),
        # What no release holds: a look of one's own, a link, an account.
        ("outside-package", r"https?:|www\.|\w@\w+\.\w|(?<!\w)@\w"),
        (
            "outside-package",
            r"\b(?:googled?|googling|looked (?:\w+ ){0,3}up|searched (?:\w+ ){0,2}online|"
            r"(?:facebook|instagram|twitter|tiktok|linkedin|reddit|youtube|snapchat) "
            r"(?:page|profile|account|photos?|posts?)|"
            r"(?:his|her|their) (?:page|profile|photos?|pictures?))\b",
        ),
    )
)
_QUOTED: Final = re.compile(r"[\"“]([^\"“”]{12,})[\"”]")
_WORD: Final = re.compile(r"\S+")
_REACH: Final = 3
"""Words that are read together for what the second look finds across spaces."""


class Redacts(Protocol):
    """What finds protected classes in a text."""

    def redact(self, text: RawText) -> Redaction:
        """Redact one text."""
        ...


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One stretch that may not stand, by characters counted from 1, and the rule."""

    start: int
    end: int
    rule: str

    def __str__(self) -> str:
        return f"characters {self.start}-{self.end}: {self.rule}"


def lint(text: str, package: ReleasePackage, *, redactor: Redacts | None = None) -> list[Fault]:
    """Return what may not stand in a rationale, in order; empty if it may be kept.

    Rules: `protected-class`, `score`, `impression`, and `outside-package` for what the release
    does not hold. A redactor finds more than the second look that is always taken.
    """
    found = {*_by_pattern(text), *_quoted(text, package), *_protected(text)}
    if redactor is not None:
        for span in redactor.redact(RawText(text)).spans:
            found.add(Fault(span.start + 1, span.end, "protected-class"))
    return sorted(found)


def require_clean(text: str, package: ReleasePackage, *, redactor: Redacts | None = None) -> None:
    """Raise `RationaleError` with the places and rules, without a word of the text."""
    faults = lint(text, package, redactor=redactor)
    if faults:
        raise RationaleError("; ".join(map(str, faults[:20])))


def _by_pattern(text: str) -> Iterator[Fault]:
    for rule, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Fault(match.start() + 1, match.end(), rule)


def _quoted(text: str, package: ReleasePackage) -> Iterator[Fault]:
    """Yield quotations of what the package does not say."""
    shown = " ".join(
        words
        for finding in package.findings
        for words in (
            finding.criterion_text,
            finding.excerpt or "",
            finding.answer.statement or "" if finding.answer else "",
        )
    )
    known = " ".join(shown.casefold().split())
    for match in _QUOTED.finditer(text):
        said = " ".join(match[1].casefold().split()).strip(" .,;:!?…")
        if said not in known:
            yield Fault(match.start() + 1, match.end(), "outside-package")


def _protected(text: str) -> Iterator[Fault]:
    """Yield the words that the second look finds, each with the fewest that it needs.

    Few words at a time are read more strictly than a sentence is.
    """
    words = list(_WORD.finditer(text))
    placed = False
    for reach in range(1, _REACH + 1):
        for at in range(len(words) - reach + 1):
            start, end = words[at].start(), words[at + reach - 1].end()
            if leaks(text[start:end]):
                placed = True
                yield Fault(start + 1, end, "protected-class")
        if placed:
            return
    if leaks(text):
        yield Fault(1, len(text), "protected-class")
