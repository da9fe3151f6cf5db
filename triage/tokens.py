"""Coded text cut into words and marks, each with the plain form under which it is looked up."""

import re
import unicodedata
from typing import Final, NamedTuple


class Token(NamedTuple):
    """One word, typed token or mark. Offsets are the text's; `form` is lower case and plain."""

    form: str
    start: int
    end: int


_CLITIC: Final = r"['’](?:s|re|ve|ll|d|m)(?![^\W_])"
_TOKEN: Final = re.compile(
    rf"""
    ⟦(?P<typed>[a-z]+)⟧(?:['’]s\b)?
    | \[(?P<withheld>withheld)\]
    | (?P<clitic>{_CLITIC})
    | (?P<word>
        [@$\#]?[^\W_]+
        (?: (?: (?!{_CLITIC})['’] | [*@$!|+\#]{{1,3}} ) [^\W_]+ )*
        (?: \*{{1,4}} | \$ | (?<=in)['’] )?
      )
    | (?P<hyphen> (?<=[^\W_])-(?=[^\W_]) )
    | (?P<mark> \.{{2,}} | [^\w\s] )
    """,
    re.VERBOSE | re.IGNORECASE,
)

_PLAIN: Final = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "–": "-", "—": "-"}
)
_LONG: Final = re.compile(r"(.)\1{2,}")


def tokens_of(text: str) -> list[Token]:
    """Cut a text into tokens; white space, and a hyphen inside a word, is none.

    A typed token's form is its kind in capitals ("GROUP"), so that no written word equals it.
    """
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "hyphen":
            continue
        if kind == "typed":
            form = match["typed"].upper()
        elif kind == "withheld":
            form = "WITHHELD"
        elif kind == "clitic":
            form = "'" + match[0][1:].lower()
        else:
            form = plain(match[0])
        found.append(Token(form, match.start(), match.end()))
    return found


def forms_of(text: str) -> tuple[str, ...]:
    """Return the forms alone: how a lexicon's entry or a rule's word will be met in a text."""
    return tuple(token.form for token in tokens_of(text))


def plain(word: str) -> str:
    """Fold a written word: compatibility forms, case, apostrophes, letters drawn out."""
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word.translate(_PLAIN))
    return _LONG.sub(r"\1\1", word.lower()).strip("#'") or word
