"""What words mean for triage: a word or a phrase has tags, and rules speak of tags alone.

The tables lie in `triage/data/lexicon`. A tag's name is in capitals; a verb's form carries the
tag again with its mark, so that `HARM.d` is any past form of a verb of harm.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from triage.inflection import Kind, forms
from triage.spelling import Speller
from triage.tokens import forms_of

Tags = frozenset[str]

CATEGORY: Final = "C_"
"""Opens the tag of a whole category, which learned weights read and no rule does."""
TYPED: Final[Mapping[str, Tags]] = {
    "GROUP": frozenset({"GROUP"}),
    "TRAIT": frozenset({"TRAIT"}),
    "SLUR": frozenset({"SLUR"}),
    "HATE": frozenset({"HATE"}),
    "PERSON": frozenset({"PERSON"}),
    "PLACE": frozenset({"PLACE"}),
    "TIME": frozenset({"TIME"}),
    "WITHHELD": frozenset({"WITHHELD"}),
}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`words` gives tags by form; `phrases` gives longer entries by their first two words.

    Longest first: the longest entry that fits is the one that is meant.
    """

    words: Mapping[str, Tags]
    phrases: Mapping[tuple[str, str], tuple[tuple[tuple[str, ...], Tags], ...]]
    speller: Speller


@cache
def lexicon() -> Lexicon:
    """Read the tables once."""
    words: defaultdict[str, set[str]] = defaultdict(set)
    phrases: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    fuzzy: set[str] = set()
    for tag, table in _tables():
        kind = Kind(str(table.get("kind", "word")))
        for entry in _entries(table):
            for form, mark in forms(entry, kind):
                tags = {tag, f"{tag}.{mark}"} if mark else {tag}
                for variant in _variants(form):
                    if len(variant) == 1:
                        words[variant[0]] |= tags
                        if table.get("fuzzy", False):
                            fuzzy.add(variant[0])
                    else:
                        phrases[variant] |= tags
    for form, typed in TYPED.items():
        words[form] |= typed
    spelling = _spelling()
    by_first: defaultdict[tuple[str, str], list[tuple[tuple[str, ...], Tags]]] = defaultdict(list)
    for phrase, tags in sorted(phrases.items(), key=lambda item: -len(item[0])):
        by_first[phrase[0], phrase[1]].append((phrase, frozenset(tags | _writer(phrase))))
    return Lexicon(
        words={word: frozenset(tags) for word, tags in words.items()},
        phrases={first: tuple(entries) for first, entries in by_first.items()},
        speller=Speller(
            targets=frozenset(fuzzy),
            known=frozenset(words).union(*phrases, spelling["guard"].split()),
            joiners=frozenset(spelling["joiners"].split()),
            apart=frozenset(spelling["apart"].split()),
        ),
    )


def _writer(phrase: tuple[str, ...]) -> set[str]:
    """Return the tags by which a phrase that holds the writer keeps saying so."""
    tags = {"I"} if phrase[0] in ("i", "im", "ima") else set()
    return tags if {"me", "my", "i"}.isdisjoint(phrase) else tags | {"MY"}


def _tables() -> Iterator[tuple[str, dict[str, object]]]:
    folder = resources.files("triage") / "data" / "lexicon"
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".toml"):
            yield from tomllib.loads(file.read_text("utf-8")).items()


def _entries(table: Mapping[str, object]) -> Iterator[str]:
    yield from str(table.get("words", "")).split()
    for line in str(table.get("phrases", "")).splitlines():
        if line.strip():
            yield line.strip()


def _spelling() -> dict[str, str]:
    text = (resources.files("triage") / "data" / "spelling.toml").read_text("utf-8")
    return {key: str(value) for key, value in tomllib.loads(text).items()}


_ALSO: Final = {"cannot": ("can't", "cant"), "you": ("u", "ya"), "your": ("ur", "yo")}


def _variants(entry: str) -> Iterator[tuple[str, ...]]:
    """Yield an entry cut as text is, then without apostrophes and in the short spellings."""
    phrase = forms_of(entry)
    yield phrase
    if "'" in entry:
        yield forms_of(entry.replace("'", ""))
    if len(phrase) > 1:
        for position, word in enumerate(phrase):
            for other in _ALSO.get(word, ()):
                yield (*phrase[:position], other, *phrase[position + 1 :])
