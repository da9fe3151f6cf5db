"""A person's name is told by its capital letter and by what stands around it, not by a list.

What is written with a capital inside a sentence and is no English word, no maker, product, place
or month is taken for a name. At the start of a sentence the words after it must speak of somebody.
"""

import re
from collections.abc import Iterator, Set
from typing import Final

from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.candidate import Candidate, Form
from redaction.capitals import shouting_or_titled
from redaction.context import HOMONYMS
from redaction.grammar import FUNCTION_WORDS
from redaction.tokens import Tokens
from redaction.wordlists import table, word_set
from redaction.words import ordinary_words, proper_words

_NAMES: Final = table("names")
HONORIFICS: Final = word_set(_NAMES["honorifics"])
_INSIDE: Final = word_set("in near from across outside to")
_STRICTLY_INSIDE: Final = word_set("in near across")
_NOT_PERSONS: Final = word_set(_NAMES["not_persons"])
_MAKERS: Final = word_set(_NAMES["makers"])
_SPEAKING: Final = word_set(_NAMES["speaking"])
_TOWARDS: Final = word_set(_NAMES["towards"])
_OF_THINGS: Final = word_set(_NAMES["of_things"])
_THINGS: Final = word_set(_NAMES["things"])
_ALSO_WORDS: Final = word_set(_NAMES["also_words"])
_ABSTRACT: Final = word_set(_NAMES["abstract"])
_LINKING: Final = word_set(
    "is was has had will would can could should may might must does did isn't wasn't and"
)
_HUMPED: Final = re.compile(r"[a-z][A-Z]|[A-Z]{2}")
_PREFIXED: Final = re.compile(r"(?:Mc|Mac|De|Di|Da|Du|Le|La|Van|Von|Fitz|O'|D'|Ca')[A-Z][a-z]+")
_ENDERS: Final = frozenset('.!?:"(*-\n>[')


def names(
    tokens: Tokens,
    taken: Set[int],
    groups: Set[int] = frozenset(),
    listed: Set[int] = frozenset(),
) -> Iterator[Candidate]:
    """Propose names of people.

    `taken` are the offsets of words withheld for another reason, `groups` those of words that may
    name a group and so open no name ("Black Sean"), `listed` those of words that lists call names.
    """
    texts, lower = tokens.texts, tokens.lower
    if shouting_or_titled(tokens, taken | groups | listed):
        return
    at = 0
    while at < len(texts):
        if not texts[at][0].isupper():
            at += 1
            continue
        if lower[at] in HONORIFICS:
            end = _after_honorific(tokens, at)
            if end > at and (_only_title(lower[at]) or _nameable(tokens, end - 1, listed)):
                yield _name(tokens, at, end - 1)
                at = end
                continue
        first, at = at, at + 1
        if tokens.starts[first] in taken or tokens.starts[first] in groups:
            continue
        known = tokens.starts[first] in listed and lower[first] not in _NOT_PERSONS
        if not (
            _could_be(texts[first], lower[first])
            or _opening_pair(tokens, first)
            or (known and texts[first][1:].islower() and lower[first] not in FUNCTION_WORDS)
        ):
            continue
        while at < len(texts) and _continues(tokens, at, taken):
            at += 1
        before = lower[first - 1] if first else ""
        inside = before in _INSIDE and lower[first] not in ordinary_words()
        if first and texts[first - 1][0].isupper() and before in _MAKERS:
            continue
        person = _is_person(tokens, first, at, listed)
        if person and not (inside and before in _STRICTLY_INSIDE):
            yield _name(tokens, first, at - 1)
        elif inside:
            yield _name(tokens, first, at - 1)._replace(
                protected_class=ProtectedClass.RESIDENCE,
                mention=Mention.PLACE,
                rule="name.place",
                form=Form.TOKEN,
            )


def _only_title(title: str) -> bool:
    return title not in ordinary_words() or title in {"mr", "mrs", "miss", "dr", "sir", "uncle"}


def _nameable(tokens: Tokens, at: int, listed: Set[int]) -> bool:
    """Whether a word after a title that is an ordinary word too can be a name: "General Lee"."""
    text = tokens.texts[at]
    return (
        text.lower() not in ordinary_words()
        or tokens.starts[at] in listed
        or (text in proper_words())
    )


def _name(tokens: Tokens, first: int, last: int) -> Candidate:
    return Candidate(
        tokens.starts[first],
        tokens.ends[last],
        ProtectedClass.ETHNICITY,
        Mention.PERSON,
        "name.person",
        "rule",
        Form.OTHER,
    )


def _after_honorific(tokens: Tokens, at: int) -> int:
    """Return the end of "Mrs. Baker", "Imam Yusuf": title, point, and the names after it."""
    end = at + 1
    if end < len(tokens.texts) and tokens.lower[end] == ".":
        end += 1
    begin = end
    while end < len(tokens.texts) and end - begin < 3:
        text = tokens.texts[end]
        if (
            not (text[0].isupper() and text[0].isalpha())
            or tokens.starts[end] - tokens.ends[end - 1] > 1
        ):
            break
        end += 1
    return end if end > begin else at


def _could_be(text: str, lower: str) -> bool:
    """Whether a capitalised word may be a name for all its letters tell."""
    if not text[1:] or not all(char.isalpha() or char == "'" for char in text):
        return False
    if (text.isupper() and len(text) > 1) or (
        _HUMPED.search(text) and not _PREFIXED.fullmatch(text)
    ):
        return False
    if lower in _NOT_PERSONS or lower in FUNCTION_WORDS or "n't" in lower:
        return False
    return lower not in ordinary_words() or text in proper_words() or lower in _ALSO_WORDS


def _opening_pair(tokens: Tokens, at: int) -> bool:
    """Whether a sentence opens with two capitals of which the first is an ordinary word."""
    texts, lower = tokens.texts, tokens.lower
    return (
        at + 1 < len(texts)
        and _opens(tokens, at)
        and texts[at][1:].islower()
        and lower[at] not in FUNCTION_WORDS
        and lower[at] not in _NOT_PERSONS
        and texts[at + 1][0].isupper()
        and texts[at + 1][1:].islower()
        and tokens.starts[at + 1] == tokens.ends[at] + 1
        and lower[at + 1] not in _NOT_PERSONS
        and lower[at + 1] not in FUNCTION_WORDS
    )


def _continues(tokens: Tokens, at: int, taken: Set[int]) -> bool:
    text, lower = tokens.texts[at], tokens.lower[at]
    if tokens.starts[at] - tokens.ends[at - 1] > 1 or tokens.starts[at] in taken:
        return False
    if lower == ".":
        return len(tokens.texts[at - 1]) == 1 and at + 1 < len(tokens.texts)
    if lower == "-":
        return (
            at + 1 < len(tokens.texts)
            and tokens.ends[at] == tokens.starts[at + 1]
            and tokens.ends[at - 1] == tokens.starts[at]
            and tokens.texts[at + 1][0].isupper()
        )
    if lower in {"jr", "sr", "ii", "iii", "iv"}:
        return True
    if lower in {
        "de",
        "la",
        "van",
        "von",
        "der",
        "den",
        "da",
        "del",
        "bin",
        "ibn",
        "al",
        "el",
        "ben",
    }:
        return at + 1 < len(tokens.texts) and tokens.texts[at + 1][0].isupper()
    if not (text[0].isupper() and text[0].isalpha()) or "n't" in lower:
        return False
    return (
        lower not in FUNCTION_WORDS
        and lower not in _NOT_PERSONS
        and not (text.isupper() and len(text) > 2)
    )


def _opens(tokens: Tokens, at: int) -> bool:
    return at == 0 or tokens.texts[at - 1] in _ENDERS or tokens.starts[at] - tokens.ends[at - 1] > 1


def _is_person(tokens: Tokens, first: int, end: int, listed: Set[int]) -> bool:
    lower = tokens.lower
    known = any(tokens.starts[at] in listed for at in range(first, end))
    word = lower[first]
    before = lower[first - 1] if first else ""
    after = lower[end] if end < len(lower) else ""
    second = lower[end + 1] if end + 1 < len(lower) else ""
    plain = word in ordinary_words()
    several = end - first > 1
    if after in _THINGS or lower[end - 1] in _THINGS:
        return False
    speaks = _speaks(after, second) or (
        after in {"and", "&"} and tokens.texts[end + 1 : end + 2] != [] and _named(tokens, end + 1)
    )
    if _opens(tokens, first):
        if several and all(lower[at] in ordinary_words() for at in range(first, end)):
            if after in _LINKING and not all(
                tokens.starts[at] in listed or tokens.texts[at] in proper_words()
                for at in range(first, end)
            ):
                return False
            return speaks and (
                known or any(tokens.texts[at] in proper_words() for at in range(first, end))
            )
        if several and any(
            lower[at] not in ordinary_words()
            and (tokens.starts[at] in listed or tokens.texts[at] in proper_words())
            for at in range(first, end)
        ):
            return True
        proper = known or tokens.texts[first] in proper_words()
        if plain and word not in HOMONYMS:
            if after in {"'s", "'"} and word not in _ALSO_WORDS and not several:
                return known and second not in _THINGS and word not in _ABSTRACT
            if word in _ABSTRACT and after in _LINKING:
                return False
            return speaks and (several or proper)
        return proper or speaks or (several and after in {"", ",", "and", "!", "?", ".", "&"})
    if plain and not several:
        return (known or word in _ALSO_WORDS) and (
            speaks
            or before in _TOWARDS
            or (before in {"and", ","} and after in {"", "!", ".", "?"})
        )
    if (
        before == "of"
        and first > 1
        and lower[first - 2] in {"lot", "lots", "kind", "bunch", "copy"}
    ):
        return False
    if before in {
        "a",
        "an",
        "the",
        "this",
        "these",
        "those",
        "that",
        "every",
        "each",
        "some",
        "any",
    }:
        return bool(speaks and before not in {"a", "an", "the"})
    if before in _OF_THINGS:
        return speaks
    listed_or_proper = known or any(tokens.texts[at] in proper_words() for at in range(first, end))
    return listed_or_proper or speaks or several or before in _TOWARDS | _JOINERS


def _named(tokens: Tokens, at: int) -> bool:
    text = tokens.texts[at]
    return text in proper_words() and tokens.lower[at] not in ordinary_words() | _NOT_PERSONS


_JOINERS: Final = frozenset({"and", "or", ",", "&", "/"})


def _speaks(after: str, second: str) -> bool:
    """Whether what follows is what people do, are, or have."""
    if after in {"'s", "'"}:
        return True
    if after in {"'ll", "'d"} or after in _SPEAKING:
        return True
    if after in {"and", "&"}:
        return second in {"i", "his", "her", "their", "my"} or second in _SPEAKING
    if after.endswith("ly"):
        return second in _SPEAKING or _past(second)
    return _past(after)


def _past(after: str) -> bool:
    return len(after) > 4 and after.endswith("ed") and after in ordinary_words()
