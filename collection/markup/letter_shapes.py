"""A drawn letter is compared with plain letters: which one a reader sees, where that is sure.

Asked of letters whose picture and whose meaning come from two places: a page's own font, a PDF's
own map from its glyphs to characters. Letters that differ by little from each other (i, j, l and
their capitals) are not asked about, and one that looks like nothing known is no other letter.
Measured on some sixty upright, slanted, light, heavy, serifed and typewriter fonts: none of them
has two letters that look like others, and a shuffled alphabet has a dozen or more in most.
"""

import math
from collections import Counter
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
_SLANT: Final = 0.21
"""As much as most slanted fonts lean."""

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
    own = max(
        _alike(shape, one) for name in {sign.lower(), sign.upper()} for one in plain.get(name, ())
    )
    if own + _MARGIN > 1:
        return ""
    best, looks = own, ""
    for name, known in plain.items():
        if name.lower() != sign.lower():
            found = max(_alike(shape, one) for one in known)
            if found > best:
                best, looks = found, name
    return looks if best >= _ALIKE and best - own >= _MARGIN else ""


def are_others(shapes: Iterable[tuple[str, Shape]], *, enough: int = ENOUGH) -> bool:
    """Say whether enough of these letters are drawn as others, most times that they are drawn."""
    found: Counter[str] = Counter()
    for sign, shape in shapes:
        if sign in LETTERS:
            found[sign] += 1 if other_letter(shape, sign) else -1
    return sum(count > 0 for count in found.values()) >= enough


def _alike(one: Shape, other: Shape) -> float:
    apart = min(abs(one[1] - other[1]), _FARTHEST)
    alike: float = sum(map(mul, one[0], other[0]))
    return alike - _PROPORTION * apart


@cache
def _plain() -> dict[str, tuple[Shape, ...]]:
    """Return the letters of the font that comes with the library of pictures, and slanted ones."""
    font = ImageFont.load_default(_SIZE)
    found: dict[str, tuple[Shape, ...]] = {}
    if not isinstance(font, ImageFont.FreeTypeFont):
        return found
    for sign in LETTERS:
        picture = drawn(font, sign)
        if picture is not None:
            shapes = (shape_of(picture), shape_of(_slanted(picture)))
            found[sign] = tuple(one for one in shapes if one is not None)
    return found


def _slanted(picture: Image.Image) -> Image.Image:
    wider = Image.new("L", (picture.width + int(picture.height * _SLANT) + 2, picture.height))
    wider.paste(picture, (0, 0))
    leaning = (1, _SLANT, -picture.height * _SLANT, 0, 1, 0)
    return wider.transform(wider.size, Image.Transform.AFFINE, leaning, Image.Resampling.BILINEAR)
