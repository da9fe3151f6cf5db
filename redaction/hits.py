"""A gazetteer's hit is narrowed to the words that disclose, and dropped where it means a thing."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from models.redaction import Mention
from redaction.candidate import Candidate, Form
from redaction.company import PERSONS
from redaction.gazetteer import Gazetteer, Hit, Part
from redaction.people import AGED, HEADS, KIN, SEXED, means_nobody
from redaction.tokens import Tokens
from redaction.wordlists import word_set
from redaction.words import ordinary_words

_NEUTRAL: Final = frozenset({"relative", "relatives"})
"""Words that neutral text is made of."""
_KEPT_WHOLE: Final = SEXED | AGED | KIN | HEADS
_LED_BY_ANY: Final = PERSONS | {"family", "families", "household", "club", "clubs", "bar", "bars"}
"""Nouns before which a class's word is withheld alone, whichever phrase a list holds."""
_DIGIT: Final = re.compile(r"\d")
_LEFT_TO_RULES: Final = frozenset(
    {"voted for", "vote for", "voting for", "votes for", "getting old", "gets old", "got old"}
    | {f"year{s}{gap}old{end}" for s in ("", "s") for gap in "- " for end in ("", "s")}
)
"""Phrases that disclose only with what follows them; a pattern looks at both."""
_OPENING_CONDUCT: Final = word_set(
    "kill go get make grab you you'll all women men males belongs belong me identify i hit ran"
)
"""A longer phrase that opens so says what somebody does: only the people in it are withheld."""


def narrowed(hit: Hit, text: str, tokens: Tokens, gazetteer: Gazetteer) -> Iterator[Hit]:
    """Give the hits that a hit stands for: itself, a part of it, or none."""
    entry = hit.entry
    if entry.term in _NEUTRAL or _names_a_thing(hit, tokens):
        return
    written = text[hit.start : hit.end].lower()
    if written in _LEFT_TO_RULES or (entry.rule.startswith("age.") and _DIGIT.search(written)):
        return
    if entry.mention is Mention.PERSON and written in ordinary_words():
        return  # the rules for names know when "Said" or "Mark" is one
    if entry.mention is Mention.PERSON and _before_people(hit, tokens):
        yield Hit(hit.start, hit.end, replace(entry, mention=Mention.GROUP, ambiguous=False))
        return
    if entry.mention is Mention.PERSON:
        for other in gazetteer.lookup(written):
            if other.mention is Mention.GROUP and not other.ambiguous:
                yield Hit(hit.start, hit.end, other)
                return
    pieces = written.split()
    if len(pieces) > 2 and pieces[0] in _OPENING_CONDUCT:
        yield from _of_words(hit, text, gazetteer, skip=Mention.SLUR)
        return
    first, _, last = written.rpartition(" ")
    if first and last in _LED_BY_ANY and last not in _KEPT_WHOLE:
        shorter = next(
            (
                found
                for found in gazetteer.lookup(first)
                if found.mention in {Mention.GROUP, Mention.TRAIT}
            ),
            None,
        )
        if shorter is not None and entry.mention in {Mention.GROUP, Mention.SLUR}:
            named = entry if entry.mention is Mention.GROUP else shorter
            yield Hit(hit.start, hit.start + len(first), named)
            return
    yield hit


def _of_words(hit: Hit, text: str, gazetteer: Gazetteer, *, skip: Mention) -> Iterator[Hit]:
    """Give the hits of a phrase's single words."""
    at = hit.start
    for piece in text[hit.start : hit.end].split():
        start = text.index(piece, at)
        at = start + len(piece)
        for entry in gazetteer.lookup(piece):
            named = entry.mention is Mention.PERSON
            if entry.mention is not skip and not (entry.ambiguous or named):
                yield Hit(start, at, entry)
                break


_DETERMINERS: Final = word_set(
    "a an the these those some all most many two three other any every each no another"
)


def _names_a_thing(hit: Hit, tokens: Tokens) -> bool:
    at = bisect_left(tokens.starts, hit.start)
    return at < len(tokens.starts) and tokens.ends[at] == hit.end and means_nobody(tokens.lower, at)


def _before_people(hit: Hit, tokens: Tokens) -> bool:
    """Whether a name stands as an adjective: "a Karen person", "the Karen tenants"."""
    at = bisect_left(tokens.starts, hit.start)
    if not at or tokens.lower[at - 1] not in _DETERMINERS or tokens.texts[at].islower():
        return False
    after = bisect_left(tokens.starts, hit.end)
    return after < len(tokens.lower) and tokens.lower[after] in PERSONS | HEADS


_PEOPLES_AND_NAMES: Final = word_set(
    """sara bai karen mari han dan mon chad kai kim lao norman tai yi zara ana ada ali akan asa ben
    dinka edo ewe fang hani ila jie kono lega luba manya mende nani nia ora rani rama saho shan
    sena shona sidi suri tiv tonga venda vera yao zia gay jordan israel sofia christian angel"""
)


def candidate_of(hit: Hit, tokens: Tokens) -> Candidate:
    """Make a hit a candidate.

    An adjective for people names a group wherever it stands, "trans" as much as "female". A
    people's name that is also a given name is a person's where it stands alone.
    """
    entry = hit.entry
    mention = entry.mention
    if mention is Mention.TRAIT and entry.part is Part.ADJECTIVE:
        mention = Mention.GROUP
    if _alone_as_name(hit, tokens):
        mention = Mention.PERSON
    return Candidate(
        hit.start,
        hit.end,
        entry.protected_class,
        mention,
        entry.rule,
        "gazetteer",
        Form.OTHER if mention is Mention.PERSON else Form.TOKEN,
    )


_DEMONYM_ENDS: Final = ("an", "ans", "ese")


def _beside_name(hit: Hit, at: int, tokens: Tokens) -> bool:
    """Whether one more capitalised word that is no English word stands beside: "Chong Ling"."""
    if at == len(tokens.starts) or tokens.ends[at] != hit.end or not tokens.texts[at][0].isupper():
        return False
    for near in (at - 1, at + 1):
        if not 0 <= near < len(tokens.texts):
            continue
        text = tokens.texts[near]
        gap = tokens.starts[max(near, at)] - tokens.ends[min(near, at)]
        capital = gap == 1 and text[0].isupper() and text[1:].islower()
        if capital and text.lower() not in ordinary_words() and not text.endswith(_DEMONYM_ENDS):
            return True
    return False


def _alone_as_name(hit: Hit, tokens: Tokens) -> bool:
    at = bisect_left(tokens.starts, hit.start)
    if hit.entry.rule.startswith("ethnicity.people") and _beside_name(hit, at, tokens):
        return True
    if at == len(tokens.starts) or tokens.lower[at] not in _PEOPLES_AND_NAMES:
        return False
    if tokens.ends[at] != hit.end or not tokens.texts[at][0].isupper():
        return False
    before = tokens.lower[at - 1] if at else ""
    after = tokens.lower[at + 1] if at + 1 < len(tokens.lower) else ""
    if after == "-" and tokens.texts[at + 2 : at + 3] and tokens.texts[at + 2].islower():
        return False  # "Gay-owned"
    return before not in _DETERMINERS and after not in PERSONS | HEADS
