"""The text of a PDF page is what taking it off the page changes in the picture of that page.

A page is drawn twice, with its text and without. A letter counts as seen where the two differ; so
text that is invisible, in the colour of its ground, covered, cut off, too small, outside the page
or in a layer that is switched off is told from the rest by one rule, whatever hides it.
"""

import ctypes
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PIL import ImageChops
from PIL.Image import Image

from collection.files.limits import MAX_PAGE_SIDE, MAX_PIXELS, MAX_TEXT
from collection.pages.drawn_letters import Box, shows_others
from models.errors import InputError

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

MAX_OBJECTS: Final = 50_000
"""Objects on one page."""

_SIDE: Final = 1_600.0
"""Pixels of the longer side of a page as drawn."""
_MAX_SCALE: Final = 2.0
_SEEN: Final = 24
"""Difference of 255 that a letter must make somewhere."""
_LEAST: Final = 0.8
"""Points: nobody reads smaller letters."""
_DEPTH: Final = 15
_CELL: Final = 12.0
_LIGATURES: Final = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_MOST_SAID: Final = 3
"""Letters that a file may put in place of what it draws: those of a ligature."""
_INVISIBLE: Final = 3
_MOST_PIECES: Final = 2
_SLANT: Final = 0.02
"""Radians by which a line may lean and still be upright."""


@dataclass(frozen=True, slots=True)
class PageText:
    """What one page says."""

    text: str
    hidden: int
    """Letters that the file holds and nobody sees."""
    overlaid: int
    """Letters that lie on others: which of them is seen cannot be told."""
    unknown: int
    """Letters of which the file does not say what they are."""
    pictures: int
    others: bool = False
    """True if letters are drawn as other letters: then nobody saw this text."""


@dataclass(frozen=True, slots=True)
class _Letter:
    sign: str
    box: Box | None
    """Left, bottom, right, top on the page; None for what the library adds: blanks and lines."""
    invisible: bool = False
    unknown: bool = False
    upright: bool = True
    owner: int = 0
    """What wrote it: the pieces of one ligature have one place and one owner."""


def text_of(page: "PdfPage") -> PageText:
    """Return what a page shows. Raises `InputError` for a page that costs too much to draw."""
    width, height = page.get_size()
    if not (0 < width <= MAX_PAGE_SIDE and 0 < height <= MAX_PAGE_SIDE):
        raise InputError("a page of no size, or too large")
    texts, pictures = _objects(page)
    letters = _letters(page, _replaced(texts))
    if not letters:
        return PageText("", 0, 0, 0, pictures)
    painted, place = _painted(page, texts, min(_MAX_SCALE, _SIDE / max(width, height)))
    doubtful = _overlaid(letters)
    kept: list[str] = []
    seen: list[_Letter] = []
    hidden = overlaid = unknown = 0
    for number, letter in enumerate(letters):
        if letter.box is None or letter.sign.isspace():
            kept.append(letter.sign)
        elif letter.unknown:
            unknown += 1
        elif letter.invisible or not _is_painted(painted, place, letter.box):
            hidden += 1
        elif number in doubtful:
            overlaid += 1
        else:
            kept.append(letter.sign)
            seen.append(letter)
    if shows_others(painted, _placed(seen, place)):
        return PageText("", hidden, overlaid, unknown, pictures, others=True)
    return PageText(_joined("".join(kept)), hidden, overlaid, unknown, pictures)


def _objects(page: "PdfPage") -> tuple[list[Any], int]:
    """Return a page's text objects and the number of its pictures."""
    import pypdfium2.raw as pdfium

    texts, pictures = [], 0
    wide, high = ctypes.c_uint(), ctypes.c_uint()
    for number, one in enumerate(page.get_objects(max_depth=_DEPTH), 1):
        if number > MAX_OBJECTS:
            raise InputError(f"a page of more than {MAX_OBJECTS} objects")
        if one.type == pdfium.FPDF_PAGEOBJ_TEXT:
            texts.append(one.raw)
        elif one.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures += 1
            pdfium.FPDFImageObj_GetImagePixelSize(one.raw, wide, high)
            if wide.value * high.value > MAX_PIXELS:
                raise InputError("a page with a picture that is too large")
    return texts, pictures


def _replaced(texts: list[Any]) -> frozenset[int]:
    """Return the text objects for which the file states other words (`ActualText`)."""
    import pypdfium2.raw as pdfium

    found, size = set(), ctypes.c_ulong()
    for one in texts:
        for number in range(max(0, pdfium.FPDFPageObj_CountMarks(one))):
            mark = pdfium.FPDFPageObj_GetMark(one, number)
            given = pdfium.FPDFPageObjMark_GetParamStringValue(
                mark, b"ActualText", None, 0, ctypes.byref(size)
            )
            if given and size.value > 2 * (_MOST_SAID + 1):
                found.add(ctypes.addressof(one.contents))
    return frozenset(found)


def _letters(page: "PdfPage", replaced: frozenset[int]) -> list[_Letter]:
    import pypdfium2.raw as pdfium

    found = []
    text = page.get_textpage()
    try:
        count = text.count_chars()
        if count > MAX_TEXT:
            raise InputError(f"a page of more than {MAX_TEXT} letters")
        sides = [ctypes.c_double() for _ in range(4)]
        for number in range(count):
            code = pdfium.FPDFText_GetUnicode(text.raw, number)
            if pdfium.FPDFText_IsGenerated(text.raw, number) == 1:
                found.append(_Letter(chr(code) if code in (10, 32) else "", None))
                continue
            pdfium.FPDFText_GetCharBox(text.raw, number, *sides)
            left, right, bottom, top = (side.value for side in sides)
            owner = pdfium.FPDFText_GetTextObject(text.raw, number)
            mode = pdfium.FPDFTextObj_GetTextRenderMode(owner) if owner else _INVISIBLE
            if pdfium.FPDFText_IsHyphen(text.raw, number) == 1:
                found.append(_Letter("\u00ad", (left, bottom, right, top), mode == _INVISIBLE))
                continue
            found.append(
                _Letter(
                    sign=chr(code) if code < 0x110000 else "\ufffd",
                    box=(left, bottom, right, top),
                    invisible=mode == _INVISIBLE,
                    upright=_is_upright(pdfium.FPDFText_GetCharAngle(text.raw, number)),
                    owner=(name := ctypes.addressof(owner.contents) if owner else 0),
                    unknown=_is_unknown(code)
                    or name in replaced
                    or pdfium.FPDFText_HasUnicodeMapError(text.raw, number) == 1,
                )
            )
    finally:
        text.close()
    return found


def _is_upright(angle: float) -> bool:
    return min(abs(angle), abs(angle - math.tau)) < _SLANT


def _is_unknown(code: int) -> bool:
    return (
        code < 32 or 0xD800 <= code < 0xF900 or code in (0xFFFD, 0xFFFE, 0xFFFF) or code >= 0xF0000
    )


def _painted(page: "PdfPage", texts: list[Any], scale: float) -> tuple[Image, tuple[float, ...]]:
    """Return what the text paints, and how a point of the page is found in it."""
    import pypdfium2.raw as pdfium

    options: dict[str, Any] = {
        "scale": scale,
        "grayscale": True,
        "may_draw_forms": False,
        "draw_annots": False,
    }
    drawn = page.render(**options)
    place = _place(drawn.get_posconv(page))
    with_text = drawn.to_pil().convert("L")
    drawn.close()
    for one in texts:
        pdfium.FPDFPageObj_SetIsActive(one, False)  # noqa: FBT003 - the library's own signature
    drawn = page.render(**options)
    without = drawn.to_pil().convert("L")
    drawn.close()
    for one in texts:
        pdfium.FPDFPageObj_SetIsActive(one, True)  # noqa: FBT003 - see above
    return ImageChops.difference(with_text, without), place


def _place(conversion: Any) -> tuple[float, ...]:
    far = 10_000
    x0, y0 = conversion.to_bitmap(0, 0)
    x1, y1 = conversion.to_bitmap(far, 0)
    x2, y2 = conversion.to_bitmap(0, far)
    return (x0, y0, (x1 - x0) / far, (y1 - y0) / far, (x2 - x0) / far, (y2 - y0) / far)


def _within(place: tuple[float, ...], box: Box) -> Box:
    """Return where a box of the page lies in the picture: left, top, right, bottom."""
    left, bottom, right, top = box
    x0, y0, xx, xy, yx, yy = place
    across = sorted(x0 + x * xx + y * yx for x, y in ((left, bottom), (right, top)))
    down = sorted(y0 + x * xy + y * yy for x, y in ((left, bottom), (right, top)))
    return across[0], down[0], across[1], down[1]


def _is_painted(painted: Image, place: tuple[float, ...], box: Box) -> bool:
    left, bottom, right, top = box
    if max(right - left, top - bottom) < _LEAST:
        return False
    start, above, end, below = _within(place, box)
    if end <= 0 or below <= 0 or start >= painted.width or above >= painted.height:
        return False
    part = (
        max(0, int(start)),
        max(0, int(above)),
        min(painted.width, int(end) + 1),
        min(painted.height, int(below) + 1),
    )
    seen = painted.crop(part).getextrema()
    return isinstance(seen[1], int | float) and seen[1] >= _SEEN


def _placed(letters: list[_Letter], place: tuple[float, ...]) -> Iterator[tuple[str, Box]]:
    for one in letters:
        if one.box is not None and one.upright:
            yield one.sign, _within(place, one.box)


def _overlaid(letters: list[_Letter]) -> set[int]:
    """Return the numbers of letters whose middle lies in another letter that is not the same."""
    cells: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    middles = {}
    for number, letter in enumerate(letters):
        if letter.box is not None and not letter.sign.isspace() and not letter.invisible:
            left, bottom, right, top = letter.box
            middle = ((left + right) / 2, (bottom + top) / 2)
            middles[number] = middle
            cells[(int(middle[0] // _CELL), int(middle[1] // _CELL))].append(number)
    found: set[int] = set()
    for cell in cells.values():
        # A heap of letters in one place is nothing to read.
        if len(cell) > 200:
            found.update(cell)
            continue
        for number in cell:
            for other in cell:
                if letters[other].sign != letters[number].sign:
                    left, bottom, right, top = letters[other].box or (0.0, 0.0, 0.0, 0.0)
                    x, y = middles[number]
                    within = left < x < right and bottom < y < top
                    if within and not _is_one_ligature(letters, number, other):
                        found |= {number, other}
    return found


def _is_one_ligature(letters: list[_Letter], one: int, other: int) -> bool:
    first, second = letters[one], letters[other]
    return (
        abs(one - other) <= _MOST_PIECES
        and first.box == second.box
        and first.owner == second.owner != 0
    )


def _joined(text: str) -> str:
    """Join the lines of a sentence: a word or a phrase may not be cut where a line ends."""
    lines = [" ".join(line.split()) for line in text.translate(_LIGATURES).split("\n")]
    made = ""
    for line in lines:
        if made.endswith("\u00ad"):
            made = made[:-1] + line
        elif made and line and line[0].islower() and not made.endswith("\n"):
            made += f" {line}"
        else:
            made += f"\n{line}" if made else line
    return made.replace("\u00ad", "").strip()
