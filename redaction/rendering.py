"""Neutral rendering: whatever is withheld, the words around it come out the same.

One token for a span or a run of spans, with its article and its head noun; pronouns, names and
kin become neutral words; verbs agree with what stands there now. Every choice looks at the
context and the form of a span, never at its class.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
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
from redaction.slots import TOKENS, Slot, runs, slots_of
from redaction.tokens import Tokens
from redaction.view import EMOJI, View
from redaction.wordlists import word_set


def coded_text(words: str, view: View, tokens: Tokens, candidates: Iterable[Candidate]) -> str:
    """Return the coded text: the input with every candidate's stretch rendered neutrally."""
    return coded_view(words, view, tokens, candidates).text


def coded_view(words: str, view: View, tokens: Tokens, candidates: Iterable[Candidate]) -> View:
    """Return the coded text, each character of which knows where in the input it came from."""
    text = view.text.replace(EMOJI, " ")
    slots = runs(text, tokens, slots_of(candidates))
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
    if slot.form in TOKENS:
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
    group = slot.form is Form.TOKEN and slot.mention in _PEOPLE
    if not (pronoun or group):
        return
    lower = tokens.lower
    first = bisect_left(tokens.starts, slot.start)
    after = bisect_left(tokens.starts, slot.end)
    if pronoun and first and lower[first - 1] in TO_PLURAL and _asks(lower, first - 2):
        yield _edit(tokens, first - 1, TO_PLURAL[lower[first - 1]])
        return
    if group and first and lower[first - 1] in SUBJECT_ENDERS | _OWNERS:
        return
    if group and lower[first] == "being":
        return  # "being Muslim has its days": the being has them
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


_PEOPLE: Final = frozenset({Mention.GROUP, Mention.SLUR, Mention.HATE})
_OWNERS: Final = frozenset({"'s", "'", "my", "our", "your", "his", "her", "their", "its"})
"""After these a withheld word may be what somebody has: "my brother's stammer does"."""
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
