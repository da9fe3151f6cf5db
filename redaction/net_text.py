"""The nets read what the rules let through, cut into sentences, every token of a kind alike.

They see coded text (or a view of it), not raw: two texts that the rules made alike stay alike,
whatever the nets decide. Words lose case, apostrophes and stretched letters; all typed tokens are
one word.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from redaction.view import OPAQUE

TOKEN_WORD: Final = "⟦⟧"  # noqa: S105  # a word, no password
"""What every typed token is to a net."""

_BORDER: Final = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")
_WORD: Final = re.compile(rf"⟦[a-z]*⟧|{OPAQUE}|[^\W_]+(?:['’][^\W_]+)*|[^\w\s⟦⟧{OPAQUE}]+|[⟦⟧]|_+")
_APOSTROPHE: Final = re.compile("['’]")
_DIGITS: Final = re.compile(r"\d+")
_STRETCHED: Final = re.compile(r"(.)\1{2,}")
_LONGEST: Final = 48
"""Words of a sentence that are read at once; what runs on is cut."""


class Sentence(NamedTuple):
    """A stretch of coded text as the nets read it; offsets are the text's, end exclusive."""

    start: int
    end: int
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def is_marked(self) -> bool:
        """Whether something in it is withheld already."""
        return TOKEN_WORD in self.words


def sentences(coded: str) -> Iterator[Sentence]:
    """Cut a coded text; white space alone is no sentence."""
    at = 0
    for border in (*_BORDER.finditer(coded), None):
        until = border.start() if border else len(coded)
        yield from _read(coded, at, until)
        at = border.end() if border else until


def _read(coded: str, start: int, end: int) -> Iterator[Sentence]:
    found = list(_WORD.finditer(coded, start, end))
    for at in range(0, len(found), _LONGEST):
        part = found[at : at + _LONGEST]
        yield Sentence(
            part[0].start(),
            part[-1].end(),
            tuple(_plain(word[0]) for word in part),
            tuple(word.start() for word in part),
            tuple(word.end() for word in part),
        )


def _plain(word: str) -> str:
    if word[0] in ("⟦", OPAQUE):
        return TOKEN_WORD
    if not (word[0].isalnum() or word[0] == "_"):
        return word[0]
    plain = _APOSTROPHE.sub("", word).lower()
    return _STRETCHED.sub(r"\1", _DIGITS.sub("0", plain))
