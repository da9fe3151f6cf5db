"""Raw text goes in; what comes out holds nothing protected that any proposer found.

Normalise, propose, unite, render, and look once more with other eyes: what that second look
finds closes the text altogether.
"""

import hashlib
from collections.abc import Generator, Iterable, Iterator
from functools import cache
from importlib import resources
from typing import Final

from models.redaction import Mention, Outcome, Redaction, Span, untyped
from models.text import WITHHELD, CodedText, RawText, RedactedText
from redaction.candidate import Candidate, Form
from redaction.gazetteer import Gazetteer, load_gazetteer
from redaction.known import KnownPersons
from redaction.language import is_unsupported
from redaction.leakage import leaks
from redaction.net_proposer import SpanProposer
from redaction.nets import default_nets
from redaction.operator import TIMEOUT_RULE, OperatorPatterns
from redaction.proposals import Proposals
from redaction.rendering import coded_view, without_empty_sentences
from redaction.tokens import Tokens, tokens_of
from redaction.turns import Steps, finished, in_batches
from redaction.view import View, view_of

_PASSES: Final = 3
"""A text is looked at until nothing more is found; one that never rests is withheld whole."""
RULES_VERSION: Final = "4"
"""Raised when the code decides differently on the same data."""


class Redactor:
    """The rules, ready to redact. Build one for each process: it takes a second or so.

    `gazetteer` and `patterns` are where an agency's own lists come in (`redaction.operator`).
    `nets` read what the rules leave, and can only add.
    """

    def __init__(
        self,
        *,
        gazetteer: Gazetteer | None = None,
        patterns: OperatorPatterns | None = None,
        nets: SpanProposer | None = None,
    ) -> None:
        chosen = load_gazetteer() if gazetteer is None else gazetteer
        self._gazetteer: Final = chosen
        self._proposals: Final = Proposals(chosen)
        self._patterns: Final = patterns
        self._nets: Final = nets
        self.version: Final = _version(chosen, patterns, nets)

    def redact(self, text: RawText, *, known: KnownPersons | None = None) -> Redaction:
        """Redact one text. Any string is accepted; nothing of it is kept."""
        return finished(self._steps(text, known), self._nets)

    def _steps(self, text: RawText, known: KnownPersons | None) -> Steps:
        words = text.reveal()
        view = view_of(words)
        tokens = tokens_of(view.text)
        if is_unsupported(words, tokens.lower):
            return _withheld(Outcome.UNSUPPORTED_LANGUAGE, ())
        found = yield from self._pass(words, view, tokens, known, trusted=False)
        if found is None:
            return self._checked(words, words, ())
        coded, spans = found
        if not spans:  # nothing but tokens of an earlier redaction
            return self._checked(coded.text, coded.text, ())
        if any(item.rule == TIMEOUT_RULE for _, _, item in spans):
            return _withheld(Outcome.LEAKAGE, self._spans(spans))  # unread, so a person must
        for _ in range(_PASSES):
            view = view_of(coded.text)
            tokens = tokens_of(view.text)
            again = yield from self._pass(coded.text, view, tokens, known, trusted=True)
            if again is None or again[0].text == coded.text:
                shown = without_empty_sentences(coded.text)
                return self._checked(coded.text, shown, tuple(spans))
            more, later = again
            spans += [(*coded.origin(start, end), item) for start, end, item in later]
            coded = more.over(coded)
        return _withheld(Outcome.LEAKAGE, self._spans(spans))

    def _pass(
        self, words: str, view: View, tokens: Tokens, known: KnownPersons | None, *, trusted: bool
    ) -> Generator[str, list[Candidate], tuple[View, list[tuple[int, int, Candidate]]] | None]:
        """Look once: return the coded text over `words`, and what was found where in them.

        Typed tokens in `words` count for what they say only if it is `trusted`: our own.
        """
        view, tokens, candidates = self._proposals.of(view, tokens, known, straight=trusted)
        if self._patterns is not None:
            candidates += next(self._patterns.propose([view.text]))
        if self._nets is not None and (trusted or not candidates):
            candidates += yield view.text
        if not candidates:
            return None
        if trusted:
            candidates = [_typed(words, view, item) for item in candidates]
        candidates = [self._pictured(words, view, item) for item in candidates]
        spans = [
            (*view.origin(item.start, item.end), item)
            for item in candidates
            if item.form is not Form.OPAQUE
        ]
        if trusted and not spans:
            return None
        return coded_view(words, view, tokens, candidates), spans

    def _pictured(self, words: str, view: View, item: Candidate) -> Candidate:
        """Give an emoji the class and rule that the lists give it; a plain smile has none."""
        if item.form is not Form.DROPPED:
            return item
        shown = words[slice(*view.origin(item.start, item.end))]
        hit = next(iter(self._gazetteer.find(shown)), None)
        if hit is None:
            return item
        return item._replace(protected_class=hit.entry.protected_class, rule=hit.entry.rule)

    def redact_many(
        self, texts: Iterable[RawText], *, known: KnownPersons | None = None
    ) -> Iterator[Redaction]:
        """Redact texts in order, in flat memory; the nets read them in batches."""
        return in_batches((self._steps(text, known) for text in texts), self._nets)

    def _checked(
        self, coded: str, shown: str, found: tuple[tuple[int, int, Candidate], ...]
    ) -> Redaction:
        spans = self._spans(found)
        neutral = untyped(shown)
        if shown != coded and not neutral.strip():
            neutral = RedactedText(WITHHELD)
        if leaks(neutral) or (shown != coded and leaks(untyped(coded))):
            return _withheld(Outcome.LEAKAGE, spans)
        return Redaction(outcome=Outcome.PASSED, text=neutral, coded=CodedText(coded), spans=spans)

    def _spans(self, found: Iterable[tuple[int, int, Candidate]]) -> tuple[Span, ...]:
        return tuple(
            Span(
                start=start,
                end=end,
                protected_class=item.protected_class,
                mention=item.mention,
                proposer=item.proposer,
                rule=item.rule,
                version=self.version,
                score=item.score,
            )
            for start, end, item in found
        )


def _typed(words: str, view: View, item: Candidate) -> Candidate:
    """Give a token that stands in our own coded text the kind that is written in it."""
    if item.form is not Form.OPAQUE:
        return item
    start, end = view.origin(item.start, item.end)
    return item._replace(mention=Mention(words[start + 1 : end - 1]))


def _withheld(outcome: Outcome, spans: tuple[Span, ...]) -> Redaction:
    return Redaction(outcome=outcome, text=RedactedText(WITHHELD), coded=CodedText(""), spans=spans)


def _version(
    gazetteer: Gazetteer, patterns: OperatorPatterns | None, nets: SpanProposer | None
) -> str:
    """Return the version: code, gazetteer, every rule file, an agency's patterns, the nets."""
    own = "".join(f"|{part.version}" for part in (patterns, nets) if part is not None)
    digest = hashlib.sha256(f"{RULES_VERSION}|{gazetteer.version}{own}".encode())
    folder = resources.files("redaction") / "rules"
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        digest.update(item.name.encode() + item.read_bytes())
    return f"{RULES_VERSION}-{digest.hexdigest()[:12]}"


@cache
def default_redactor() -> Redactor:
    """Return the process's redactor: the package's own lists and rules, the nets behind them."""
    return Redactor(nets=default_nets())
