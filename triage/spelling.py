"""Words written so that a filter misses them are read as the word they stand for.

Only words of contempt and harm are restored, and only from what people do to hide them or from
a slip of the finger: letters swapped, dropped or doubled, digits and signs for letters, spaces
put in or left out. Ordinary words that happen to lie that close are guarded by a table.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Final

_SIGNS: Final = {
    "0": "o",
    "1": "il",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "8": "b",
    "9": "g",
    "@": "a",
    "$": "s",
    "!": "i",
    "|": "li",
    "+": "t",
}
_SHORTEST: Final = 5
_SHORTEST_APART: Final = 4
_SHORTEST_JOINED: Final = 5
_MOST_READINGS: Final = 16


@dataclass(frozen=True)
class Speller:
    """Restores `targets`; never touches a `known` word.

    `joiners` are small words that people run together with a target; `apart` are pairs such as
    "use less" that are two words, not one torn apart (written "use_less").
    """

    targets: frozenset[str]
    known: frozenset[str]
    joiners: frozenset[str]
    apart: frozenset[str]
    _slips: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        slips: dict[str, str] = {}
        for word in sorted(self.targets):
            found = _slips(word) if len(word) >= _SHORTEST else _swaps(word)
            for slip in found:
                if slip not in self.known:
                    slips.setdefault(slip, word)
        object.__setattr__(self, "_slips", slips)

    def restore(self, form: str) -> tuple[str, ...]:
        """Return the words that a form not in the lexicon stands for: itself if none."""
        if form in self.known:
            return (form,)
        for reading in _readings(form):
            if reading != form and reading in self.known:
                return (reading,)
            if reading in self._slips:
                return (self._slips[reading],)
            parts = self._parts(reading)
            if parts:
                return parts
        if "*" in form:
            return (self._unmasked(form),)
        return (form,)

    def joined(self, left: str, right: str) -> str | None:
        """Return the target that two neighbours make when read as one, or None."""
        word = left + right
        if len(word) < _SHORTEST_APART or word not in self.targets or right == "in":
            return None
        return None if f"{left}_{right}" in self.apart else word

    def _parts(self, form: str) -> tuple[str, ...]:
        if len(form) < _SHORTEST + 1 or not form.isalpha():
            return ()
        for cut in range(1, len(form)):
            left, right = form[:cut], form[cut:]
            if self._joins(left) and self._hits(right):
                return (left, right)
            if self._joins(right) and self._hits(left):
                return (left, right)
        return ()

    def _joins(self, word: str) -> bool:
        return word in self.joiners or (len(word) >= _SHORTEST_JOINED and word in self.known)

    def _hits(self, word: str) -> bool:
        return len(word) >= _SHORTEST_APART and word in self.targets

    def _unmasked(self, form: str) -> str:
        """Read asterisks as letters where exactly the length and the open letters agree."""
        for word in sorted(self.targets):
            if len(word) == len(form) and all(
                sign in ("*", letter) for sign, letter in zip(form, word, strict=True)
            ):
                return word
        return form


def _slips(word: str) -> Iterator[str]:
    """Yield a word with two letters swapped, one dropped, or one doubled; the first stays."""
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at] + word[at:]
    yield from _swaps(word)


def _swaps(word: str) -> Iterator[str]:
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _readings(form: str) -> Iterator[str]:
    if form.isalpha():
        yield form
    elif any(letter.isalpha() for letter in form):
        options = [_SIGNS.get(sign, sign) for sign in form]
        for count, letters in enumerate(product(*options)):
            if count == _MOST_READINGS:
                return
            yield "".join(letters)
