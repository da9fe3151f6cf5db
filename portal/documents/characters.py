"""What is printed is what can be printed; any other character stands as its Unicode number.

The fonts are those inside typst, on every machine the same. A character that they lack, one that
steers the direction of its neighbours, and a control character are named in brackets: nothing is
left out, and no text can rearrange the page.
"""

import re
import unicodedata
from typing import Final

_PRINTED: Final = (
    "20-7E A0-AC AE-24F 250-2AF 2B0-2FF 300-304 306-30C 391-3A1 3A3-3C9 400-45F 490-491 5D0-5EA"
    " 621-63A 640-64A 1E00-1EFF 2010-2027 2030-2040 2044-2046 2070 2074-208E 20A0-20BF 2116 2122"
    " 2126 2150 2153-215E 2190-2193 2200-2203 2211-2213 221A 221E 2248 2260-2265 2460-2473"
    " 25A0-25A1 25CB 25CF 2605-2606 2610-2612 2713 2717 FB01-FB02"
)
"""Ranges of code points that the fonts hold; a test sets each of them."""

_NOTHING: Final = frozenset("\u00ad\u200b\u200c\u200d\ufe0e\ufe0f\ufeff")
"""They are invisible wherever they stand, and are left out."""

_UNBROKEN: Final = 24
"""Characters: a longer run without a space may be broken across lines."""

_DIGEST: Final = re.compile(r"[0-9a-f]{32,64}")
"""It is broken in its middle, or as a code of its own not at all."""

BREAK: Final = "\u200b"
"""Where such a run may be broken."""

_RUN: Final = re.compile(rf"\S{{{_UNBROKEN + 1},}}")
_PIECE: Final = re.compile(rf"[0-9a-f]{{32}}|\S{{1,{_UNBROKEN}}}[\u0300-\u036f]*")


def printable() -> frozenset[str]:
    """Return every character that is printed as it is."""
    found: set[str] = set()
    for part in _PRINTED.split():
        first, _, last = part.partition("-")
        found.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(found)


_PRINTABLE: Final = printable()
_STRANGE: Final = re.compile(
    "[^" + "".join(re.escape(one) for one in sorted(_PRINTABLE)) + "\n]", re.DOTALL
)


def printed(text: str, *, plain: bool = False) -> str:
    """Return a text as it is printed: composed, with a number for whatever has no glyph.

    `plain` leaves ASCII alone: what is left if a font fails a combination of characters.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    known = _STRANGE.sub(_named, composed.replace("\t", " "))
    if plain:
        known = "".join(one if one.isascii() else _code(one) for one in known)
    return known if _DIGEST.fullmatch(known) else _RUN.sub(_broken, known)


def named(text: str) -> bool:
    """Say whether a text has characters that are printed as their number."""
    composed = unicodedata.normalize("NFC", text).replace("\t", " ").replace("\r", "\n")
    return any(one.group() not in _NOTHING for one in _STRANGE.finditer(composed))


def _broken(run: re.Match[str]) -> str:
    return BREAK.join(_PIECE.findall(run.group()))


def _named(found: re.Match[str]) -> str:
    return "" if found.group() in _NOTHING else _code(found.group())


def _code(one: str) -> str:
    symbol = unicodedata.category(one).startswith("S")
    name = f" {unicodedata.name(one, '').lower()}" if symbol else ""
    return f"[U+{ord(one):04X}{name.rstrip()}]"
