"""A view cut into words and marks, with an apostrophe's ending apart from its word."""

import re
from typing import Final, NamedTuple

from redaction.view import EMOJI

_CLITIC: Final = r"'(?:s|re|ve|ll|d|m)(?![^\W_])"
_PATTERN: Final = re.compile(
    rf"{_CLITIC}|[^\W_]+(?:'(?!(?:s|re|ve|ll|d|m)(?![^\W_]))[^\W_]+)*|[^\w\s{EMOJI}]|_+",
    re.IGNORECASE,
)


class Tokens(NamedTuple):
    """Columns of equal length: what is written, the same in lower case, where it lies."""

    texts: list[str]
    lower: list[str]
    starts: list[int]
    ends: list[int]


def tokens_of(text: str) -> Tokens:
    """Cut a view's text; offsets are the view's, white space and emoji are no tokens."""
    texts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _PATTERN.finditer(text):
        texts.append(found[0])
        starts.append(found.start())
        ends.append(found.end())
    return Tokens(texts, [text.lower() for text in texts], starts, ends)
