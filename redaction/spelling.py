"""Words bent to slip past a reader of lists are straightened before anything looks at them.

Spaced letters, digits and signs for letters, a letter dropped, doubled or swapped, a space too
many or too few. A word that is ordinary English is never touched, and a straightened word keeps
its place in the input.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import product
from typing import Final

from models.redaction import Mention
from redaction.bent import STARRED, undrawn, unstarred
from redaction.company import PERSONS
from redaction.context import SHARED
from redaction.gazetteer import Gazetteer
from redaction.gazetteer_fold import fold
from redaction.identifiers import segmented
from redaction.people import AGED, HEADS, KIN, ROLES, SEXED
from redaction.tokens import Tokens
from redaction.view import View
from redaction.words import ordinary_words, proper_words

_SPACED: Final = re.compile(
    r"(?<![^\W_])(?<![@#/])(?:[^\W\d_][ ._*|~/\\-]{1,2}){2,400}[^\W\d_](?![^\W_])"
)
_LEET: Final = re.compile(
    r"(?<![\w@#$.,/-])(?=[\w@$!|+€]*[A-Za-z])(?=[\w@$!|+€]*[0-9@$!|+€])"
    r"[A-Za-z0-9@$!|+€]{3,24}(?![\w@/-])"
)
_SIGNS: Final = re.compile(r"[0-9@$!|+€*]")
_MEANINGS: Final = {
    "0": "o",
    "1": "il",
    "3": "e",
    "4": "a",
    "5": "s",
    "6": "g",
    "7": "t",
    "8": "b",
    "9": "g",
    "@": "a",
    "$": "s",
    "!": "i",
    "|": "il",
    "+": "t",
    "€": "e",
    "v": "v",
}
_LONG: Final = 5
"""A term of so many letters is recognised when bent anywhere; a shorter one only before a noun
for people."""


_BENT: Final = frozenset({Mention.GROUP, Mention.TRAIT, Mention.SLUR})
"""What people bend to slip past: names and places are not."""
_LETTER_CODE: Final = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]|^[A-Z]{2,5}$")
"""An abbreviation or a product: "APIs", "OpenSSL", "CPU"."""
_FRAMES: Final = frozenset(
    word for word in PERSONS | SHARED if len(word) >= _LONG and word.isalpha()
)
"""Words that the context rules look for beside a term: bent ones count as well."""


_LONGEST: Final = 40
"""A longer word is none."""
_TERM: Final = 4
"""A shorter term is not looked for inside another word."""
_RARER: Final = ".rarer"
_RARE: Final = 9
"""A rarer term that is shorter is taken as written: many ordinary words are one slip from it."""


class Spelling:
    """The repair, for the terms of one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer: Final = gazetteer

    @cached_property
    def terms(self) -> frozenset[str]:
        """Every term of one word that people may be expected to bend, in small letters."""
        terms = {
            entry.term.lower()
            for entry in self._gazetteer.terms()
            if not entry.case_sensitive
            and (entry.mention in _BENT or entry.rule.startswith("religion"))
            and (not entry.rule.endswith(_RARER) or len(entry.term) >= _RARE)
        }
        terms |= SEXED | AGED | KIN | frozenset(ROLES)
        return frozenset(term for term in terms - HEADS if term.isascii() and term.isalpha())

    @cached_property
    def _written_so(self) -> frozenset[str]:
        """Words of longer terms: each is spelt as it should be ("Maha Shivaratri")."""
        return frozenset(
            word
            for entry in self._gazetteer.terms()
            if " " in entry.term
            for word in fold(entry.term).split()
        )

    @cached_property
    def _as_written(self) -> frozenset[str]:
        """Rarer terms of one word: no slip of a commoner one."""
        return frozenset(
            fold(entry.term)
            for entry in self._gazetteer.terms()
            if entry.rule.endswith(_RARER) and " " not in entry.term
        )

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(
            fold(entry.term) for entry in self._gazetteer.terms() if entry.mention is Mention.PERSON
        )

    @cached_property
    def _slurs(self) -> frozenset[str]:
        return frozenset(
            entry.term.lower() for entry in self._gazetteer.terms() if entry.mention is Mention.SLUR
        )

    @cached_property
    def _straight(self) -> frozenset[str]:
        return self.terms | _FRAMES

    @cached_property
    def _with_letter_lost(self) -> dict[str, str]:
        """Return what is left of each term when one of its letters is dropped."""
        table: dict[str, str] = {}
        for term in (*sorted(_FRAMES), *sorted(self.terms, key=self._rank)):
            if len(term) > 2:
                for at in range(1, len(term)):
                    table[term[:at] + term[at + 1 :]] = term
        return table

    def _rank(self, term: str) -> tuple[bool, int, str]:
        """Order terms so that the likelier of two with the same remains comes last."""
        return (term not in self._slurs, -len(term), term)

    def repaired(self, view: View, tokens: Tokens) -> View:
        """Return the view with bent words straightened."""
        edits = list(self._edits(view.text, tokens))
        if not edits:
            return view
        kept: list[tuple[int, int, str]] = []
        for edit in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
            if not kept or edit[0] >= kept[-1][1]:
                kept.append(edit)
        return view.replaced(kept)

    def _edits(self, text: str, tokens: Tokens) -> Iterator[tuple[int, int, str]]:
        for found in _SPACED.finditer(text):
            letters = re.sub(r"[^\w]|_", "", found[0])
            words = self._cut(letters)
            if words:
                yield found.start(), found.end(), words
        if _SIGNS.search(text):
            for found in _LEET.finditer(text):
                plain = self._unleeted(found[0])
                if plain:
                    yield found.start(), found.start() + len(plain), plain
            if "*" in text:
                for found in STARRED.finditer(text):
                    plain = unstarred(found[0].lower(), self.terms)
                    if plain:
                        yield found.start(), found.end(), plain
        known = ordinary_words()
        lower = tokens.lower
        for at, word in enumerate(lower):
            if word in known or not (word.isascii() and word.isalpha()):
                continue
            if not 1 < len(word) <= _LONGEST:
                continue
            if word in self.terms or (at and lower[at - 1] in {"#", "@", "/"}):
                continue
            if word in self._as_written:
                continue
            if _LETTER_CODE.search(tokens.texts[at]) or word in self._written_so:
                continue
            if tokens.texts[at][0].isupper() and word in self._names:
                continue
            yield from self._word(tokens, at)

    def _word(self, tokens: Tokens, at: int) -> Iterator[tuple[int, int, str]]:
        lower = tokens.lower
        word = lower[at]
        start, end = tokens.starts[at], tokens.ends[at]
        if at + 1 < len(lower) and tokens.starts[at + 1] == end + 1:
            joined = word + lower[at + 1]
            if (
                len(joined) >= _LONG
                and joined in self.terms
                and joined not in ordinary_words() - self.terms
            ):
                yield start, tokens.ends[at + 1], joined
                return
        if at and tokens.ends[at - 1] == start - 1:
            joined = lower[at - 1] + word
            if len(joined) >= _LONG and joined in self.terms:
                yield tokens.starts[at - 1], end, joined
                return
        after = lower[at + 1] if at + 1 < len(lower) else ""
        beside_people = after in HEADS or after in PERSONS
        name = tokens.texts[at][0].isupper() and tokens.texts[at] in proper_words()
        if word[-1] == "s" and word[:-1] in self.terms and len(word) > _LONG:
            yield start, end, word[:-1]
            return
        if not name:
            term = self._nearest(word)
            if term is not None and (len(term) >= _LONG or beside_people):
                cased = term.capitalize() if tokens.texts[at][0].isupper() else term
                yield start, end, cased
                return
        if len(word) >= _LONG + 2 and word.capitalize() not in proper_words():
            cut = self._two(word)
            if cut:
                last = start + cut - 1
                yield last, last + 1, tokens.texts[at][cut - 1] + " "

    def _nearest(self, word: str) -> str | None:
        """Return the term that one slip turns into this word."""
        if len(word) < 2:
            return None
        plain = undrawn(word, self.terms)
        if plain is not None:
            return plain
        lost = self._with_letter_lost.get(word)
        if lost is not None:
            return lost
        for at in range(1, len(word)):
            if word[at] == word[at - 1] and word[:at] + word[at + 1 :] in self._straight:
                return word[:at] + word[at + 1 :]
        for at in range(len(word) - 1):
            swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            if swapped in self._straight:
                return swapped
        if len(word) > _LONG + 1:
            for at in range(1, len(word)):
                term = self._with_letter_lost.get(word[:at] + word[at + 1 :])
                if term is not None and len(term) == len(word) and term[:at] == word[:at]:
                    return term
        return None

    def _two(self, word: str) -> int:
        """Return where a word falls into two, a term and an ordinary word run together, or 0."""
        known = ordinary_words()
        for at in range(2, len(word) - 1):
            left, right = word[:at], word[at:]
            if (len(right) >= _TERM and right in self.terms and left in known) or (
                len(left) >= _TERM and left in self.terms and right in known and len(right) > 2
            ):
                return at
        return 0

    def _cut(self, letters: str) -> str:
        lower = letters.lower()
        if lower in self.terms or lower in ordinary_words():
            return lower
        if len(lower) <= _LONGEST:
            nearest = self._nearest(lower)
            if nearest is not None:
                return nearest
        return " ".join(segmented(lower, self.terms))

    def _unleeted(self, word: str) -> str | None:
        body = word.rstrip("!+")
        if not any(char in _MEANINGS for char in body) or not any(map(str.isalpha, body)):
            return None
        if body.isalpha() or sum(char.isdigit() for char in body) > 4:
            return None
        choices = [
            _MEANINGS.get(char, char) if not char.isalpha() else char for char in body.lower()
        ]
        for letters in _spellings(choices):
            if letters in self.terms:
                return letters.capitalize() if word[0].isupper() else letters
        if body.isalnum() and (body[0].isdigit() or body[-1].isdigit()):
            return None
        for letters in _spellings(choices):
            if letters in ordinary_words():
                return letters
        for letters in _spellings(choices):
            term = self._nearest(letters)
            if term is not None and len(term) >= _LONG and len(term) == len(body):
                return term
        return None


def _spellings(choices: Iterable[str]) -> Iterator[str]:
    for letters in product(*choices):
        yield "".join(letters)
