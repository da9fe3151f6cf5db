"""A view cut into words and marks, with an apostrophe's ending apart from its word."""

import re
from typing import Final, NamedTuple

from redaction.view import EMOJI

_CLITIC: Final = r"'(?i:s|re|ve|ll|d|m)(?![^\W_])"
_PATTERN: Final = re.compile(
    rf"[^\W_]+(?:'(?!(?i:s|re|ve|ll|d|m)(?![^\W_]))[^\W_]+)*|{_CLITIC}|[^\w\s{EMOJI}]|_+"
)


class Tokens(NamedTuple):
    """Columns of equal length: what is written, the same in lower case, where it lies."""

    texts: list[str]
    lower: list[str]
    starts: list[int]
    ends: list[int]


def tokens_of(text: str) -> Tokens:
    """Cut a view's text; offsets are the view's, white space and emoji are no tokens."""
    spans = [found.span() for found in _PATTERN.finditer(text)]
    texts = [text[start:end] for start, end in spans]
    return Tokens(
        texts,
        [text.lower() for text in texts],
        [start for start, _ in spans],
        [end for _, end in spans],
    )
