"""Every proposer looks at every text; the union of what they propose is withheld."""

from bisect import bisect_left
from typing import Final

from models.redaction import Mention
from redaction.candidate import Candidate, Form
from redaction.context import ADJECTIVES, DEMOTED, PERSONS, means_people
from redaction.gazetteer import Gazetteer, Hit, Part
from redaction.identifiers import identifiers, symbols
from redaction.known import KnownPersons
from redaction.names import names
from redaction.patterns import Patterns
from redaction.people import AGED, HEADS, KIN, SEXED, means_nobody, people
from redaction.spelling import Spelling
from redaction.tokens import Tokens, tokens_of
from redaction.view import View
from redaction.wordlists import word_set

_NAMED_WORDS: Final = SEXED | AGED | KIN
_NEUTRAL: Final = frozenset({"relative", "relatives"})
"""Words that neutral text is made of."""
_KEPT_WHOLE: Final = _NAMED_WORDS | HEADS


class Proposals:
    """The proposers that need no training."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer: Final = gazetteer
        self._spelling: Final = Spelling(gazetteer)
        self._patterns: Final = Patterns("times", "cues")

    def of(
        self, view: View, tokens: Tokens, known: KnownPersons | None
    ) -> tuple[View, Tokens, list[Candidate]]:
        """Return the view as repaired, its tokens, and what is to be withheld in it."""
        repaired = self._spelling.repaired(view, tokens)
        if repaired is not view:
            view, tokens = repaired, tokens_of(repaired.text)
        text = view.text
        found = list(people(tokens))
        doubtful: list[Hit] = [
            Hit(tokens.starts[at], tokens.ends[at], ADJECTIVES[word])
            for at, word in enumerate(tokens.lower)
            if word in ADJECTIVES
        ]
        for hit in self._gazetteer.find(text):
            if hit.entry.term in _NEUTRAL or _names_a_thing(hit, tokens):
                continue
            if hit.entry.ambiguous or hit.entry.term.lower() in DEMOTED:
                doubtful.append(hit)
            else:
                found.append(_or_name(self._trimmed(hit, text), tokens))
        lower = text.lower() if len(text.lower()) == len(text) else _lower(text)
        found += self._patterns.propose(lower)
        found += identifiers(text, self._discloses)
        found += symbols(text)
        if known is not None:
            found += known.propose(text)
        if text != lower:
            found += names(
                tokens, _covered(tokens, found, named=False), _starts_of_groups(doubtful)
            )
        if doubtful:
            covered = _covered(tokens, found)
            found += [_of_hit(hit) for hit in doubtful if means_people(hit, tokens, covered)]
        return view, tokens, found

    def _trimmed(self, hit: Hit, text: str) -> Candidate:
        """Leave the person's trade standing in "white students": it discloses nothing."""
        first, _, last = text[hit.start : hit.end].lower().rpartition(" ")
        if (
            first
            and hit.entry.mention is Mention.GROUP
            and last in PERSONS
            and last not in _KEPT_WHOLE
            and self._gazetteer.lookup(first)
        ):
            hit = Hit(hit.start, hit.start + len(first), hit.entry)
        return _of_hit(hit)

    def _discloses(self, words: str) -> bool:
        lower = words.lower().split()
        return any(word in _NAMED_WORDS for word in lower) or any(
            not hit.entry.ambiguous for hit in self._gazetteer.find(words)
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


def _starts_of_groups(doubtful: list[Hit]) -> frozenset[int]:
    return frozenset(hit.start for hit in doubtful if hit.entry.mention is Mention.GROUP)


_PEOPLES_AND_NAMES: Final = word_set(
    """sara bai karen mari han dan mon chad kai kim lao norman tai yi zara ana ada ali akan asa ben
    dinka edo ewe fang hani ila jie kono lega luba manya mende nani nia ora rani rama saho shan
    sena shona sidi suri tiv tonga venda vera yao zia gay jordan israel sofia christian angel"""
)


def _names_a_thing(hit: Hit, tokens: Tokens) -> bool:
    at = bisect_left(tokens.starts, hit.start)
    return at < len(tokens.starts) and tokens.ends[at] == hit.end and means_nobody(tokens.lower, at)


def _or_name(candidate: Candidate, tokens: Tokens) -> Candidate:
    """Take a people's name that is also a given name for a person where it stands alone."""
    at = bisect_left(tokens.starts, candidate.start)
    if at == len(tokens.starts) or tokens.lower[at] not in _PEOPLES_AND_NAMES:
        return candidate
    if tokens.ends[at] != candidate.end or not tokens.texts[at][0].isupper():
        return candidate
    before = tokens.lower[at - 1] if at else ""
    after = tokens.lower[at + 1] if at + 1 < len(tokens.lower) else ""
    if before in {"a", "an", "the", "these", "those"} or after in PERSONS or after in HEADS:
        return candidate
    return candidate._replace(form=Form.OTHER, mention=Mention.PERSON)


def _of_hit(hit: Hit) -> Candidate:
    """Make a hit a candidate; an adjective for people names a group: "trans" like "female"."""
    entry = hit.entry
    describes = entry.mention is Mention.TRAIT and entry.part is Part.ADJECTIVE
    return Candidate(
        hit.start,
        hit.end,
        entry.protected_class,
        Mention.GROUP if describes else entry.mention,
        entry.rule,
        "gazetteer",
        Form.OTHER if entry.mention is Mention.PERSON else Form.TOKEN,
    )


def _lower(text: str) -> str:
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)
