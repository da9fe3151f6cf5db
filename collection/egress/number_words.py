"""Numbers that are spelled out, or written with letters that look like digits, become digits.

Words are those of English and of Spanish, the languages in which forms are answered here.
"""

import re
from typing import Final

_UNITS: Final = {
    "zero": 0, "oh": 0, "nought": 0, "naught": 0, "nil": 0, "one": 1, "two": 2, "three": 3,
    "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "cero": 0, "uno": 1, "dos": 2, "tres": 3, "trés": 3, "cuatro": 4, "cinco": 5, "seis": 6,
    "séis": 6, "siete": 7, "ocho": 8, "nueve": 9,
}  # fmt: skip
_TEENS: Final = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "diez": 10, "doce": 12, "trece": 13, "catorce": 14, "quince": 15,
}  # fmt: skip
_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
    "dieci": 10, "veinti": 20, "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50,
    "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90,
}  # fmt: skip
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3}
_BETWEEN: Final = (
    "dash",
    "hyphen",
    "minus",
    "space",
    "dot",
    "point",
    "and",
    "slash",
    "then",
    "guion",
    "guión",
    "punto",
    "espacio",
    "y",
)
_HUNDRED: Final = "hundred"

_WORDS: Final = sorted((*_UNITS, *_TEENS, *_TENS, *_TIMES, _HUNDRED), key=len, reverse=True)
_WORD: Final = re.compile("|".join(_WORDS) + r"|\d++")
_GAP: Final = r"[\W_]{0,4}(?:(?:" + "|".join(_BETWEEN) + r")[\W_]{0,4})?"
_RUN: Final = re.compile(
    rf"(?<![a-z])(?:{'|'.join(_WORDS)}|\d++)(?:{_GAP}(?:{'|'.join(_WORDS)}|\d++))*(?![a-z])"
)
_LEET: Final = "OoQDIiLl|!ZzEeAa@Ss$GbTtBgq"
_LEET_DIGITS: Final = tuple(
    str.maketrans(_LEET, digits)
    for digits in ("000011111122334445556677899", "000011111122334445559811869")
)
_UNIT: Final = re.compile(
    rf"(?<![^\W_])[\d{re.escape(_LEET)}]+(?:[._/-][\d{re.escape(_LEET)}]+){{0,8}}(?![^\W_])"
)
_NAME_AND_YEAR: Final = re.compile(r"[^\W\d_]+\d+|\d+[^\W\d_]+")
_WHOLE: Final = 9
_GROUP: Final = 4
_LOOKS: Final = str.maketrans("OoQIl|!", "0001111")
_LOOKALIKE: Final = re.compile(r"(?<![^\W_])(?=[OoQIl|!]*\d)[\dOoQIl|!]+(?![^\W_])")


def in_digits(text: str) -> str:
    """Return the text with every number word in digits: "one twenty-three" as 123."""
    lower = text.lower()
    if len(lower) != len(text) or not any(word in lower for word in _WORDS):
        return text
    return _RUN.sub(_digits, lower)


def look_alikes(text: str) -> str:
    """Return the text with letters that stand among digits as the digits they look like."""
    return _LOOKALIKE.sub(lambda found: found[0].translate(_LOOKS), text)


def leet(text: str, reading: int = 0) -> str:
    """Return the text with the letters that stand for digits within a number as those digits.

    A word without a digit is a word, and a name with its year behind it is a handle.
    """
    return _UNIT.sub(lambda found: _of_leet(found[0], reading), text)


def any_digits(text: str) -> tuple[str, ...]:
    """Return the digits that all of a text may be read as, its words included.

    For the comparison with one known number, where nothing else can be met by chance.
    """
    return tuple(
        "".join(one for one in text.translate(table) if one.isdigit()) for table in _LEET_DIGITS
    )


def _of_leet(unit: str, reading: int) -> str:
    signs = [one for one in unit if one not in "._/-"]
    figures = sum(map(str.isdigit, signs))
    if len(signs) == _WHOLE and 3 * figures >= _WHOLE and not _is_handle(unit, figures):
        return unit.translate(_LEET_DIGITS[reading])
    return "".join(_of_token(one, reading) for one in re.split(r"([._/-])", unit))


def _of_token(token: str, reading: int) -> str:
    figures = sum(map(str.isdigit, token))
    if not figures or 3 * figures < len(token):
        return token
    if len(token) > _GROUP and _is_handle(token, figures):
        return token
    return token.translate(_LEET_DIGITS[reading])


def _is_handle(token: str, figures: int) -> bool:
    return figures < _WHOLE - 2 and _NAME_AND_YEAR.fullmatch(token) is not None


def _digits(run: re.Match[str]) -> str:
    """Words in a row are one number; figures keep what stands between them."""
    made: list[str] = []
    words: list[str] = []
    last = 0
    for found in _WORD.finditer(run[0]):
        gap = run[0][last : found.start()]
        figures = found[0].isdigit()
        if last and (figures or not words):
            if words:
                made.append(_spelled(words))
                words = []
            made.append(gap if gap and not any(map(str.isalpha, gap)) else "-")
        if figures:
            made.append(found[0])
        else:
            words.append(found[0])
        last = found.end()
    made.append(_spelled(words))
    return "".join(made)


def _spelled(words: list[str]) -> str:
    made = ""
    times = 1
    at = 0
    while at < len(words):
        word = words[at]
        after = words[at + 1] if at + 1 < len(words) else ""
        at += 1
        if word in _TIMES:
            times = _TIMES[word]
            continue
        if word == _HUNDRED:
            made += "00"
            continue
        number = str(_UNITS.get(word, _TEENS.get(word, _TENS.get(word, 0))))
        if word in _TENS and _UNITS.get(after, 0) > 0:
            number = str(_TENS[word] + _UNITS[after])
            at += 1
        elif word in _UNITS and after == _HUNDRED:
            rest, used = _below_hundred(words[at + 1 :])
            number, at = f"{number}{rest:02d}", at + 1 + used
        made += number * times
        times = 1
    return made


def _below_hundred(words: list[str]) -> tuple[int, int]:
    if not words:
        return 0, 0
    if words[0] in _TEENS:
        return _TEENS[words[0]], 1
    if words[0] in _TENS:
        unit = _UNITS.get(words[1], 0) if len(words) > 1 else 0
        return _TENS[words[0]] + unit, 2 if unit else 1
    return (_UNITS[words[0]], 1) if _UNITS.get(words[0], 0) else (0, 0)
