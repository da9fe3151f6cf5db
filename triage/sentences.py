"""A post is cut into sentences that keep their place, so that a passage is always their words."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple


class Sentence(NamedTuple):
    """One sentence: `text` is the post from `start` to `end`, white space trimmed."""

    text: str
    start: int
    end: int


_END: Final = re.compile(
    r"""
    (?<!\b[a-z])(?<!\b[a-z]\.[a-z])                 # not an initial, not "e.g."
    (?<!\bmr)(?<!\bms)(?<!\bdr)(?<!\bst)(?<!\bvs)(?<!\bno)(?<!\bjr)(?<!\betc)
    [.!?…]+["'”’)\]*_]*(?=\s|$)
    | [?!]+["'”’)]*(?=[^\W\d_])                     # "what?who"
    | \s*[\r\n]+\s*
    """,
    re.VERBOSE | re.IGNORECASE,
)


def sentences_of(text: str) -> tuple[Sentence, ...]:
    """Cut a text into its sentences, in order; white space between them belongs to none."""
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[Sentence]:
    start = 0
    for end in _END.finditer(text):
        yield from _trimmed(text, start, end.end())
        start = end.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[Sentence]:
    part = text[start:end]
    stripped = part.strip()
    if stripped:
        start += len(part) - len(part.lstrip())
        yield Sentence(stripped, start, start + len(stripped))
