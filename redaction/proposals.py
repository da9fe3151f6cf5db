"""Every proposer looks at every text; the union of what they propose is withheld."""

from typing import Final

from models.redaction import Mention
from redaction.candidate import Candidate
from redaction.gazetteer import Gazetteer, Hit
from redaction.identifiers import identifiers, symbols
from redaction.known import KnownPersons
from redaction.patterns import DIGIT, Patterns
from redaction.people import AGED, KIN, SEXED, people
from redaction.tokens import Tokens
from redaction.view import View

_NAMED_WORDS: Final = SEXED | AGED | KIN


class Proposals:
    """The proposers that need no training."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer: Final = gazetteer
        self._patterns: Final = Patterns("times")

    def of(
        self, view: View, tokens: Tokens, known: KnownPersons | None
    ) -> tuple[View, Tokens, list[Candidate]]:
        """Return the view as repaired, its tokens, and what is to be withheld in it."""
        text = view.text
        found: list[Candidate] = []
        for hit in self._gazetteer.find(text):
            if not hit.entry.ambiguous:
                found.append(_of_hit(hit))
        found += people(tokens)
        lower = text.lower() if len(text.lower()) == len(text) else _lower(text)
        words = frozenset(tokens.lower)
        if any(char.isdigit() for char in text):
            words |= {DIGIT}
        found += self._patterns.propose(lower, words)
        found += identifiers(text, self._discloses)
        found += symbols(text)
        if known is not None:
            found += known.propose(text)
        return view, tokens, found

    def _discloses(self, words: str) -> bool:
        lower = words.lower().split()
        return any(word in _NAMED_WORDS for word in lower) or any(
            not hit.entry.ambiguous for hit in self._gazetteer.find(words)
        )


def _of_hit(hit: Hit) -> Candidate:
    entry = hit.entry
    return Candidate(
        hit.start,
        hit.end,
        entry.protected_class,
        Mention(entry.mention),
        entry.rule,
        "gazetteer",
    )


def _lower(text: str) -> str:
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)
