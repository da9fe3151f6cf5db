"""Why each word went and why each listed word stayed: the engine's own verdict, taken apart.

What fired is read from the redaction itself. What stayed is every listed term that no span
covers, with the rule that let it stand. Both are for reviewers and operators: they tell classes.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import Final, NamedTuple

from models.protected import ProtectedClass
from models.redaction import Outcome, Redaction, untyped
from models.text import RawText
from redaction.context import ADJECTIVES
from redaction.gazetteer import Entry, Gazetteer, load_gazetteer
from redaction.gazetteer_data import read_term_lists
from redaction.gazetteer_fold import fold, fold_keeping_case
from redaction.leakage import leaks
from redaction.operator import TIMEOUT_RULE
from redaction.pipeline import Redactor, default_redactor
from redaction.proposals import Proposals
from redaction.rendering import coded_text
from redaction.tokens import Tokens, tokens_of
from redaction.view import View, view_of
from redaction.wordlists import table, word_set

UNSETTLED: Final = "leak.unsettled"
"""A text was closed because looking again kept finding more, or by what only the nets see."""
_LONGEST: Final = 6
"""Words: longer terms are rare, and never ambiguous."""


class Reason(StrEnum):
    """Why a listed term stayed."""

    SAFE_PHRASE = "safe-phrase"
    """It stands in a phrase that discloses nothing: "german shepherd"."""
    CASE = "case"
    """The term counts in its own spelling only: "VA", not "va"."""
    NEIGHBOUR = "neighbour"
    """The word beside it says that a thing is meant: "black coffee"."""
    NEVER_ALONE = "never-alone"
    """By itself it describes things as much as people; only a noun for people decides."""
    NO_FRAME = "no-frame"
    """It is ordinary English too, and nothing around it says that people are meant."""
    NARROWED = "narrowed"
    """A longer reading of the same words decided."""


class Kept(NamedTuple):
    """A listed term that stayed. Offsets count characters of the input, end exclusive."""

    start: int
    end: int
    term: str
    protected_class: ProtectedClass
    rule: str
    reason: Reason
    detail: str
    """The safe phrase, the neighbour, or why the list calls the term ambiguous."""


class Explanation(NamedTuple):
    """One text's redaction, what stayed in it, and which leakage rules closed it."""

    redaction: Redaction
    kept: tuple[Kept, ...]
    leaks: tuple[str, ...]


class WordInLists(NamedTuple):
    """What the lists say of a word, whatever the text."""

    term: str
    protected_class: ProtectedClass
    rule: str
    ambiguous: bool
    why_ambiguous: str
    not_before: tuple[str, ...]
    """Words after it that make it a thing."""
    not_after: tuple[str, ...]
    """Words before it that make it a thing."""
    safe_phrases: tuple[str, ...]


class Explainer:
    """Explains one redactor's verdicts; give it the gazetteer that the redactor was built with."""

    def __init__(
        self, redactor: Redactor | None = None, gazetteer: Gazetteer | None = None
    ) -> None:
        self._redactor: Final = redactor or default_redactor()
        self._gazetteer: Final = gazetteer or load_gazetteer()
        self._safe: Final = frozenset(map(fold, self._gazetteer.safe_phrases))

    def explain(self, text: RawText) -> Explanation:
        """Redact a text and say why, span by span and word by word."""
        redaction = self._redactor.redact(text)
        view = view_of(text.reveal())
        tokens = tokens_of(view.text)
        taken = [(span.start, span.end) for span in redaction.spans]
        if redaction.outcome is Outcome.UNSUPPORTED_LANGUAGE:
            return Explanation(redaction, (), ())
        kept = tuple(self._kept(view, tokens, taken))
        closed: tuple[str, ...] = ()
        if redaction.outcome is Outcome.LEAKAGE:
            closed = self._leaks(text, redaction, view, tokens)
        return Explanation(redaction, kept, closed)

    def word(self, word: str) -> tuple[WordInLists, ...]:
        """Return what the lists say of a word or phrase; empty if none holds it."""
        key = fold(word)
        vetoes = table("context")["veto"].get(key, {})
        safe = sorted(phrase for phrase in self._safe if key in phrase.split())
        return tuple(
            WordInLists(
                entry.term,
                entry.protected_class,
                entry.rule,
                entry.ambiguous,
                _reasons().get((key, entry.rule), ""),
                tuple(sorted(word_set(vetoes.get("next", "")))),
                tuple(sorted(word_set(vetoes.get("prev", "")))),
                tuple(safe),
            )
            for entry in self._entries(key)
        )

    def _entries(self, phrase: str) -> tuple[Entry, ...]:
        found = self._gazetteer.lookup(phrase)
        described = ADJECTIVES.get(phrase.lower())
        return (*found, described) if described is not None else found

    def _kept(self, view: View, tokens: Tokens, taken: list[tuple[int, int]]) -> Iterator[Kept]:
        at = 0
        count = len(tokens.texts)
        while at < count:
            for size in range(min(_LONGEST, count - at), 0, -1):
                last = at + size - 1
                entries = self._entries(view.text[tokens.starts[at] : tokens.ends[last]])
                if not entries:
                    continue
                start, end = view.origin(tokens.starts[at], tokens.ends[last])
                if not any(left < end and start < right for left, right in taken):
                    entry = entries[0]
                    reason, detail = self._reason(entry, view.text, tokens, at, last)
                    yield Kept(
                        start, end, entry.term, entry.protected_class, entry.rule, reason, detail
                    )
                at = last
                break
            at += 1

    def _reason(
        self, entry: Entry, text: str, tokens: Tokens, first: int, last: int
    ) -> tuple[Reason, str]:
        phrase = self._safe_phrase(text, tokens, first, last)
        if phrase:
            return Reason.SAFE_PHRASE, phrase
        written = text[tokens.starts[first] : tokens.ends[last]]
        if entry.case_sensitive and fold_keeping_case(entry.term) != fold_keeping_case(written):
            return Reason.CASE, entry.term
        if not entry.ambiguous:
            return Reason.NARROWED, ""
        key = " ".join(tokens.lower[first : last + 1])
        veto = table("context")["veto"].get(key, {})
        before = tokens.lower[first - 1] if first else ""
        after = tokens.lower[last + 1] if last + 1 < len(tokens.lower) else ""
        if after in word_set(veto.get("next", "")):
            return Reason.NEIGHBOUR, after
        if before in word_set(veto.get("prev", "")):
            return Reason.NEIGHBOUR, before
        if key in word_set(table("context")["never"]):
            return Reason.NEVER_ALONE, ""
        return Reason.NO_FRAME, _reasons().get((fold(entry.term), entry.rule), "")

    def _safe_phrase(self, text: str, tokens: Tokens, first: int, last: int) -> str:
        """Return the safe phrase around some tokens, or nothing."""
        for begin in range(max(0, last - _LONGEST + 1), first + 1):
            for end in range(last, min(len(tokens.texts), begin + _LONGEST)):
                phrase = fold(text[tokens.starts[begin] : tokens.ends[end]])
                if phrase in self._safe:
                    return phrase
        return ""

    def _leaks(
        self, text: RawText, redaction: Redaction, view: View, tokens: Tokens
    ) -> tuple[str, ...]:
        """Return what closed a text: a pattern without end, else what the second look finds.

        The second look is repeated on what the rules alone leave in one pass.
        """
        if any(span.rule == TIMEOUT_RULE for span in redaction.spans):
            return (TIMEOUT_RULE,)
        view, tokens, candidates = _proposals(self._gazetteer).of(view, tokens, None)
        found = leaks(untyped(coded_text(text.reveal(), view, tokens, candidates)))
        return found or (UNSETTLED,)


@cache
def _proposals(gazetteer: Gazetteer) -> Proposals:
    return Proposals(gazetteer)


@cache
def _reasons() -> dict[tuple[str, str], str]:
    return read_term_lists().reasons
