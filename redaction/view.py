"""A view is a text as the matchers read it; every character of it knows where it came from."""

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

import emoji
from confusable_homoglyphs import confusables

EMOJI: Final = "\ue000"
"""Stands in a view for one emoji with all its modifiers."""
OPAQUE: Final = "\ue001"
"""Stands in a view for a token that was withheld before: nothing looks into it."""


class View(NamedTuple):
    """`text[i]` came from the input's characters `starts[i]` to `ends[i]`.

    There are no tables where view and input are the same, character by character.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the input's stretch behind a stretch of at least one character."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def over(self, earlier: "View") -> "View":
        """Return this view of an earlier view's text as a view of the earlier one's input."""
        pairs = [earlier.origin(*self.origin(at, at + 1)) for at in range(len(self.text))]
        return View(self.text, tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))

    def replaced(self, edits: Iterable[tuple[int, int, str]]) -> "View":
        """Return the view with stretches rewritten; each new character points at all of its own.

        Edits are in order, do not overlap, and replace at least one character each.
        """
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0

        def keep(until: int) -> None:
            text.append(self.text[at:until])
            starts.extend(range(at, until) if self.starts is None else self.starts[at:until])
            ends.extend(range(at + 1, until + 1) if self.ends is None else self.ends[at:until])

        for start, end, new in edits:
            keep(start)
            text.append(new)
            if len(new) == end - start:
                pairs = [self.origin(index, index + 1) for index in range(start, end)]
            else:
                pairs = [self.origin(start, end)] * len(new)
            starts.extend(pair[0] for pair in pairs)
            ends.extend(pair[1] for pair in pairs)
            at = end
        keep(len(self.text))
        return View("".join(text), tuple(starts), tuple(ends))


def view_of(words: str) -> View:
    """Fold compatibility forms, look-alike letters, marks, controls, entities and emoji."""
    if words.isascii() and not _MARKS.intersection(words):
        return View(words)
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    units = _units()
    at = 0
    for special in _SPECIAL.finditer(words):
        here = special.start()
        if here < at:
            continue
        text.append(words[at:here])
        starts.extend(range(at, here))
        ends.extend(range(at + 1, here + 1))
        found = units.match(words, here)
        if found is None:
            folded, at = _folded(words[here]), here + 1
        else:
            folded, at = _unit(found[0]), found.end()
        text.append(folded)
        starts.extend([here] * len(folded))
        ends.extend([at] * len(folded))
    text.append(words[at:])
    starts.extend(range(at, len(words)))
    ends.extend(range(at + 1, len(words) + 1))
    return View("".join(text), tuple(starts), tuple(ends))


_SPECIAL: Final = re.compile("[^\x00-\x7f]|[%&<\\[]|[0-9#*](?=\ufe0f?\u20e3)")
"""Where a view may differ from its input."""


_WITHHELD: Final = r"\[withheld\]|⟦[a-z]{1,12}⟧"
_ENTITY: Final = r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});"
_PERCENT: Final = "(?:%[89A-Fa-f][0-9A-Fa-f]){2,4}|%[46][1-9A-Fa-f]|%[57][0-9Aa]"
"""A letter as links write it, for words that are to slip past."""
_TAG: Final = r"(?<=[A-Za-z])</?(?:b|i|u|s|em|strong|span|font|mark|small|sub|sup|wbr)>"
"""Mark-up that touches a word: it parts letters for a program and for no reader."""
_MARKS: Final = frozenset("%&[<")
_FIRST_SYMBOL: Final = 0x2190
"""Below it only ©, ®, digits, "‼" and the like, which are ordinary text."""


@cache
def _units() -> re.Pattern[str]:
    """Match what a view shows as one: a token, an entity, an emoji with modifiers."""
    symbols = {char for key in emoji.EMOJI_DATA for char in key if ord(char) >= _FIRST_SYMBOL} | {
        chr(point) for point in range(0x1F1E6, 0x1F200)
    }
    symbols -= set("\u200d\ufe0f\u20e3\u2122")
    one = "[" + "".join(re.escape(char) for char in sorted(symbols)) + "]"
    join = "[\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
    keycap = "[0-9#*]\ufe0f?\u20e3"
    flag = "[\U0001f1e6-\U0001f1ff]{2}"
    return re.compile(
        f"{_WITHHELD}|{_ENTITY}|{_TAG}|{_PERCENT}|{keycap}|{flag}|{one}(?:{join}+{one}?)*|{join}+"
    )


def _unit(found: str) -> str:
    if found[0] in "[⟦":
        return OPAQUE
    if found[0] == "<":
        return ""
    if found[0] == "&":
        plain = html.unescape(found)
        return "".join(map(_folded, plain)) if plain != found else found
    if found[0] == "%":
        plain = bytes.fromhex(found.replace("%", "")).decode(errors="replace")
        return found if "\ufffd" in plain else "".join(map(_folded, plain))
    if found[0] == "\u200d":
        return ""
    return EMOJI


_PLAIN: Final = {
    **dict.fromkeys("‘’‛′ʼ´`＇", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–−﹣－", "-"),
    **dict.fromkeys("—―﹘", "—"),
    "…": "...",
    "\u2028": "\n",
    "\u2029": "\n",
    "ß": "ss",
    "ø": "o",
    "Ø": "O",
    "đ": "d",
    "ł": "l",
    "Ł": "L",
    "ı": "i",
    "æ": "ae",
    "Æ": "Ae",
    "œ": "oe",
}


@cache
def _lookalikes() -> dict[str, str]:
    """Return letters of other scripts that look like one Latin letter, and that letter."""
    table: dict[str, str] = {}
    for char, twins in confusables.confusables_data.items():
        if len(char) != 1 or char.isascii() or not char.isalpha():
            continue
        for twin in twins:
            plain = twin["c"]
            if len(plain) == 1 and plain.isascii() and plain.isalpha():
                table[char] = plain
                break
    return table


@cache
def _folded(char: str) -> str:
    """Return what a character stands for: nothing for controls and marks, else a plain form."""
    if char.isascii():
        return char
    plain = _PLAIN.get(char)
    if plain is not None:
        return plain
    compatible = unicodedata.normalize("NFKC", char)
    out: list[str] = []
    for part in unicodedata.normalize("NFD", compatible):
        if part.isascii():
            out.append(part)
            continue
        category = unicodedata.category(part)
        if category in {"Mn", "Me", "Cf", "Cc", "Cs"}:
            continue
        if category.startswith("Z"):
            out.append("\n" if category != "Zs" else " ")
        else:
            out.append(_PLAIN.get(part) or _lookalikes().get(part, part))
    return "".join(out)
