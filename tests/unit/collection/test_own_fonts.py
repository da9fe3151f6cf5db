"""A page whose font shows other letters than it holds is withheld; an honest font is only told."""

import base64
import struct
from io import BytesIO

import pytest
from PIL import ImageFont

from collection.files.reader import Problem
from collection.markup.entries import entries_of
from collection.markup.own_fonts import shows_other_letters
from models.evidence import SourceItem

WITHHELD = "withheld: the page's font shows other letters than the page holds"
TOLD = "the page has fonts of its own: letters may have looked otherwise"
MARKUP = "<style>@font-face{{font-family:x;src:{src}}}p{{font-family:x}}</style><p>canary</p>"


def honest() -> bytes:
    path = ImageFont.load_default(10).path  # type: ignore[union-attr] # it is a font of outlines
    assert isinstance(path, BytesIO)
    return path.getvalue()


def shuffled(turn: int = 13, letters: str = "abcdefghijklmnopqrstuvwxyz") -> bytes:
    """Return the same font with a table by which each letter is drawn as another."""
    font = bytearray(honest())
    glyphs = _glyphs(font)
    turned = dict(zip(letters, letters[turn % len(letters) :] + letters, strict=False))
    signs = [turned.get(chr(code), chr(code)) for code in range(0x20, 0x7F)]
    table = struct.pack(">HHHHH", 6, 10 + 2 * len(signs), 0, 0x20, len(signs))
    table += b"".join(struct.pack(">H", glyphs.get(ord(sign), 0)) for sign in signs)
    new = struct.pack(">HHHHL", 0, 1, 3, 1, 12) + table
    font += b"\0" * (-len(font) % 4)
    font[_entry(font) + 8 : _entry(font) + 16] = struct.pack(">LL", len(font), len(new))
    return bytes(font) + new


def _entry(font: bytes | bytearray) -> int:
    count = struct.unpack_from(">H", font, 4)[0]
    return next(at for at in range(12, 12 + 16 * count, 16) if font[at : at + 4] == b"cmap")


def _glyphs(font: bytearray) -> dict[int, int]:
    start = struct.unpack_from(">L", font, _entry(font) + 8)[0]
    found = {}
    for number in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + struct.unpack_from(">L", font, start + 8 + 8 * number)[0]
        if struct.unpack_from(">H", font, at)[0] != 4:
            continue
        size = struct.unpack_from(">H", font, at + 6)[0]
        for part in range(0, size, 2):
            end, first, delta, offset = (
                struct.unpack_from(">H", font, at + 14 + part + (size * row) + (2 if row else 0))[0]
                for row in range(4)
            )
            for code in range(first, min(end, 0x7E) + 1):
                where = at + 16 + 3 * size + part + offset + 2 * (code - first)
                base = struct.unpack_from(">H", font, where)[0] if offset else code
                found[code] = (base + delta) & 0xFFFF
    return found


def data(font: bytes) -> str:
    return f'url("data:font/ttf;base64,{base64.b64encode(font).decode()}")'


def read(markup: str, **beside: dict[str, bytes]) -> tuple[list[SourceItem], list[str]]:
    found = list(entries_of("https://a.example/p", markup, "page:1", **beside))  # type: ignore[arg-type] # a test's shorthand
    items = [one for one in found if isinstance(one, SourceItem)]
    return items, [one.fault for one in found if isinstance(one, Problem)]


@pytest.mark.parametrize("font", [shuffled(), shuffled(1), shuffled(1, "abcd")])
def test_a_page_that_shows_other_letters_is_withheld(font: bytes) -> None:
    assert read(MARKUP.format(src=data(font))) == ([], [WITHHELD])


@pytest.mark.parametrize("font", [honest(), b"no font", honest()[:4000], b""])
def test_a_page_whose_font_shows_what_it_holds_or_cannot_be_opened_is_read(font: bytes) -> None:
    (item,), faults = read(MARKUP.format(src=data(font)))
    assert item.text.reveal() == "canary"
    assert faults == [TOLD]


def test_a_font_beside_the_page_is_looked_at() -> None:
    markup = MARKUP.format(src="local(x), url('/f.ttf#x') format('truetype')")
    fonts = {"https://a.example/f.ttf": shuffled()}
    assert read(markup, fonts=fonts) == ([], [WITHHELD])
    assert read(markup, fonts={})[1] == [TOLD]


def test_a_font_of_another_page_withholds_nothing() -> None:
    """In a recording of many sites the fonts and sheets of all of them lie beside each page."""
    sheets = {"https://b.example/s.css": "@font-face{src:url(/f.ttf)}"}
    assert not read("<p>canary", sheets=sheets, fonts={"https://b.example/f.ttf": shuffled()})[1]  # type: ignore[arg-type] # a test's shorthand


def test_no_cut_font_crashes() -> None:
    whole = shuffled()
    for size in range(0, len(whole), len(whole) // 40):
        shows_other_letters([("", f"@font-face{{src:{data(whole[:size])}}}")], {})
