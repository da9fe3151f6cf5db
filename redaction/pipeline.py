"""Raw text goes in; what comes out holds nothing protected that any proposer found.

Normalise, propose, unite, render, and look once more with other eyes: what that second look
finds closes the text altogether.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from typing import Final

from models.redaction import Outcome, Redaction, Span, untyped
from models.text import WITHHELD, CodedText, RawText, RedactedText
from redaction.candidate import Candidate, Form
from redaction.gazetteer import Gazetteer, load_gazetteer
from redaction.known import KnownPersons
from redaction.language import is_unsupported
from redaction.leakage import leaks
from redaction.operator import TIMEOUT_RULE, OperatorPatterns
from redaction.proposals import Proposals
from redaction.rendering import coded_text, without_empty_sentences
from redaction.tokens import tokens_of
from redaction.view import view_of

RULES_VERSION: Final = "1"
"""Raised when the code decides differently on the same data."""


class Redactor:
    """The rules, ready to redact. Build one for each process: it takes a second or so.

    `gazetteer` and `patterns` are where an agency's own lists come in (`redaction.operator`).
    """

    def __init__(
        self, *, gazetteer: Gazetteer | None = None, patterns: OperatorPatterns | None = None
    ) -> None:
        chosen = load_gazetteer() if gazetteer is None else gazetteer
        self._proposals: Final = Proposals(chosen)
        self._patterns: Final = patterns
        self.version: Final = _version(chosen, patterns)

    def redact(self, text: RawText, *, known: KnownPersons | None = None) -> Redaction:
        """Redact one text. Any string is accepted; nothing of it is kept."""
        words = text.reveal()
        view = view_of(words)
        tokens = tokens_of(view.text)
        if is_unsupported(words, tokens.lower):
            return _withheld(Outcome.UNSUPPORTED_LANGUAGE, ())
        view, tokens, candidates = self._proposals.of(view, tokens, known)
        if self._patterns is not None:
            candidates += next(self._patterns.propose([view.text]))
        if not candidates:
            return self._checked(words, words, ())
        spans = tuple(
            self._span(candidate, *view.origin(candidate.start, candidate.end))
            for candidate in candidates
            if candidate.form is not Form.OPAQUE
        )
        if any(candidate.rule == TIMEOUT_RULE for candidate in candidates):
            return _withheld(Outcome.LEAKAGE, spans)  # unread text waits for a person
        coded = coded_text(words, view, tokens, candidates)
        return self._checked(coded, without_empty_sentences(coded), spans)

    def redact_many(
        self, texts: Iterable[RawText], *, known: KnownPersons | None = None
    ) -> Iterator[Redaction]:
        """Redact texts one after the other, in order, in flat memory."""
        for text in texts:
            yield self.redact(text, known=known)

    def _checked(self, coded: str, shown: str, spans: tuple[Span, ...]) -> Redaction:
        neutral = untyped(shown)
        if shown != coded and not neutral.strip():
            neutral = RedactedText(WITHHELD)
        if leaks(neutral) or (shown != coded and leaks(untyped(coded))):
            return _withheld(Outcome.LEAKAGE, spans)
        return Redaction(outcome=Outcome.PASSED, text=neutral, coded=CodedText(coded), spans=spans)

    def _span(self, candidate: Candidate, start: int, end: int) -> Span:
        return Span(
            start=start,
            end=end,
            protected_class=candidate.protected_class,
            mention=candidate.mention,
            proposer=candidate.proposer,
            rule=candidate.rule,
            version=self.version,
            score=candidate.score,
        )


def _withheld(outcome: Outcome, spans: tuple[Span, ...]) -> Redaction:
    return Redaction(outcome=outcome, text=RedactedText(WITHHELD), coded=CodedText(""), spans=spans)


def _version(gazetteer: Gazetteer, patterns: OperatorPatterns | None) -> str:
    """Return the rule set's version: code, gazetteer, every rule file, an agency's patterns."""
    own = "" if patterns is None else f"|{patterns.version}"
    digest = hashlib.sha256(f"{RULES_VERSION}|{gazetteer.version}{own}".encode())
    folder = resources.files("redaction") / "rules"
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        digest.update(item.name.encode() + item.read_bytes())
    return f"{RULES_VERSION}-{digest.hexdigest()[:12]}"


@cache
def default_redactor() -> Redactor:
    """Return the process's redactor over the package's own lists."""
    return Redactor()
