"""A drawn letter is compared with plain letters: which one a reader sees, where that is sure.

Asked of letters whose picture and whose meaning come from two places: a page's own font, a PDF's
own map from its glyphs to characters. Letters that differ by little from each other (i, j, l and
their capitals) are not asked about, and one that looks like nothing known is no other letter.
Measured on some sixty upright, slanted, light, heavy, serifed and typewriter fonts: none of them
has two letters that look like others, and a shuffled alphabet has a dozen or more in most.
"""

import math
from collections.abc import Iterable
from functools import cache
from operator import mul
from typing import Final

from PIL import Image, ImageDraw, ImageFont

LETTERS: Final = "ABCDEFGHKMNOPQRSTUVWXYZabcdefghkmnopqrstuvwxyz"
"""The letters that are asked about."""

ENOUGH: Final = 2
"""So many letters drawn as others are no chance: one may be, in some typewriter's font."""

_SIDE: Final = 16
_SIZE: Final = 64
_MAX_SIDE: Final = 600
_ALIKE: Final = 0.6
_MARGIN: Final = 0.25
_PROPORTION: Final = 0.3
_FARTHEST: Final = 1.5
_INK: Final = 0.375

Shape = tuple[tuple[float, ...], float]
"""A letter's ink on a grid, of mean 0 and length 1; and the logarithm of width by height."""


def shape_of(picture: Image.Image) -> Shape | None:
    """Return the shape of what is drawn bright on dark, None where nothing is."""
    most = picture.getextrema()[1]
    if not isinstance(most, int | float) or most <= 0:
        return None
    box = picture.point([255 if at > most * _INK else 0 for at in range(256)]).getbbox()
    if box is None:
        return None
    inked = picture.crop(box)
    values = [float(one) for one in inked.resize((_SIDE, _SIDE), Image.Resampling.BOX).tobytes()]
    mean = sum(values) / len(values)
    apart = [one - mean for one in values]
    length = math.sqrt(sum(map(mul, apart, apart)))
    if length == 0:
        return None
    return tuple(one / length for one in apart), math.log(inked.width / inked.height)


def drawn(font: ImageFont.FreeTypeFont, sign: str) -> Image.Image | None:
    """Return a picture of one letter of a font, None for one without ink or without end."""
    left, top, right, bottom = font.getbbox(sign)
    if not (0 < right - left <= _MAX_SIDE and 0 < bottom - top <= _MAX_SIDE):
        return None
    picture = Image.new("L", (math.ceil(right - left) + 8, math.ceil(bottom - top) + 8))
    ImageDraw.Draw(picture).text((4 - left, 4 - top), sign, font=font, fill=255)
    return picture


def other_letter(shape: Shape, sign: str) -> str:
    """Return the letter that a reader takes this shape for, if it is surely another; else nothing.

    Capitals and small letters are one here.
    """
    plain = _plain()
    own = max(_alike(shape, plain[one]) for one in {sign.lower(), sign.upper()} & plain.keys())
    best, looks = own, ""
    for one, known in plain.items():
        if one.lower() != sign.lower() and (found := _alike(shape, known)) > best:
            best, looks = found, one
    return looks if best >= _ALIKE and best - own >= _MARGIN else ""


def are_others(shapes: Iterable[tuple[str, Shape]]) -> bool:
    """Say whether enough of these letters are drawn as other letters."""
    found: set[str] = set()
    for sign, shape in shapes:
        if sign in LETTERS and other_letter(shape, sign):
            found.add(sign)
            if len(found) >= ENOUGH:
                return True
    return False


def _alike(one: Shape, other: Shape) -> float:
    apart = min(abs(one[1] - other[1]), _FARTHEST)
    alike: float = sum(map(mul, one[0], other[0]))
    return alike - _PROPORTION * apart


@cache
def _plain() -> dict[str, Shape]:
    """Return the letters of the font that comes with the library of pictures."""
    font = ImageFont.load_default(_SIZE)
    if not isinstance(font, ImageFont.FreeTypeFont):
        return {}
    found = {}
    for sign in LETTERS:
        picture = drawn(font, sign)
        shape = shape_of(picture) if picture is not None else None
        if shape is not None:
            found[sign] = shape
    return found
