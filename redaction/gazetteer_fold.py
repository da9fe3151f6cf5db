"""Folding changes letters, never their number: an offset into folded text is one into the text.

Accents on Latin letters go, every hyphen and blank becomes a space, every apostrophe becomes the
plain one; letters become small unless the case is to be kept.
"""

import unicodedata
from typing import Final

_BLANKS: Final = "\t\n\r\f\v\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_HYPHENS: Final = "-\u00ad\u2010\u2011\u2012\u2013\u2043\u2212\ufe63\uff0d"
_APOSTROPHES: Final = "\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u2032\uff07`\u00b4"
_LETTERS: Final = {"ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ı": "i", "ħ": "h"}


def _table() -> dict[int, str]:
    table = {ord(sign): " " for sign in _BLANKS + _HYPHENS}
    table |= {ord(sign): "'" for sign in _APOSTROPHES}
    table |= {ord(letter): plain for letter, plain in _LETTERS.items()}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        apart = unicodedata.normalize("NFD", chr(code))
        if len(apart) > 1 and apart[0].isascii() and all(map(unicodedata.combining, apart[1:])):
            table[code] = apart[0]
    return table


_TABLE: Final = _table()


def fold_keeping_case(text: str) -> str:
    """Fold all but the case of letters. The result is as long as the text."""
    return text.translate(_TABLE)


def fold(text: str) -> str:
    """Fold, and make every letter small. The result is as long as the text."""
    return text.translate(_TABLE).lower()


def is_word(character: str) -> bool:
    """Return whether a character belongs to a word: a letter, a digit or a low line."""
    return character == "_" or character.isalnum()
