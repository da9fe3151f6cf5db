"""A mention is the writer's own if "I am", "as a", "my" or a left-out "I" leads up to it."""

from collections.abc import Sequence
from typing import Final

from triage.subject import is_by_writer
from triage.tagging import Word


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OWN: Final = frozenset({"I", "WE"})
_FIRST: Final = frozenset({"I", "WE", "MY"})
_OTHERS: Final = frozenset({"YOU", "THEY", "HE", "PERSON", "ROLE", "SOMEBODY", "ENTRUSTED"})
_ENDS: Final = frozenset({"STOP", "COLON", "QUOTE", "COMMA", "DASH", "PAREN", "BUT"})
_SMALL: Final = frozenset({"DET", "ADV", "INTENS", "NEG", "PARENTH"})
_PEOPLE: Final = frozenset({"GROUP", "SLUR"})
_BEING: Final = _words(
    """
    am 'm im ima is was were been being be are become became becoming turned turn identify
    identified identifies raised born grew grown converted convert came_out out
    """
)
_TURNING: Final = _words(
    """
    as to up out a in from into of half part
    """
)
"""Small words between being and what one is: "came out as", "converted to", "grew up"."""
_NOUNS_AFTER: Final = frozenset({"ROLE", "PERSON", "PEOPLE"})
_FRONTED: Final = _words(
    """
    at since after before during until till by of from on
    """
)
_ILL: Final = frozenset({"HARM", "STRIKE", "DETEST", "EXPEL", "SICKENS", "CANTSTAND", "CURSE"})
"""What is done to others: where it stands, the mention is not the writer's own."""
_DESCRIBES: Final = 4
"""Words that may describe the writer before the mention: "a big old"."""


def is_own(words: Sequence[Word], at: int, *, aimed: bool = False) -> bool:
    """Say whether a mention tells what the writer is, has, keeps or went through.

    What is `aimed` at is not the writer's for being where the writer's act goes.
    """
    person = words[at].form in _PEOPLE
    if _like_me(words, at) or _as_one(words, at) or _we_ones(words, at):
        return True
    if _called(words, at):
        return True
    if _mine(words, at):
        return not (person and _describes_another(words, at))
    if person:
        return _being(words, at) or (not aimed and _opens_as_own(words, at))
    return not aimed and _lived_through(words, at)


def _like_me(words: Sequence[Word], at: int) -> bool:
    """Say whether "like me" follows, or "so am I"."""
    after = words[at + 1 : at + 3]
    if [word.form for word in words[at + 2 : at + 5]] == ["so", "am", "i"]:
        return True
    return len(after) == 2 and after[0].form == "like" and not after[1].tags.isdisjoint(_OWN)


def _as_one(words: Sequence[Word], at: int) -> bool:
    """Say whether a clause opens "as …" and goes on about the writer, or somebody speaks "as …"."""
    position = _over_description(words, at)
    if position < 0 or words[position].form != "as":
        return False
    if position == 0 or not words[position - 1].tags.isdisjoint(_ENDS | {"CONJ", "INTERJ"}):
        return not _second_subject(words, at)
    return words[position - 1].form in {"speaking", "myself", "capacity", "me", "i", "speak"}


def _second_subject(words: Sequence[Word], at: int) -> bool:
    """Say whether somebody else is told of in the clause that "as …" belongs to."""
    for word in words[at + 1 :]:
        if not word.tags.isdisjoint(_FIRST):
            return False
        if not word.tags.isdisjoint({"THEY", "HE"}):
            return True
    return False


def _we_ones(words: Sequence[Word], at: int) -> bool:
    """Say whether "we", "us", "my fellow" or "me," stands before."""
    position = _over_description(words, at)
    if position < 0:
        return False
    before = words[position]
    if before.form == "fellow" and position and "MY" in words[position - 1].tags:
        return True
    if before.form == "," and position and words[position - 1].form in {"me", "i"}:
        return True
    return words[at].form in _PEOPLE and "WE" in before.tags


def _called(words: Sequence[Word], at: int) -> bool:
    """Say whether "call me" stands before; not a slur that somebody else calls the writer."""
    position = _over_description(words, at)
    if position < 1 or words[position].form not in {"me", "us", "myself", "ourselves"}:
        return False
    if "CALLS" not in words[position - 1].tags:
        return False
    if words[at].form != "SLUR":
        return True
    subject = words[: position - 1]
    return all(word.tags.isdisjoint(_OTHERS) for word in subject)


def _mine(words: Sequence[Word], at: int) -> bool:
    position = _over_description(words, at)
    return position >= 0 and "MY" in words[position].tags and words[position].form not in {"me"}


def _describes_another(words: Sequence[Word], at: int) -> bool:
    """Say whether a noun follows that the group only describes: "my … friend"."""
    if at + 1 >= len(words):
        return False
    after = words[at + 1]
    if not after.tags.isdisjoint(_NOUNS_AFTER) or "BE" in after.tags:
        return True
    return after.form[0].isalpha() and not (after.tags & _VERBS_AFTER)


_VERBS_AFTER: Final = frozenset({"BES", "AUX", "CONJ", "PREP", "ADV", "NEG", "SAY", "WHEN"})


def _being(words: Sequence[Word], at: int) -> bool:
    """Say whether "I" (or nobody named) is, was or became it."""
    position = at - 1
    described = 0
    while position >= 0:
        word = words[position]
        if word.form in _BEING or "BES" in word.tags:
            break
        if not word.tags.isdisjoint(_ENDS) or described > _DESCRIBES:
            return False
        if word.form.endswith("ing") or not word.tags.isdisjoint(_OTHERS | _PEOPLE):
            return False
        if "PREP" in word.tags and word.form not in _TURNING:
            return False
        if word.form not in _TURNING and word.tags.isdisjoint(_SMALL):
            described += 1
        position -= 1
    if position < 0:
        near = words[max(0, at - 2) : at]
        if near and near[-1].form == "'ve":
            near = near[:-1]
        return bool(near) and not near[-1].tags.isdisjoint(_OWN)
    if not words[position].tags.isdisjoint(_OWN):
        return True
    if position == 0 and words[0].form in _ASKS:
        return False
    return _subject_is_own(words, position)


_ASKS: Final = frozenset({"is", "are", "was", "were", "be"})
"""With these a sentence opens that asks or commands."""


def _subject_is_own(words: Sequence[Word], at: int) -> bool:
    """Say whether the nearest subject before a verb is the writer, or is left out."""
    for position in range(at - 1, -1, -1):
        word = words[position]
        if not word.tags.isdisjoint(_OWN):
            return position == 0 or "PREP" not in words[position - 1].tags
        if not word.tags.isdisjoint(_OTHERS | _PEOPLE | {"STOP", "COLON", "QUOTE"}):
            return False
        if word.form[0].isalpha() and word.tags.isdisjoint(
            _SMALL | {"AUX", "BE", "CONJ", "INTERJ", "BEGAN", "TIME"}
        ):
            return False
    return True


def _opens_as_own(words: Sequence[Word], at: int) -> bool:
    """Say whether the text opens with it, as one says of oneself: "… and proud", "… here"."""
    position = _over_description(words, at)
    if position >= 0 and not words[position].tags.isdisjoint(_ENDS):
        return False
    if position >= 0 and words[position].form[0].isalpha():
        return False
    after = [word.form for word in words[at + 1 : at + 3]]
    if position < 0 and after[:1] == [","] and any("I" in word.tags for word in words[2:3]):
        return True
    if position < 0 < at and after and after[0].partition("_")[0].endswith("ing"):
        return words[0].form in {"just", "only"}
    return after[:1] in (["here"], ["again"]) or after == ["and", "proud"]


def _lived_through(words: Sequence[Word], at: int) -> bool:
    """Say whether the writer has it, does it, or goes there: "I left …", "At … I learned"."""
    for word in words[max(0, at - 4) : at]:
        if not word.tags.isdisjoint(_PEOPLE):
            return False
    following = words[at + 1 : at + 3]
    if (at == 0 or words[0].form in _FRONTED) and any(
        not word.tags.isdisjoint(_OWN) for word in following
    ):
        return True
    if any(not word.tags.isdisjoint(_ILL) for word in words[:at]):
        return False
    return at > 0 and is_by_writer(words, at)


def _over_description(words: Sequence[Word], at: int) -> int:
    """Return where the words that describe the mention are preceded by something else."""
    position = at - 1
    for _ in range(_DESCRIBES):
        if position < 0:
            break
        word = words[position]
        plain = word.form[0].isalpha() and not word.tags
        if not plain and (word.tags.isdisjoint(_SMALL) or "MY" in word.tags):
            break
        if word.form in {"as", "fellow"} or not word.tags.isdisjoint(_FIRST):
            break
        position -= 1
    return position
