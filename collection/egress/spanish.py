"""Classes are named in Spanish too: what is searched for where applicants live and write in it.

The lists are facts, in `collection/data/spanish.toml`. Their words are met at word borders, with
or without accents, in any gender and number.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from collection.egress.word_readings import unaccented
from models.protected import ProtectedClass

_LISTS: Final = Path(__file__).resolve().parents[1] / "data" / "spanish.toml"
_WORD: Final = re.compile(r"[^\W_]+")
_MOST_WORDS: Final = 8
_STRESSED: Final = ("án", "ín", "ón", "és", "ís", "ús")


class SpanishHit(NamedTuple):
    """A listed word met in a text. Offsets count its characters without accents, end exclusive."""

    start: int
    end: int
    word: str
    """Without accents, in small letters."""
    protected_class: ProtectedClass
    ambiguous: bool
    """It has another meaning as well: a colour, a place, a size."""


def spanish_words_in(text: str) -> Iterator[SpanishHit]:
    """Yield the listed words of a text, the longest where several begin at one place."""
    known = _listed()
    plain = unaccented(text).casefold()
    found = list(_WORD.finditer(plain))
    at = 0
    while at < len(found):
        for count in range(min(_MOST_WORDS, len(found) - at), 0, -1):
            run = found[at : at + count]
            word = " ".join(one[0] for one in run)
            if word in known:
                yield SpanishHit(run[0].start(), run[-1].end(), word, *known[word])
                at += count - 1
                break
        at += 1


@cache
def _listed() -> dict[str, tuple[ProtectedClass, bool]]:
    lists = tomllib.loads(_LISTS.read_text(encoding="utf-8"))["list"]
    made: dict[str, tuple[ProtectedClass, bool]] = {}
    for one in lists:
        kind = (ProtectedClass(one["class"]), bool(one.get("ambiguous", False)))
        for term in " ".join(one["terms"].split()).split(", "):
            for form in _forms(term, one["family"]):
                made.setdefault(" ".join(_WORD.findall(unaccented(form).casefold())), kind)
    return made


def _forms(term: str, family: str) -> Iterator[str]:
    """Yield a term in every gender and number that its family has."""
    yield term
    if family == "none":
        return
    before, _, last = term.rpartition(" ")
    lead = f"{before} " if before else ""
    if family == "person" and last.endswith("o"):
        yield from (f"{lead}{last[:-1]}{end}" for end in ("a", "os", "as"))
    elif family == "person" and (last.endswith(_STRESSED) or last[-1] in "lrz"):
        stem = last[:-1] + "c" if last.endswith("z") else last
        yield from (f"{lead}{last}a", f"{lead}{stem}es", f"{lead}{last}as")
    elif last[-1] in "aeiouáéó":
        yield f"{lead}{last}s"
    else:
        yield from (f"{lead}{last}es", f"{lead}{last}s")
    if before:
        # Both words of "baja médica" take the number.
        first, *rest = before.split(" ")
        if len(rest) == 0 and first[-1] in "aeo":
            yield f"{first}s {last}s" if last[-1] in "aeiou" else f"{first}s {last}es"
