"""A word is the same whether it is run together, bent with digits and signs, or has its accents.

What must not leave is compared in the forms that are made here, never as it happens to be written.
"""

import re
import unicodedata
from collections.abc import Iterator, Set
from itertools import pairwise
from typing import Final

_JOINED: Final = re.compile(r"[_+]|(?<=[a-z0-9])(?=[A-Z])")
"""Where words are run together: in handles, in forms sent by browsers, in hashtags."""
_IDENTIFIER: Final = re.compile(r"[\w.+@'-]+")
_MOST_WORDS: Final = 5
_BENT: Final = re.compile(r"[\w@$!|+]{3,40}")
_SIGNS: Final = "01345678@$!|+"
_LETTERS: Final = tuple(
    str.maketrans(_SIGNS, letters) for letters in ("oieasgtbasiit", "oleasgtbasllt")
)
_SPACED: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_][ ._*|~/-]{1,2}){3,40}[^\W\d_](?![^\W_])")
_SAME: Final = str.maketrans("01345678$!|l", "oieasgtbsiii")
_MARK: Final = re.compile(r"[^\w$!|]|_")
_RUN: Final = re.compile(r"[\w$!|]+")
_SAID: Final = re.compile(r"(?i)(?<![^\W_])(?:dot|at|punto|arroba|underscore|dash)(?![^\W_])")
"""Marks of an address that are spelled out, in English or Spanish."""
SHORTEST: Final = 5
"""Signs of an identifier that is looked for also where its marks are left out."""
ANYWHERE: Final = 8
"""Signs of an identifier that is looked for within longer words too."""


def word_readings(form: str) -> tuple[str, ...]:
    """Return a text as its words may be read, the one that was given first."""
    apart = _JOINED.sub(" ", form)
    closed = _SPACED.sub(lambda found: re.sub(r"[\W_]", "", found[0]), form)
    straight = [_straightened(one, at) for one in (form, apart) for at in (0, 1)]
    return tuple(dict.fromkeys(map(unaccented, (form, apart, closed, *straight))))


def apart(form: str) -> str:
    """Return a text with the words apart that were run together."""
    return _JOINED.sub(" ", form)


def unaccented(text: str) -> str:
    """Return a text without accents."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    return "".join(one for one in parts if unicodedata.category(one) != "Mn")


def folded(identifier: str) -> str:
    """Return an identifier in the one form in which it is compared: no case, no leading @."""
    return " ".join(identifier.casefold().split()).removeprefix("@")


def skeleton(text: str) -> str:
    """Return what is left of an identifier without case, accents and marks, letters for digits."""
    return _MARK.sub("", unaccented(text).casefold()).translate(_SAME)


def phrases(form: str) -> Iterator[str]:
    """Yield every few words in a row, folded."""
    for text in dict.fromkeys((form, _JOINED.sub(" ", form))):
        words = _IDENTIFIER.findall(text)
        for start in range(len(words)):
            for end in range(start + 1, min(start + _MOST_WORDS, len(words)) + 1):
                phrase = folded(" ".join(words[start:end]))
                yield phrase
                yield phrase.strip(".'-_")


def skeletons(form: str, lengths: Set[int]) -> Iterator[str]:
    """Yield what may be the skeleton of an identifier of one of these lengths.

    A short one begins and ends where a word does; a long one is looked for anywhere.
    """
    for text in dict.fromkeys((form, _SAID.sub(" ", form))):
        signs, borders = "", {0}
        for word in _RUN.findall(text.replace("_", " ")):
            signs += skeleton(word)
            borders.add(len(signs))
        for length in sorted(lengths):
            if length >= ANYWHERE:
                yield from (signs[at : at + length] for at in range(len(signs) - length + 1))
            elif length >= SHORTEST:
                yield from (signs[at : at + length] for at in borders if at + length in borders)


def _straightened(text: str, reading: int) -> str:
    def straight(found: re.Match[str]) -> str:
        word = found[0]
        bent = sum(one in _SIGNS for one in word)
        letters = sum(map(str.isalpha, word))
        turns = sum(a.isalpha() != b.isalpha() for a, b in pairwise(word))
        if not bent or letters < bent or (turns < 2 and word[-1].isdigit()):
            return word  # a number, or a name with its year behind it
        return word.translate(_LETTERS[reading])

    return _BENT.sub(straight, text)
