"""A capital letter says something only where most words have none."""

from collections.abc import Set
from typing import Final

from redaction.tokens import Tokens
from redaction.wordlists import word_set

_NEUTRAL: Final = word_set(
    "they them their theirs themselves another person other people relative relatives"
)
_SHORT: Final = 3
_FEW: Final = 4
_MOST: Final = 0.7


def shouting_or_titled(tokens: Tokens, taken: Set[int]) -> bool:
    """Whether capitals say nothing here: everything has them.

    What is withheld or neutral already does not count, so that neutral text is judged alike.
    """
    if sum(text[0].isupper() for text in tokens.texts) <= _FEW:
        return False
    long = [
        text
        for text, lower, start in zip(tokens.texts, tokens.lower, tokens.starts, strict=True)
        if len(text) > _SHORT and text[0].isalpha() and start not in taken and lower not in _NEUTRAL
    ]
    capital = sum(text[0].isupper() for text in long)
    return capital > _FEW and capital > _MOST * len(long)
