"""A slot is a stretch that reads as one thing: candidates united, runs of them joined.

A token takes in the articles before it and the head nouns after it; names, kin and pronouns that
stand together become one. Every choice looks at form and neighbours, never at a class.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from models.redaction import Mention
from redaction.candidate import Candidate, Form
from redaction.people import HEADS
from redaction.tokens import Tokens
from redaction.wordlists import word_set


@dataclass(slots=True)
class Slot:
    """A stretch of the view that reads as one thing."""

    start: int
    end: int
    form: Form
    mention: Mention
    words: str
    plural: bool
    sources: list[Candidate] = field(default_factory=list)


def slots_of(candidates: Iterable[Candidate]) -> list[Slot]:
    """Unite candidates that overlap; of two readings the stronger form stands."""
    slots: list[Slot] = []
    for item in sorted(candidates, key=lambda item: (item.start, -item.end, item.form)):
        if slots and item.start < slots[-1].end:
            _overlap(slots[-1], item)
        else:
            slots.append(
                Slot(
                    item.start,
                    item.end,
                    item.form,
                    item.mention,
                    item.words,
                    item.plural,
                    [item],
                )
            )
    return slots


_OWNER: Final = re.compile(
    r"(?:my|our|i'm|i am|i was|we're|we are|as|being|been)\s+(?=\S)", re.IGNORECASE
)


def _leave_owner(text: str, slot: Slot) -> None:
    """Let "my", "I'm" and the like stand: whose it is tells no class, and triage has to know."""
    owner = _OWNER.match(text, slot.start, slot.end)
    if owner is not None:
        slot.start = owner.end()


def _overlap(slot: Slot, item: Candidate) -> None:
    """Take an overlapping candidate in: the wider kin or name stands over a token inside it."""
    slot.sources.append(item)
    inside = item.end <= slot.end
    same = inside and item.start == slot.start and item.end == slot.end
    if slot.form is Form.RELATIVE and inside and item.mention is not Mention.SLUR:
        return
    if slot.form is Form.REWORDED and same and item.rule.startswith("sex.role"):
        return
    named = slot.form is Form.OTHER and inside and item.mention is not Mention.SLUR
    if named and (not same or item.form is not Form.TOKEN or item.mention is Mention.PERSON):
        return
    if item.form > slot.form:
        slot.form, slot.words, slot.plural = item.form, item.words, item.plural
        slot.mention = item.mention
    elif item.form is slot.form is Form.TOKEN and (
        not inside or same or item.mention is Mention.SLUR
    ):
        slot.mention = _stronger(slot.mention, item.mention)
    slot.end = max(slot.end, item.end)


_STRENGTH: Final = (
    Mention.TIME,
    Mention.PLACE,
    Mention.PERSON,
    Mention.TRAIT,
    Mention.GROUP,
    Mention.SLUR,
    Mention.HATE,
)


def _stronger(one: Mention, other: Mention) -> Mention:
    return max(one, other, key=_STRENGTH.index)


TOKENS: Final = frozenset({Form.TOKEN, Form.OPAQUE})
_TOKEN_GAP: Final = re.compile(
    r"\s*(?:[,/&+-]|,?\s*(?:and/or|and|or|nor|&)(?![^\W_]))?\s*(?:(?:a|an|the)\s+)?"
    r"|\s+(?:(?:with|without|from|of)|(?:who|that)(?:'s|\s+(?:is|are|was|were|has|have)))\s+"
    r"(?:(?:a|an|the)\s+)?",
    re.IGNORECASE,
)
_AND_GAP: Final = re.compile(
    r"\s*(?:[,/&+]|,?\s*(?:and/or|and|or|nor|&)(?![^\W_]))\s*(?:(?:a|an|the|my|our)\s+)?",
    re.IGNORECASE,
)
_PRONOUN_GAP: Final = re.compile(r"\s*(?:/|\bor\b|\band\b)\s*|/?\(?|\)", re.IGNORECASE)
_OWNER_GAP: Final = re.compile(r"(?:'s|')\s+(?:\w+\s+)?", re.IGNORECASE)
_HEADED: Final = frozenset({Mention.GROUP, Mention.SLUR, Mention.HATE, Mention.TRAIT, Mention.TIME})


def runs(text: str, tokens: Tokens, slots: list[Slot]) -> list[Slot]:
    """Join slots that stand together, and widen tokens over article and head noun."""
    found: list[Slot] = []
    dropped = [slot for slot in slots if slot.form is Form.DROPPED]
    for slot in slots:
        if slot.form is Form.DROPPED:
            continue
        _widen_right(text, tokens, slot)
        while found and _joined(text, found[-1], slot):
            slot = found.pop()
            _widen_right(text, tokens, slot)
        found.append(slot)
    for slot in found:
        if slot.form is Form.TOKEN:
            _widen_left(tokens, slot)
            _leave_owner(text, slot)
    merged: list[Slot] = []
    for slot in found:
        if not merged or not _joined(text, merged[-1], slot):
            merged.append(slot)
    return merged + [
        slot
        for slot in dropped
        if not any(other.start <= slot.start < other.end for other in merged)
    ]


def _joined(text: str, left: Slot, right: Slot) -> bool:
    """Join the right slot into the left one if they read as one; tell whether it did."""
    if right.start < left.end:
        _swallow(left, right)
        return True
    gap = text[left.end : right.start]
    if len(gap) > 24:
        return False
    if left.form in TOKENS and right.form in TOKENS:
        if not _TOKEN_GAP.fullmatch(gap):
            return False
        _swallow(left, right)
    elif left.form in TOKENS and right.form is Form.RELATIVE:
        if gap.strip(" -"):
            return False
        _swallow(left, right)
    elif left.form is right.form is Form.REWORDED:
        if left.words not in _PRONOUNS or not _PRONOUN_GAP.fullmatch(gap):
            return False
        if right.words != left.words or not gap.strip():
            return False
        left.end = right.end
        left.sources += right.sources
    elif left.form is right.form is Form.OTHER:
        if gap.strip():
            if not _AND_GAP.fullmatch(gap):
                return False
            left.plural, left.words = True, "other people"
        left.end = right.end
        left.sources += right.sources
    elif right.form is Form.RELATIVE and left.form in {Form.RELATIVE, Form.OTHER}:
        return _joined_kin(left, right, gap)
    elif left.form is Form.RELATIVE and right.form is Form.OTHER:
        if gap.strip(" ,"):
            return False
        left.end = right.end
        left.sources += right.sources
    else:
        return False
    return True


_PRONOUNS: Final = frozenset({"they", "them", "their", "theirs", "themselves"})


def _joined_kin(left: Slot, right: Slot, gap: str) -> bool:
    if _OWNER_GAP.fullmatch(gap) and gap.startswith("'"):
        left.plural = right.plural
        left.words = "relatives" if right.plural else "a relative"
    elif left.form is Form.RELATIVE and _AND_GAP.fullmatch(gap):
        left.plural, left.words = True, "relatives"
    else:
        return False
    left.form = Form.RELATIVE
    left.end = right.end
    left.sources += right.sources
    return True


def _swallow(left: Slot, right: Slot) -> None:
    left.end = max(left.end, right.end)
    left.form = max(left.form, right.form)
    if left.form in TOKENS:
        left.mention = _stronger(left.mention, right.mention)
        left.form = Form.TOKEN if left.form is Form.TOKEN else Form.OPAQUE
    left.sources += right.sources


_SUFFIXES: Final = word_set(
    """born raised bred ish ness looking presenting identified identifying speaking descended
    adjacent american americans"""
)


def _widen_right(text: str, tokens: Tokens, slot: Slot) -> None:
    """Take in the nouns that a withheld adjective stands before."""
    if slot.form is not Form.TOKEN or slot.mention not in _HEADED:
        return
    at = bisect_left(tokens.starts, slot.end)
    while at < len(tokens.lower):
        gap = text[slot.end : tokens.starts[at]]
        word = tokens.lower[at]
        if gap == "" and word == "-" and at + 1 < len(tokens.lower):
            after = tokens.lower[at + 1]
            if after in _SUFFIXES or (after in HEADS and slot.mention is not Mention.TIME):
                slot.end = tokens.ends[at + 1]
                at += 2
                continue
            return
        if gap.strip(" ") or not gap or word not in HEADS:
            return
        if slot.mention is Mention.TIME and text[slot.end - 1].isdigit():
            return
        slot.end = tokens.ends[at]
        if slot.mention is Mention.TRAIT:
            slot.mention = Mention.GROUP
        at += 1


_ARTICLES: Final = frozenset({"a", "an", "the"})
_PREFIXES: Final = word_set("non half part ex mixed bi afro euro anglo cis self first second third")
_IDENTITY_ADVERBS: Final = word_set(
    """openly strictly proudly exclusively predominantly legally clinically partially biologically
    ethnically devoutly visibly closeted lifelong practising practicing lapsed"""
)
"""Adverbs that go with an identity: "openly gay" reads as one, as "gay" does."""
_BORNE: Final = frozenset({Mention.GROUP, Mention.TRAIT})
_BEARERS: Final = word_set(
    """people person persons individual individuals folks folk someone somebody anyone anybody
    those guy guys adult adults one"""
)
_BEARING: Final = {
    "with": 1,
    "without": 1,
    "of": 1,
    "from": 1,
    "in": 1,
    "on": 1,
    "'s": 2,
    "is": 2,
    "are": 2,
    "was": 2,
    "were": 2,
    "has": 2,
    "have": 2,
    "uses": 2,
    "use": 2,
}


def _widen_left(tokens: Tokens, slot: Slot) -> None:
    """Take in article and prefix, and "people with", "someone who is" and the like."""
    lower, starts = tokens.lower, tokens.starts
    at = bisect_left(starts, slot.start)
    while at > 1 and lower[at - 1] == "-" and lower[at - 2] in _PREFIXES:
        at -= 2
    if slot.mention in _BORNE and at and lower[at - 1] in _IDENTITY_ADVERBS:
        at -= 1
    while at and lower[at - 1] in _ARTICLES:
        at -= 1
    if at and lower[at - 1] == "being" and slot.mention in _BORNE:
        at -= 1
    if slot.mention in _BORNE and at > 1:
        steps = _BEARING.get(lower[at - 1], 0)
        borne = steps and at > steps and lower[at - 1 - steps] in _BEARERS
        borne = borne and (steps == 1 or lower[at - 2] in {"who", "that"})
        placed = lower[at - 1] in {"in", "on"} and slot.mention is Mention.GROUP
        if borne and not placed:
            at -= 1 + steps
            slot.mention = Mention.GROUP
            if at and lower[at - 1] in _ARTICLES:
                at -= 1
    if at < len(starts):
        slot.start = min(slot.start, starts[at])
