"""A number is the same however it is written: in words, encoded for the web, or between marks.

Words for digits are those of English and Spanish, the languages in which forms are answered here;
what is read out in pairs ("forty-one eleven") counts as well.
"""

import html
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

_ROUNDS: Final = 3
"""How often an encoding may be wrapped in another."""
_DIGITS: Final = {
    "zero": "0", "oh": "0", "nought": "0", "nil": "0", "cero": "0",
    "one": "1", "uno": "1",
    "two": "2", "dos": "2",
    "three": "3", "tres": "3",
    "four": "4", "cuatro": "4",
    "five": "5", "cinco": "5",
    "six": "6", "seis": "6",
    "seven": "7", "siete": "7",
    "eight": "8", "ocho": "8",
    "nine": "9", "nueve": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
    "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
    "hundred": "00",
}  # fmt: skip
_TENS: Final = {
    "twenty": "2", "thirty": "3", "forty": "4", "fifty": "5",
    "sixty": "6", "seventy": "7", "eighty": "8", "ninety": "9",
}  # fmt: skip
_REPEATS: Final = {"double": 2, "triple": 3, "treble": 3}
_WORD: Final = re.compile(
    r"(?i)(?<![^\W_])(?:" + "|".join((*_DIGITS, *_TENS, *_REPEATS)) + r"|\d+)(?![^\W_])"
)
_BETWEEN: Final = re.compile(r"[\s,.;:/_|-]{0,3}")
_FEWEST: Final = 4
"""Number words in a row: fewer are everyday language, unless digits beside them make it long."""
_LONG: Final = 9

_KEYCAP: Final = re.compile("[\ufe0e\ufe0f\u20e3]")
_MARKS: Final = re.compile(r"(?<=\d)\s*[|:;*#\"^=<>&!?%$\n\r\v\f\u2022\u2013\u2014]{1,3}\s*(?=\d)")
_LETTER_BETWEEN: Final = re.compile(r"(?<=\d{4})[xX](?=\d{4})")
_LOOKALIKE: Final = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1"})
_MIXED: Final = re.compile(r"(?<![^\W_])[\dOolI](?:[ .-]{0,2}[\dOolI]){7,30}(?![^\W_])")


def spellings(raw: str) -> Iterator[str]:
    """Yield a text as it is, and as what else it may be read as."""
    seen: set[str] = set()
    for text in _decoded(raw):
        plain = _KEYCAP.sub("", text)
        for way in (
            text,
            plain,
            _MARKS.sub(" ", plain),
            _LETTER_BETWEEN.sub(" ", plain),
            _in_digits(plain),
            _MIXED.sub(_as_digits, plain),
        ):
            if way not in seen:
                seen.add(way)
                yield way


def _decoded(raw: str) -> Iterator[str]:
    """Yield a text, and what it says once web encodings are taken off."""
    yield raw
    text = raw
    for _round in range(_ROUNDS):
        inner = html.unescape(unquote(text))
        if inner == text:
            return
        text = inner
        yield text


def _in_digits(text: str) -> str:
    """Write runs of number words as digits."""
    found = list(_WORD.finditer(text))
    out: list[str] = []
    at = 0
    while found:
        run = [found.pop(0)]
        while found and _BETWEEN.fullmatch(text, run[-1].end(), found[0].start()):
            run.append(found.pop(0))
        words = [one for one in run if not one[0].isdigit()]
        spelt = _spelt([one[0].casefold() for one in run])
        if not words or (len(words) < _FEWEST and len(spelt) < _LONG):
            continue
        out += [text[at : run[0].start()], spelt]
        at = run[-1].end()
    out.append(text[at:])
    return "".join(out)


def _spelt(words: list[str]) -> str:
    digits: list[str] = []
    repeat = 1
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if word in _REPEATS:
            repeat = _REPEATS[word]
            continue
        if word in _TENS:
            unit = _DIGITS.get(following, following)
            digits.append(_TENS[word] + ("" if len(unit) == 1 and unit != "0" else "0"))
        else:
            digits.append(_DIGITS.get(word, word) * repeat)
        repeat = 1
    return "".join(digits)


def _as_digits(found: re.Match[str]) -> str:
    """Read letters that look like digits as such, where most of a run is digits."""
    letters = sum(character.isalpha() for character in found[0])
    digits = sum(character.isdigit() for character in found[0])
    return found[0].translate(_LOOKALIKE) if digits >= 2 * letters else found[0]
