"""Letters drawn out or hidden behind stars are read as the term they stand for."""

import re
from collections.abc import Set
from typing import Final

from redaction.wordlists import word_set

STARRED: Final = re.compile(
    r"(?<![\w*])[A-Za-z]+(?:\*+[A-Za-z]+){1,8}(?![\w*])|(?<![\w*])[A-Za-z]\*+[A-Za-z]*"
)
_RUN: Final = re.compile(r"(.)\1*")
_DRAWN_OUT: Final = re.compile(r"(.)\1\1|^(?:(.)\2){3,}$")
_DOUBLES: Final = 6
"""So many drawn-out letters are tried as doubles of the plain word."""
_MILD: Final = word_set(
    """fuck fucks fucked fucker fucking fuckin shit shits shitty bitch bitches ass asshole assholes
    damn hell crap cunt cunts dick dicks piss pissed bastard bastards prick pricks bullshit"""
)
"""What stars mostly hide: strong language, which discloses nothing."""


def undrawn(word: str, terms: Set[str]) -> str | None:
    """Return the term written with letters drawn out or doubled: "lesbiaaann", "ggaayy"."""
    if not _DRAWN_OUT.search(word):
        return None
    runs = [(run[1], len(run[0])) for run in _RUN.finditer(word)]
    single = "".join(letter for letter, _length in runs)
    if single in terms:
        return single
    doubled = "".join(letter * min(length, 2) for letter, length in runs)
    if doubled in terms:
        return doubled
    long = [at for at, (_letter, length) in enumerate(runs) if length > 1][:_DOUBLES]
    for kept in long:
        plain = single[: kept + 1] + single[kept:]
        if plain in terms:
            return plain
    return None


def unstarred(word: str, terms: Set[str]) -> str | None:
    """Return the term, of as many letters if there is one, that stars hide part of: "d*v*rced"."""
    if len(word.replace("*", "")) < 2:
        return None
    pattern = re.compile(re.sub(r"\*+", lambda stars: f".{{1,{max(2, len(stars[0]))}}}", word))
    if any(pattern.fullmatch(plain) for plain in _MILD):
        return None
    candidates = sorted(term for term in terms if pattern.fullmatch(term))
    exact = [term for term in candidates if len(term) == len(word)]
    return next(iter(exact or candidates), None)
