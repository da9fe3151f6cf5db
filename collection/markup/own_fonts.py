"""A page's own font that shows other letters than the page holds is found by drawing its letters.

Then what a reader saw is not the text, and no part of the page goes on. Fonts lie in the page
itself, or beside it in the same file; one that is not there, or cannot be opened, is only told.
Not seen: single letters, digits, and whole words that a font draws as other words.
"""

import base64
import binascii
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Final
from urllib.parse import unquote_to_bytes, urljoin

from PIL import ImageFont

from collection.files.limits import MIB
from collection.markup.letter_shapes import LETTERS, Shape, are_others, drawn, shape_of

MAX_FONTS: Final = 24
"""Fonts of one page that are drawn."""

MAX_FONT: Final = 4 * MIB
"""Bytes of one font."""

_log: Final = logging.getLogger(__name__)
_SIZE: Final = 64
_FACE: Final = re.compile(r"@font-face\s*\{([^{}]*)\}", re.IGNORECASE)
_URL: Final = re.compile(r"url\(\s*(?:\"([^\"]*)\"|'([^']*)'|([^\"')\s]*))\s*\)", re.IGNORECASE)
_DATA: Final = re.compile(r"data:([^,]{0,200}),", re.IGNORECASE)
_NOBODY_HAS: Final = "\U0010fffe"
"""No letter: a font draws what it draws for all that it does not have."""


def shows_other_letters(sheets: Iterable[tuple[str, str]], fonts: Mapping[str, bytes]) -> bool:
    """Say whether a font that these style sheets declare draws letters as other letters.

    `sheets` are pairs of an address and a text; `fonts` lie beside the page, by their addresses.
    """
    seen: set[bytes] = set()
    for body in _declared(sheets, fonts):
        if body in seen:
            continue
        if len(seen) == MAX_FONTS:
            return False
        seen.add(body)
        if are_others(_letters(body)):
            return True
    return False


def _declared(sheets: Iterable[tuple[str, str]], fonts: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield each declared font that is at hand."""
    for address, sheet in sheets:
        for face in _FACE.finditer(sheet):
            for found in _URL.finditer(face[1]):
                body = _font("".join(found.groups("")), address, fonts)
                if body is not None:
                    yield body


def _font(link: str, address: str, fonts: Mapping[str, bytes]) -> bytes | None:
    start = _DATA.match(link)
    try:
        if start is None:
            body = fonts.get(urljoin(address, link).partition("#")[0])
        elif "base64" in start[1].lower():
            body = base64.b64decode(unquote_to_bytes(link[start.end() :]))
        else:
            body = unquote_to_bytes(link[start.end() :])
    except (binascii.Error, ValueError):
        return None
    return body if body and len(body) <= MAX_FONT else None


def _letters(body: bytes) -> list[tuple[str, Shape]]:
    """Return the shapes of a font's letters; none for a font that cannot be opened."""
    found: list[tuple[str, Shape]] = []
    try:
        font = ImageFont.truetype(BytesIO(body), _SIZE, layout_engine=ImageFont.Layout.BASIC)
        lacking = drawn(font, _NOBODY_HAS)
        for sign in LETTERS:
            picture = drawn(font, sign)
            if picture is None or (lacking is not None and picture == lacking):
                continue
            shape = shape_of(picture)
            if shape is not None:
                found.append((sign, shape))
    except Exception:  # noqa: BLE001 - the library raises all sorts of errors on hostile bytes
        _log.debug("font not read")
    return found
