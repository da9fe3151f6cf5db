"""Who does what is told: the writer, by a subject or by leaving it out, or somebody else."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from triage.tagging import Word

_OWN: Final = frozenset({"I", "WE"})
_NEAR: Final = frozenset({"I", "WE", "MY"})
_OTHER: Final = frozenset(
    {"YOU", "THEY", "HE", "PERSON", "ROLE", "SOMEBODY", "GROUP", "SLUR", "ENTRUSTED", "KILLER"}
)
_LIGHT: Final = frozenset(
    {"AUX", "BE", "BES", "ADV", "INTENS", "NEG", "INTERJ", "CONJ", "EMOJI", "TIME", "WHEN"}
    | {"COMMA", "DASH", "PAREN", "PARENTH", "WILL", "WANT", "LAUGH", "QUOTE", "COLON", "BUT"}
)
_COORDINATES: Final = frozenset(
    {"and", "then", ",", "but", "or", "n", "&", "so", "while", "before"}
)
_SUFFERED: Final = frozenset(
    {"got", "get", "gets", "getting", "was", "were", "been", "being", "is", "are"}
)
_OBJECTS: Final = frozenset({"them", "him", "her", "em", "themselves"})
_VERBAL: Final = (".b", ".d", ".g")


class Who(StrEnum):
    """Whose act a rule is about."""

    ANY = "any"
    OWN = "own"
    """The writer's own act: subject "I" or "we", or left out, as in "Did three lines"."""
    NEAR = "near"
    """The writer is in the sentence, or nobody else is its subject."""


def is_of_another(words: Sequence[Word]) -> bool:
    """Say whether a sentence opens with somebody else as its subject and never names the writer."""
    if any(not word.tags.isdisjoint(_OWN) for word in words):
        return False
    for word in words:
        if not word.tags.isdisjoint(_OTHER):
            return "YOU" not in word.tags
        if word.tags.isdisjoint(_LIGHT | {"DET", "POSS", "MY"}):
            return False
    return False


def is_by_writer(words: Sequence[Word], at: int) -> bool:
    """Say whether the act at a word is the writer's own."""
    if not words[at].tags.isdisjoint(_OWN):
        return True
    if words[at].form in _COORDINATES and at + 1 < len(words):
        at += 1
    if _is_passive(words, at):
        return False
    light = True
    joined = _joined(words, at)
    for position in range(at - 1, -1, -1):
        word = words[position]
        if not word.tags.isdisjoint(("STOP", "COLON")):
            return light or _starts_with_act(words[position + 1 : at])
        if not word.tags.isdisjoint(_OWN):
            return True
        if not word.tags.isdisjoint(_OTHER):
            if joined:
                return _chain_subject_is_own(words[:at])
            if not _is_object(words, position):
                return False
            light = False
        elif word.tags.isdisjoint(_LIGHT):
            light = False
    return light or _starts_with_act(words[:at])


def is_about_writer(words: Sequence[Word]) -> bool:
    """Say whether the writer is in the sentence, or nobody is and none is named as subject."""
    if any(not word.tags.isdisjoint(_NEAR) for word in words):
        return True
    if "SS" in words[0].tags and _opens_with_act(words[0]):
        return True
    return all(
        word.tags.isdisjoint(_OTHER) or "PERSON" in word.tags or _is_object(words, position)
        for position, word in enumerate(words)
    ) and _starts_lightly(words)


def _is_passive(words: Sequence[Word], at: int) -> bool:
    """Say whether the act is suffered: "got punched", "was being followed"."""
    if not any(tag.endswith(".d") for tag in words[at].tags) or at == 0:
        return False
    before = words[at - 1]
    return before.form in _SUFFERED and not any(
        tag.endswith(".b") for tag in words[at].tags if tag.removesuffix(".b") in words[at].tags
    )


def _joined(words: Sequence[Word], at: int) -> bool:
    """Say whether a conjunction ties the act to what went before: "…, and sold …"."""
    for position in range(at - 1, max(-1, at - 4), -1):
        if words[position].form in _COORDINATES:
            return True
        if words[position].tags.isdisjoint(_LIGHT):
            return False
    return False


def _is_object(words: Sequence[Word], at: int) -> bool:
    """Say whether a person is named after a preposition, or beside the writer: "me and Earl"."""
    before = words[max(0, at - 3) : at]
    if any("PREP" in word.tags for word in before):
        return True
    return any(word.form in _COORDINATES for word in before) and any(
        not word.tags.isdisjoint(_NEAR) for word in before
    )


def _chain_subject_is_own(words: Sequence[Word]) -> bool:
    """Say whether the clauses before a joined act have the writer as subject."""
    for position in range(len(words) - 1, -1, -1):
        word = words[position]
        if not word.tags.isdisjoint(_OWN):
            return True
        if word.tags.isdisjoint(_OTHER) or word.form in _OBJECTS:
            continue
        if "YOU" in word.tags or "THEY" in word.tags:
            return False
        opens = "CS" in word.tags or (position > 0 and "CS" in words[position - 1].tags)
        if opens and not _is_object(words, position):
            return False
    return _starts_with_act(words)


def _starts_with_act(words: Sequence[Word]) -> bool:
    """Say whether a sentence opens with a verb, its subject left out."""
    for word in words:
        if _opens_with_act(word):
            return True
        if word.tags.isdisjoint(_LIGHT):
            return False
    return True


def _opens_with_act(word: Word) -> bool:
    if "BEGAN" in word.tags or any(tag.endswith(_VERBAL) for tag in word.tags):
        return True
    first = word.form.partition("_")[0]
    return first.endswith(("ed", "ing")) and len(first) > 4


def _starts_lightly(words: Sequence[Word]) -> bool:
    """Say whether no noun of somebody else's opens the sentence."""
    return all("DET" not in word.tags or "POSS" in word.tags for word in words[:3])
