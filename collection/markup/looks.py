"""What is declared for an element says whether a reader sees its words, or may not say it.

Where that cannot be told (a variable, a picture behind the words), the words count as seen: they
are text like any other, and are redacted as such.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PIL import ImageColor

Colour = tuple[int, int, int]

FAR: Final = -500.0
"""Pixels to the left or above from which on nothing is on any screen."""

_WIDE: Final = 5_000.0

_ALIKE: Final = 10
"""Difference of two colours, of 255, that nobody sees."""

_LENGTH: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(px|em|rem|ex|ch|vw|vh|pt|pc|in|cm|mm|%)?")
_PIXELS: Final = {
    "px": 1.0,
    "": 1.0,
    **dict.fromkeys(("em", "rem", "pc"), 16.0),
    **dict.fromkeys(("ex", "ch", "vh"), 8.0),
    "vw": 12.8,
    "pt": 1.333,
    "in": 96.0,
    "cm": 37.8,
    "mm": 3.78,
}
_RGB: Final = re.compile(r"rgba?\(([^()]*)\)")
_HSL: Final = re.compile(r"hsla?\(\s*([\d.]+)(?:deg)?[\s,]+([\d.]+)%[\s,]+([\d.]+)%\s*\)")
_MATRIX: Final = re.compile(r"matrix\(\s*0*\.?0*\s*,\s*0*\.?0*\s*,\s*0*\.?0*\s*,\s*0*\.?0*\s*,")
_NO_AREA: Final = re.compile(
    r"rect\(\s*([01])(?:px)?[\s,]+([01])(?:px)?[\s,]+([01])(?:px)?[\s,]+([01])(?:px)?\s*\)"
    r"|inset\(\s*(?:50|[6-9]\d|100)%[^)]*\)|circle\(\s*0(?:px|%)?\s*(?:at[^)]*)?\)"
)
_MOVED: Final = re.compile(r"translate(?:x|y|3d)?\(\s*([^),]+)(?:,\s*([^),]+))?")
_NO_SCALE: Final = re.compile(r"scale(?:x|y|3d)?\(\s*0*\.?0*\s*[,)]")
_NONE: Final = re.compile(r"0*\.?0*%?")
_FAINT: Final = re.compile(r"0*\.?0*%?|0*\.0[0-4]\d*|[0-4](?:\.\d*)?%")
"""Less than a twentieth: nobody sees it."""
_OUT: Final = frozenset({"absolute", "fixed"})
_TURNED: Final = frozenset({"bidi-override", "isolate-override"})

FOLLOWED: Final = frozenset(
    {
        *("display", "visibility", "opacity", "content-visibility", "filter", "font", "font-size"),
        *("color", "-webkit-text-fill-color", "background", "background-color"),
        *("background-image", "position", "left", "top", "right", "bottom", "text-indent"),
        *("margin-left", "margin-top", "clip", "clip-path", "transform", "scale"),
        *("width", "height", "max-width", "max-height", "overflow", "overflow-x", "overflow-y"),
        *("translate", "zoom", "unicode-bidi", "-webkit-text-security", "letter-spacing"),
    }
)
"""The properties that are looked at."""


@dataclass(frozen=True, slots=True)
class Look:
    """What an element itself declares; None leaves it as it is around the element."""

    gone: bool = False
    """Neither the element nor anything in it is seen."""
    visible: bool | None = None
    sized: bool | None = None
    """False for letters of no size."""
    colour: Colour | None = None
    colour_unknown: bool = False
    clear: bool = False
    """Letters without any colour."""
    ground: Colour | None = None
    ground_unknown: bool = False


def look_of(declared: Mapping[str, str]) -> Look:
    """Return what the winning declarations of an element say."""
    if not declared:
        return PLAIN
    colour, unknown, clear = _letters(declared)
    ground, ground_unknown = _ground(declared)
    visibility = declared.get("visibility")
    return Look(
        gone=_is_gone(declared),
        visible={"hidden": False, "collapse": False, "visible": True}.get(visibility or ""),
        sized=_sized(declared),
        colour=colour,
        colour_unknown=unknown,
        clear=clear,
        ground=ground,
        ground_unknown=ground_unknown or (ground is None and declared.get("position") in _OUT),
    )


def may_hide(name: str, value: str) -> bool:
    """Say whether a declaration could be among those that keep words from readers."""
    if name in ("color", "-webkit-text-fill-color"):
        return True
    if name in _BOX:
        return _at_most(value, 1.0)
    if name in _OVERFLOW or name == "position":
        return False
    one = look_of({name: value, **({"position": "absolute"} if name in _SIDES else {})})
    return one.gone or one.visible is False or one.sized is False


def alike(one: Colour, other: Colour) -> bool:
    """Say whether nobody could tell two colours apart."""
    return all(abs(first - second) <= _ALIKE for first, second in zip(one, other, strict=True))


def colour_of(value: str) -> tuple[Colour | None, float]:
    """Return a colour and how opaque it is; None for one that cannot be told."""
    if value == "transparent":
        return (0, 0, 0), 0.0
    if found := _RGB.fullmatch(value):
        parts = re.split(r"[\s,/]+", found[1].strip())
        try:
            red, green, blue = (_channel(part) for part in parts[:3])
            alpha = _share(parts[3]) if len(parts) > 3 else 1.0
        except ValueError:
            return None, 1.0
        return (red, green, blue), alpha
    if found := _HSL.fullmatch(value):
        value = f"hsl({found[1]},{found[2]}%,{found[3]}%)"
    try:
        rgba = ImageColor.getcolor(value, "RGBA") if len(value) < 40 else ()
    except ValueError:
        return None, 1.0
    if not isinstance(rgba, tuple) or len(rgba) != 4:
        return None, 1.0
    return (rgba[0], rgba[1], rgba[2]), rgba[3] / 255


PLAIN: Final = Look()
"""The look of what nothing is declared for."""
_SIDES: Final = frozenset({"left", "top", "right", "bottom"})
_DOWN: Final = frozenset({"top", "bottom", "margin-top"})
_OVERFLOW: Final = ("overflow", "overflow-x", "overflow-y")
_BOX: Final = frozenset({"width", "height", "max-width", "max-height"})


def _is_gone(declared: Mapping[str, str]) -> bool:
    get = declared.get
    if get("display") == "none" or get("content-visibility") == "hidden":
        return True
    if _FAINT.fullmatch(get("opacity") or "1") or _NONE.fullmatch(get("scale") or "1"):
        return True
    if re.search(r"opacity\(\s*0*\.?0*%?\s*\)", get("filter") or ""):
        return True
    if any(_NO_AREA.search(get(name) or "") for name in ("clip", "clip-path")):
        return True
    if any(_is_far(get(name), name) for name in ("text-indent", "margin-left", "margin-top")):
        return True
    if _NONE.fullmatch(get("zoom") or "1") or get("unicode-bidi") in _TURNED:
        return True
    if get("-webkit-text-security") not in (None, "none") or _at_most(get("letter-spacing"), -16.0):
        return True
    if any(_at_most(part, FAR) for part in (get("translate") or "").split()):
        return True
    moved = get("transform") or ""
    if (
        _NO_SCALE.search(moved)
        or _MATRIX.search(moved)
        or any(_at_most(part, FAR) for found in _MOVED.finditer(moved) for part in found.groups())
    ):
        return True
    if get("position") in (*_OUT, "relative") and any(_is_far(get(name), name) for name in _SIDES):
        return True
    closed = any(get(name) in ("hidden", "clip") for name in _OVERFLOW)
    return closed and any(_at_most(get(name), 1.0) for name in _BOX)


def _sized(declared: Mapping[str, str]) -> bool | None:
    size = declared.get("font-size")
    if size is None and "font" in declared:
        found = re.search(r"(?:^|\s)(\S+?)/|(?:^|\s)([\d.]+[a-z%]+|0)(?=\s)", declared["font"])
        size = (found[1] or found[2]) if found else None
    if size is None or size in ("inherit", "unset") or (size.endswith("%") and size[0] != "0"):
        return None
    found = _LENGTH.fullmatch(size)
    if found is None:
        return True
    if found[2] in ("em", "%") and float(found[1]) > 0:
        # A share of nothing is nothing.
        return None
    return float(found[1]) * _PIXELS.get(found[2] or "", 1.0) >= 1.0


def _letters(declared: Mapping[str, str]) -> tuple[Colour | None, bool, bool]:
    value = declared.get("-webkit-text-fill-color") or declared.get("color")
    if value is None or value in ("inherit", "unset", "currentcolor"):
        return None, False, False
    colour, alpha = colour_of(value)
    if colour is None:
        return None, True, False
    return colour, 0.02 < alpha < 0.98, alpha <= 0.02


def _ground(declared: Mapping[str, str]) -> tuple[Colour | None, bool]:
    picture = declared.get("background-image") or declared.get("background") or ""
    if "url(" in picture or "gradient(" in picture or "var(" in picture:
        return None, True
    value = declared.get("background-color") or declared.get("background")
    if value is None or value in ("none", "transparent", "inherit", "initial", "unset", "0 0"):
        return None, False
    colour, alpha = colour_of(value)
    if colour is None or 0.02 < alpha < 0.98:
        return None, True
    return (None, False) if alpha <= 0.02 else (colour, False)


def _is_far(value: str | None, name: str) -> bool:
    if _at_most(value, FAR):
        return True
    # A page may well be long, but not that wide.
    return name not in _DOWN and bool(value) and _at_most(f"-{value}", -_WIDE)


def _at_most(value: str | None, limit: float) -> bool:
    found = _LENGTH.fullmatch((value or "").strip())
    if found is None or (found[2] == "%" and float(found[1]) != 0):
        return False
    return float(found[1]) * _PIXELS.get(found[2] or "", 1.0) <= limit


def _channel(part: str) -> int:
    share = float(part[:-1]) * 2.55 if part.endswith("%") else float(part)
    return max(0, min(255, round(share)))


def _share(part: str) -> float:
    return float(part[:-1]) / 100 if part.endswith("%") else float(part)
