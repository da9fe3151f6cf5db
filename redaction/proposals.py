"""Every proposer looks at every text; the union of what they propose is withheld."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from itertools import compress, count
from typing import Final

from models.redaction import Mention
from redaction.candidate import Candidate, Form
from redaction.conduct import without_conduct
from redaction.context import ADJECTIVES, DEMOTED, discloses_alone, means_people
from redaction.gazetteer import Gazetteer, Hit
from redaction.hits import candidate_of, narrowed
from redaction.identifiers import identifiers, symbols
from redaction.known import KnownPersons
from redaction.names import names
from redaction.patterns import Patterns
from redaction.people import AGED, KIN, SEXED, people
from redaction.spelling import Spelling
from redaction.tokens import Tokens, tokens_of
from redaction.view import View

_NAMED_WORDS: Final = SEXED | AGED | KIN


class Proposals:
    """The proposers that need no training."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer: Final = gazetteer
        self._spelling: Final = Spelling(gazetteer)
        self._patterns: Final = Patterns("times", "cues", "disclosures", "medical")

    def of(
        self, view: View, tokens: Tokens, known: KnownPersons | None, *, straight: bool = False
    ) -> tuple[View, Tokens, list[Candidate]]:
        """Return the view as repaired, its tokens, and what is to be withheld in it.

        A view that is known to be `straight` is not looked at for bent words again.
        """
        repaired = view if straight else self._spelling.repaired(view, tokens)
        if repaired is not view:
            view, tokens = repaired, tokens_of(repaired.text)
        text = view.text
        hits, safe = self._gazetteer.scan(text)
        found = _outside(people(tokens), safe, text)
        doubtful: list[Hit] = [
            Hit(tokens.starts[at], tokens.ends[at], ADJECTIVES[tokens.lower[at]])
            for at in compress(count(), map(ADJECTIVES.__contains__, tokens.lower))
        ]
        if safe:
            within = _within(tokens, safe)
            doubtful = [hit for hit in doubtful if hit.start not in within]
        listed: set[int] = set()
        for whole in hits:
            if whole.entry.mention is Mention.PERSON:
                listed.add(whole.start)
            for hit in narrowed(whole, text, tokens, self._gazetteer):
                if hit.entry.ambiguous or hit.entry.term.lower() in DEMOTED:
                    doubtful.append(hit)
                else:
                    found.append(candidate_of(hit, tokens))
        lower = text.lower()
        if len(lower) != len(text):
            lower = _lower(text)
        found += _outside(self._patterns.propose(lower), safe, text)
        found += identifiers(text, self._discloses, self._spelling.terms)
        found += symbols(text)
        if known is not None:
            found += known.propose(text)
        if text != lower:
            places = [
                candidate_of(hit, tokens)
                for hit in doubtful
                if hit.entry.mention is Mention.PLACE and " " in text[hit.start : hit.end]
            ]
            covered = _covered(tokens, [*found, *places], named=False) | _within(tokens, safe)
            found += names(tokens, covered, _starts_of_groups(doubtful), listed)
        if doubtful:
            covered = _covered(tokens, found)
            named = frozenset(item.protected_class for item in found)
            found += [
                candidate_of(hit, tokens)
                for hit in doubtful
                if means_people(hit, tokens, covered, named)
            ]
        return view, tokens, without_conduct(text, lower, found)

    def _discloses(self, words: str) -> bool:
        lower = words.lower().split()
        alone = len(lower) == 1
        tokens = tokens_of(words)
        return any(word in _NAMED_WORDS for word in lower) or any(
            hit.entry.mention is not Mention.PERSON
            and (
                not hit.entry.ambiguous
                or (alone and discloses_alone(hit.entry))
                or means_people(hit, tokens, frozenset())
            )
            for hit in self._gazetteer.find(words)
        )


def _covered(tokens: Tokens, found: list[Candidate], *, named: bool = True) -> frozenset[int]:
    """Return the offsets of the words within what was found."""
    starts = tokens.starts
    covered: set[int] = set()
    for item in found:
        if item.form is Form.OPAQUE or (item.form is Form.OTHER and not named):
            continue
        at = bisect_left(starts, item.start)
        while at < len(starts) and starts[at] < item.end:
            covered.add(starts[at])
            at += 1
    return frozenset(covered)


_LEADING: Final = re.compile(r"(?:an?|the|my|our|his|her|their|your)\s+", re.IGNORECASE)


def _outside(found: Iterable[Candidate], safe: list[tuple[int, int]], text: str) -> list[Candidate]:
    """Leave out what lies within a safe phrase, but for articles and the like before it."""
    if not safe:
        return list(found)
    kept = []
    for item in found:
        led = _LEADING.match(text, item.start, item.end)
        start = led.end() if led else item.start
        if not any(left <= start and item.end <= right for left, right in safe):
            kept.append(item)
    return kept


def _within(tokens: Tokens, safe: list[tuple[int, int]]) -> frozenset[int]:
    """Return the offsets of the words within safe phrases: no name begins or goes on there."""
    starts = tokens.starts
    return frozenset(
        starts[at]
        for left, right in safe
        for at in range(bisect_left(starts, left), bisect_left(starts, right))
    )


def _starts_of_groups(doubtful: list[Hit]) -> frozenset[int]:
    return frozenset(hit.start for hit in doubtful if hit.entry.mention is Mention.GROUP)


def _lower(text: str) -> str:
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)
