"""Every withheld mention has one answer: a target, the writer, somebody quoted, or another.

What is hostile is what the rules matched; the writer is found by the words between "I" and the
mention. Only tokens are read, so the answers are the same whatever the class.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from models.criteria import Conduct
from models.redaction import Mention
from models.reference import Reference, Referent
from triage.context import Context
from triage.frames import Match, Reading, is_told
from triage.own import is_own
from triage.sentences import Sentence
from triage.tagging import Tagged, Word

_KINDS: Final[Mapping[str, Mention]] = {
    kind.value.upper(): kind for kind in Mention if kind is not Mention.PERSON
}
_ATTACKED: Final = frozenset({"GROUP", "SLUR"})
_AIMED: Final = _ATTACKED | {"PLACE"}
GROUP_CONDUCT: Final = frozenset(
    {Conduct.DEMEANS_A_PROTECTED_GROUP, Conduct.CALLS_FOR_HARM_TO_A_PROTECTED_GROUP}
)
_VIOLENCE: Final = frozenset({Conduct.THREATENS_VIOLENCE, Conduct.PRAISES_VIOLENCE})
_REACH: Final = 2
"""Sentences back in which "they" finds the group that it means."""
_HOSTILE: Final = frozenset(
    {"VILE", "BAD", "DEHUMAN", "ABUSE", "STRONGABUSE", "EXPELLED", "HARMED", "HARMFULLY", "AWAY"}
    | {"EXPEL", "DETEST", "CANTSTAND", "HATRED", "SICKENS", "CURSE", "BELONGBAD", "NOVALUE"}
)
_VIOLENT: Final = frozenset({"HARM", "STRIKE", "VIOLENCE", "HARMED"})
At = tuple[int, int]
"""A sentence's number and a word's."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One match of a rule, with its sentence's number and how it is meant."""

    number: int
    match: Match
    reading: Reading


@dataclass(slots=True)
class _Aims:
    """Which mentions a rule aims at, sure or in doubt, and which only in words that are told."""

    sure: set[At] = field(default_factory=set)
    doubted: set[At] = field(default_factory=set)
    told: set[At] = field(default_factory=set)


def references(
    sentences: Sequence[Sentence],
    tagged: Sequence[Tagged],
    context: Context,
    weighed: Iterable[Weighed],
    violent: Iterable[int],
    biased: Iterable[int] = (),
) -> tuple[Reference, ...]:
    """Return the answer for each mention, in the text's order.

    `violent` are the numbers of sentences that threaten in sum, `biased` of those that demean as
    a whole, with no rule that says whom.
    """
    aims = _aims(tagged, weighed, violent)
    demeaning = frozenset(biased)
    found = []
    for number, (sentence, row) in enumerate(zip(sentences, tagged, strict=True)):
        for at in _mentions(row):
            word = row.words[at]
            aimed_in_told = (number, at) in aims.told
            told = aimed_in_told or is_told(row, at, sentence.start, context)
            own = is_own(row.words, at, aimed=(number, at) in aims.sure)
            doubt = (number, at) in aims.doubted and not aimed_in_told and not own
            whole = number in demeaning and word.form in _ATTACKED and not told
            if (((number, at) in aims.sure or whole) and not own) or doubt:
                referent = Referent.TARGET
            elif told and (aimed_in_told or word.form in _ATTACKED or _is_hostile(row, at)):
                referent = Referent.QUOTED
            else:
                referent = Referent.SELF if own else Referent.OTHER
            found.append(
                Reference(
                    start=sentence.start + word.start,
                    end=sentence.start + word.end,
                    mention=_KINDS[word.form],
                    referent=referent,
                    needs_person=doubt,
                )
            )
    return tuple(found)


def _mentions(row: Tagged) -> Iterator[int]:
    return (at for at, word in enumerate(row.words) if word.form in _KINDS)


def _aims(tagged: Sequence[Tagged], weighed: Iterable[Weighed], violent: Iterable[int]) -> _Aims:
    aims = _Aims()
    for item in weighed:
        conduct = item.match.rule.conduct
        if conduct in GROUP_CONDUCT:
            aimed = set(_aimed(tagged, item.number, item.match))
        elif conduct in _VIOLENCE:
            aimed = set(_threatened(tagged, item.number))
        else:
            continue
        if item.reading.told:
            aims.told |= aimed
        elif item.reading.stands:
            (aims.doubted if item.reading.doubt else aims.sure).update(aimed)
    for number in violent:
        if _VIOLENT & tagged[number].tags:
            aims.sure.update(_threatened(tagged, number))
    aims.doubted -= aims.sure
    return aims


def _aimed(tagged: Sequence[Tagged], number: int, match: Match) -> Iterator[At]:
    """Yield the groups that a match names, or the one that its "they" means."""
    words = match.sentence.words
    inside = range(match.first, match.last + 1)
    named = [at for at in inside if words[at].form in _ATTACKED]
    if named:
        yield from ((number, at) for at in named)
        return
    if any("GROUP" in words[at].tags for at in inside):
        return
    yield from _meant(tagged, number, match.first)


def _meant(tagged: Sequence[Tagged], number: int, first: int) -> Iterator[At]:
    """Yield the last group before a word, in its sentence or one shortly before."""
    for back in range(number, max(-1, number - _REACH - 1), -1):
        until = first if back == number else len(tagged[back].words)
        before = [at for at in range(until) if tagged[back].words[at].form in _ATTACKED]
        if before:
            yield back, before[-1]
            return


def _threatened(tagged: Sequence[Tagged], number: int) -> Iterator[At]:
    """Yield whom a sentence threatens: the groups and places in it, or the one it refers to."""
    words = tagged[number].words
    named = [at for at, word in enumerate(words) if word.form in _AIMED]
    if named:
        yield from ((number, at) for at in named)
    elif "GREF" in tagged[number].tags:
        yield from _meant(tagged, number, len(words))


def _is_hostile(row: Tagged, at: int) -> bool:
    """Say whether anything in the sentence speaks ill of somebody."""
    return any(_speaks_ill(word) for word in row.words if word is not row.words[at])


def _speaks_ill(word: Word) -> bool:
    return not word.tags.isdisjoint(_HOSTILE)
