"""The letters of a page as they were drawn, a few of each, to be compared with what they mean.

A file's own map from its glyphs to characters is its maker's word: a page may show one text and
hold another.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from PIL.Image import Image

from collection.markup.letter_shapes import LETTERS, Shape, are_others, shape_of

SAMPLES: Final = 3
"""How many of each letter are looked at."""

ENOUGH: Final = 3
"""Letters that are surely others: a small one may look like another by chance."""

_LEAST: Final = 7.0
"""Pixels: a lower letter has too few of them to be told from others."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in a picture."""


def shows_others(painted: Image, placed: Iterable[tuple[str, Box]]) -> bool:
    """Say whether letters at these places of a picture of nothing but text are others."""
    return are_others(_drawn(painted, placed), enough=ENOUGH)


def _drawn(painted: Image, placed: Iterable[tuple[str, Box]]) -> Iterator[tuple[str, Shape]]:
    taken: Counter[str] = Counter()
    for sign, (left, top, right, bottom) in placed:
        if sign not in LETTERS or taken[sign] == SAMPLES or bottom - top < _LEAST:
            continue
        if left < 1 or top < 1 or right + 1 > painted.width or bottom + 1 > painted.height:
            continue
        part = (int(left) - 1, int(top) - 1, int(right) + 2, int(bottom) + 2)
        shape = shape_of(painted.crop(part))
        if shape is not None:
            taken[sign] += 1
            yield sign, shape
