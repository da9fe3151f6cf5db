"""Neutral rendering: whatever is withheld, the words around it come out the same.

One token for a span or a run of spans, with its article and its head noun; pronouns, names and
kin become neutral words; verbs agree with what stands there now. Every choice looks at the
context and the form of a span, never at its class.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from models.redaction import Mention, typed_token
from redaction.candidate import Candidate, Form
from redaction.grammar import (
    ADVERBS,
    FUNCTION_WORDS,
    SUBJECT_ENDERS,
    TO_PLURAL,
    plural_verb,
)
from redaction.people import HEADS
from redaction.tokens import Tokens
from redaction.view import EMOJI, View
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


def coded_text(words: str, view: View, tokens: Tokens, candidates: Iterable[Candidate]) -> str:
    """Return the coded text: the input with every candidate's stretch rendered neutrally."""
    return coded_view(words, view, tokens, candidates).text


def coded_view(words: str, view: View, tokens: Tokens, candidates: Iterable[Candidate]) -> View:
    """Return the coded text, each character of which knows where in the input it came from."""
    text = view.text.replace(EMOJI, " ")
    slots = _runs(text, tokens, _slots(candidates))
    edits: list[tuple[int, int, str]] = []
    at = 0
    for start, end, new in sorted(_edits(text, tokens, slots)):
        begin, until = view.origin(start, end)
        if until > at:
            begin = max(at, begin)
            edits.append((begin, until, _apart(words, begin, until, new)))
            at = until
    return View(words).replaced(edits)


def _apart(words: str, begin: int, until: int, new: str) -> str:
    """Keep a blank between what is written new and the words it touches."""
    if begin and words[begin - 1].isalnum() and new[:1].isalnum() | (new[:1] == "⟦"):
        new = " " + new
    if until < len(words) and words[until].isalnum() and new[-1:].isalnum() | (new[-1:] == "⟧"):
        new += " "
    return new


_SENTENCE: Final = re.compile(r"(?<=[.!?])[\s]+|\n+")
_TYPED: Final = re.compile("⟦(" + "|".join(Mention) + ")⟧")
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def without_empty_sentences(coded: str) -> str:
    """Leave out each sentence that says nothing once its tokens are gone, unless it is a slur."""
    if "⟦" not in coded:
        return coded
    out: list[str] = []
    at = 0
    for border in (*_SENTENCE.finditer(coded), None):
        until, after = (border.start(), border.end()) if border else (len(coded), len(coded))
        sentence = coded[at:until]
        kinds = {found[1] for found in _TYPED.finditer(sentence)}
        if not kinds or Mention.SLUR in kinds or _says_something(sentence):
            out.append(coded[at:after])
        at = after
    return "".join(out).rstrip() if out and at and not coded.endswith(out[-1]) else "".join(out)


def _says_something(sentence: str) -> bool:
    plain = _TYPED.sub(" ", sentence).replace("’", "'").lower()
    return any(word not in FUNCTION_WORDS for word in _WORD.findall(plain))


# --- slots and runs ---------------------------------------------------------------------------


def _slots(candidates: Iterable[Candidate]) -> list[Slot]:
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
)


def _stronger(one: Mention, other: Mention) -> Mention:
    return max(one, other, key=_STRENGTH.index)


_TOKENS: Final = frozenset({Form.TOKEN, Form.OPAQUE})
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
_HEADED: Final = frozenset({Mention.GROUP, Mention.SLUR, Mention.TRAIT, Mention.TIME})


def _runs(text: str, tokens: Tokens, slots: list[Slot]) -> list[Slot]:
    """Join slots that stand together, and widen tokens over article and head noun."""
    runs: list[Slot] = []
    dropped = [slot for slot in slots if slot.form is Form.DROPPED]
    for slot in slots:
        if slot.form is Form.DROPPED:
            continue
        _widen_right(text, tokens, slot)
        while runs and _joined(text, runs[-1], slot):
            slot = runs.pop()
            _widen_right(text, tokens, slot)
        runs.append(slot)
    for slot in runs:
        if slot.form is Form.TOKEN:
            _widen_left(tokens, slot)
    merged: list[Slot] = []
    for slot in runs:
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
    if left.form in _TOKENS and right.form in _TOKENS:
        if not _TOKEN_GAP.fullmatch(gap):
            return False
        _swallow(left, right)
    elif left.form in _TOKENS and right.form is Form.RELATIVE:
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
    if left.form in _TOKENS:
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
    while at and lower[at - 1] in _ARTICLES:
        at -= 1
    if at and lower[at - 1] == "being" and slot.mention in {Mention.GROUP, Mention.TRAIT}:
        at -= 1
    if slot.mention in {Mention.TRAIT, Mention.GROUP} and at > 1:
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


# --- edits ------------------------------------------------------------------------------------


def _edits(text: str, tokens: Tokens, slots: list[Slot]) -> Iterator[tuple[int, int, str]]:
    taken = [(slot.start, slot.end) for slot in slots]
    for slot in slots:
        if slot.form is Form.DROPPED:
            yield _dropped(text, slot)
            continue
        yield slot.start, slot.end, _reading(text, slot)
        for edit in (*_possessive(text, slot), *_agreement(tokens, slot)):
            if not any(start < edit[1] and edit[0] < end for start, end in taken):
                yield edit


def _reading(text: str, slot: Slot) -> str:
    if slot.form in _TOKENS:
        return typed_token(slot.mention)
    reading = "another person" if slot.form is Form.OTHER and not slot.plural else slot.words
    first = text[slot.start]
    old = text[slot.start : slot.end]
    if slot.form is Form.REWORDED and old.isupper() and len(old) > 1:
        return reading.upper()
    if first.isupper() and _opens(text, slot.start):
        return reading[0].upper() + reading[1:]
    return reading


_NEAR: Final = 24
"""So far back from a word its sentence's opening is looked for."""


def _opens(text: str, at: int) -> bool:
    """Whether a sentence opens here."""
    near = text[max(0, at - _NEAR) : at]
    before = near.rstrip(" \t\"'(*_>-[")
    return not before or before[-1] in ".!?\n:…" or "\n" in near[len(before) :]


def _dropped(text: str, slot: Slot) -> tuple[int, int, str]:
    start, end = slot.start, slot.end
    if start and text[start - 1] == " " and (end == len(text) or not text[end].isalnum()):
        start -= 1
    elif start == 0 and text[end : end + 1] == " ":
        end += 1
    return start, end, ""


def _possessive(text: str, slot: Slot) -> Iterator[tuple[int, int, str]]:
    """Write the owner's ending one way: "the Muslims' house", "a woman's house"."""
    if slot.form is Form.REWORDED or (slot.form is Form.RELATIVE and slot.plural):
        return
    end = slot.end
    if text[end : end + 1] != "'" or text[end + 1 : end + 2].isalnum():
        return
    if text[end - 1] in "sS" and text[slot.start - 1 : slot.start] != "'":
        yield end, end + 1, "'s"


def _agreement(tokens: Tokens, slot: Slot) -> Iterator[tuple[int, int, str]]:
    """Make the verb after (or, in a question, before) agree with the plural that stands there."""
    pronoun = slot.form is Form.REWORDED and slot.words == "they"
    group = slot.form is Form.TOKEN and slot.mention in {Mention.GROUP, Mention.SLUR}
    if not (pronoun or group):
        return
    lower = tokens.lower
    first = bisect_left(tokens.starts, slot.start)
    after = bisect_left(tokens.starts, slot.end)
    if pronoun and first and lower[first - 1] in TO_PLURAL and _asks(lower, first - 2):
        yield _edit(tokens, first - 1, TO_PLURAL[lower[first - 1]])
        return
    if group and first and lower[first - 1] in SUBJECT_ENDERS:
        return
    while after < len(lower) and lower[after] in ADVERBS:
        after += 1
    if after == len(lower):
        return
    word = lower[after]
    if pronoun and word == "'s":
        yield _edit(tokens, after, _is_or_has(lower, after + 1))
        return
    plural = plural_verb(word, certain=pronoun)
    if plural is not None:
        yield _edit(tokens, after, plural)


_ASKING: Final = word_set(
    'what who why how when where which and but so or if then whom whose , ; : . ! ? - ( "'
)


def _asks(lower: list[str], at: int) -> bool:
    return at < 0 or lower[at] in _ASKING


_PARTICIPLES: Final = word_set(
    """been got had gotten done gone seen taken made given become come lost won said told known
    never always already ever just"""
)


def _is_or_has(lower: list[str], after: int) -> str:
    while after < len(lower) and lower[after] in {"never", "always", "already", "just", "also"}:
        after += 1
    return "'ve" if after < len(lower) and lower[after] in _PARTICIPLES else "'re"


def _edit(tokens: Tokens, at: int, new: str) -> tuple[int, int, str]:
    old = tokens.texts[at]
    if old.isupper() and len(old) > 1:
        new = new.upper()
    elif old[0].isupper():
        new = new[0].upper() + new[1:]
    return tokens.starts[at], tokens.ends[at], new
