"""The same words may be an own statement, denied, quoted, reported, asked or condemned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from triage.context import Context
from triage.cues import Group
from triage.rules import Rule
from triage.subject import Who, is_about_writer, is_by_writer
from triage.tagging import Tagged, Word

_REACH: Final = 5
"""Words before a match in which a negation still governs it, unless a clause ends between."""
_OWN: Final = frozenset({"I", "WE"})
_OWN_WORDS: Final = _OWN | {"MY"}
_ATTACKED: Final = frozenset({"GROUP", "SLUR"})
_SPEAKERS: Final = frozenset({"ROLE", "PERSON", "HE", "THEY", "SOMEBODY"})
_VERDICTS: Final = ("is_", "isn't_", "was_")
_STOPS: Final = frozenset({"STOP", "COLON", "QUOTE"})


@dataclass(frozen=True, slots=True)
class Match:
    """Where a rule's row was found: words `first` to `last` of a sentence, inclusive."""

    rule: Rule
    sentence: Tagged
    first: int
    last: int
    offset: int
    """Where the sentence begins in the post."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a match is meant. Not `stands`: no finding. `doubt`: a person decides.

    `told`: the words are somebody else's, quoted, reported or contradicted.
    """

    stands: bool
    doubt: bool = False
    told: bool = False


_NO: Final = Reading(stands=False)
_TOLD: Final = Reading(stands=False, told=True)


def read(match: Match, context: Context) -> Reading:
    """Say how a match is meant, from its sentence and its post."""
    words = match.sentence.words
    if match.rule.excused_by & context.settings or not is_whose(match, match.rule.who):
        return _NO
    if match.rule.also is not None and match.rule.also not in context.tags:
        return _NO
    if (not match.rule.negated and _negated(match)) or _of_what_befalls(match):
        return _NO
    quoted = _quoted(match, context)
    if quoted and not context.agrees:
        outside = _outside_quotes(match, context)
        if context.disapproves or any(
            not word.tags.isdisjoint(("SAY", "SAYQ", "SAYN")) for word in outside
        ):
            return _TOLD
        return Reading(stands=True, doubt=True, told=True)
    if _reported(match) and not context.agrees:
        return _TOLD
    if _condemned(match):
        return _TOLD
    if not match.rule.asked and _asked(words, match.last):
        return _NO
    return Reading(stands=True, doubt=match.rule.doubt or "joke" in context.settings)


def stands_as_cue(match: Match, context: Context, group: Group) -> bool:
    """Say whether a match is the writer's own plain statement, and so may count in a sum."""
    return (
        is_whose(match, group.who)
        and (group.negated or not _negated_before(match))
        and not _quoted(match, context)
        and not _reported(match)
        and not _condemned(match)
        and not _asked(match.sentence.words, match.last)
    )


def is_told(sentence: Tagged, at: int, offset: int, context: Context) -> bool:
    """Say whether a word stands in what is quoted, reported or contradicted."""
    words = sentence.words
    here = offset + words[at].start
    if any(start <= here < end for start, end in context.quotes) or _in_marks(words, at):
        return True
    before = words[:at]
    if _reported_before(before, asked=True) or any("COUNTER" in word.tags for word in before):
        return True
    if any("SAYN" in word.tags for word in before[-3:]):
        return not any("MY" in word.tags for word in before[-4:])
    if any("CALLS" in word.tags for word in words[at + 1 : at + 3]):
        return True
    for position in range(len(before) - 1, 0, -1):
        if before[position].form in {"that", ":"} and _is_saying(before[:position]):
            return not _said_by_writer(before, position)
    return _is_called_wrong(words[at + 1 :], asked=False)


def _is_saying(words: Sequence[Word]) -> bool:
    return any(not word.tags.isdisjoint(("SAY", "SAYQ", "SAYN")) for word in words[-2:])


def _in_marks(words: Sequence[Word], at: int) -> bool:
    """Say whether quotation marks stand right around a word."""
    return (
        0 < at < len(words) - 1 and "QUOTE" in words[at - 1].tags and "QUOTE" in words[at + 1].tags
    )


def is_whose(match: Match, who: Who) -> bool:
    """Say whether the act that was matched is done by whom the rule asks for."""
    match who:
        case Who.OWN:
            return is_by_writer(match.sentence.words, match.first)
        case Who.NEAR:
            return is_about_writer(match.sentence.words)
        case Who.ANY:
            return True


def _clause_before(match: Match) -> Iterator[Word]:
    """Yield the words before the match, nearest first, up to where its clause begins."""
    for word in reversed(match.sentence.words[: match.first]):
        if not word.tags.isdisjoint(_STOPS) or "COMMA" in word.tags:
            return
        yield word


def _negated(match: Match) -> bool:
    inside = match.sentence.words[match.first : match.last + 1]
    if any("NEG" in word.tags for word in inside):
        return True
    if match.rule.asked and _asked(match.sentence.words, match.last):
        # "Isn't it obvious that …?" denies nothing.
        return False
    return _negated_before(match)


def _negated_before(match: Match) -> bool:
    for distance, word in enumerate(_clause_before(match)):
        if distance >= _REACH or "BUT" in word.tags:
            return False
        if "NEG" in word.tags:
            return True
    return False


def _of_what_befalls(match: Match) -> bool:
    """Say whether what is hated is what happens to a group: "I hate that … get blamed"."""
    words = match.sentence.words
    for at in range(match.first + 1, min(match.last + 1, len(words) - 1)):
        if words[at].form in _ATTACKED and words[at - 1].form == "that":
            hated = any("DETEST" in word.tags for word in words[match.first : at])
            return hated and not words[at + 1].tags.isdisjoint(("BE", "BES", "AUX", "BRING"))
    return False


def _quoted(match: Match, context: Context) -> bool:
    at = match.offset + match.sentence.words[match.first].start
    return any(start <= at < end for start, end in context.quotes)


def _outside_quotes(match: Match, context: Context) -> Iterator[Word]:
    for word in match.sentence.words:
        at = match.offset + word.start
        if not any(start <= at < end for start, end in context.quotes):
            yield word


def _reported(match: Match) -> bool:
    """Say whether somebody else's words or thoughts are told: "they said that …"."""
    words = match.sentence.words
    if "REPORTS" in words[match.first].tags:
        return not any(not word.tags.isdisjoint(_OWN) for word in words[: match.first])
    return _reported_before(words[: match.first], asked=match.rule.asked)


def _reported_before(before: Sequence[Word], *, asked: bool) -> bool:
    if any("CALLS" in word.tags for word in before[-2:]):
        return not _said_by_writer(before, len(before))
    for position in range(len(before) - 1, -1, -1):
        word = before[position]
        if "STOP" in word.tags or "BUT" in word.tags:
            return False
        if "SAY" in word.tags and (asked or not _is_condition(before[:position])):
            return not (_said_by_writer(before, position) or _turns_to_writer(before[position:]))
    return False


def _is_condition(words: Sequence[Word]) -> bool:
    """Say whether the clause is a condition, not a report: "if you say that, …"."""
    return any("IF" in word.tags for word in words[-3:])


def _said_by_writer(words: Sequence[Word], at: int) -> bool:
    """Say whether the writer says it, or tells the reader to: "Tell your brother …"."""
    for word in reversed(words[max(0, at - 4) : at]):
        if not word.tags.isdisjoint(_SPEAKERS):
            return False
        if not word.tags.isdisjoint(_OWN_WORDS):
            return True
    return at < len(words) and "SS" in words[at].tags and "SAY.g" not in words[at].tags


def _turns_to_writer(words: Sequence[Word]) -> bool:
    """Say whether a new clause brings the writer in: "… and I"."""
    return any(
        not before.tags.isdisjoint(("CONJ", "COMMA")) and not word.tags.isdisjoint(_OWN)
        for before, word in pairwise(words)
    )


def _condemned(match: Match) -> bool:
    """Say whether the sentence goes on to call what the match says wrong."""
    words = match.sentence.words
    if match.rule.asked and any("COUNTER" in word.tags for word in words[: match.first]):
        return True
    return _is_called_wrong(words[match.last + 1 :], asked=match.rule.asked)


def _is_called_wrong(words: Sequence[Word], *, asked: bool) -> bool:
    return any(
        "WRONGIS" in word.tags and (asked or word.form.startswith(_VERDICTS)) for word in words
    )


def _asked(words: list[Word], last: int) -> bool:
    for word in words[last + 1 :]:
        if word.form == "?":
            return True
        if not word.tags.isdisjoint(("STOP", "COMMA")):
            return False
    return False
