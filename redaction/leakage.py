"""A second look at neutral text, made without the first one's lists, views and grammar.

It reads the bare letters: stems of class words that survived across spaces, signs and digits,
gendered words, years, ages, handles, links and emoji. Whatever it finds closes the text.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final

import ahocorasick

from models.text import WITHHELD
from redaction.wordlists import table

_LEAKS: Final = table("leakage")
_HARMLESS: Final = frozenset(_LEAKS["harmless"].split())
_WORDS: Final = frozenset(_LEAKS["words"].split())
_THINGS: Final[dict[str, dict[str, str]]] = table("people")["unless"]
"""What makes a gendered word a thing is a fact about English, so both looks share it."""
_SIGNS: Final = str.maketrans("0134578@$|", "oieastbasl")
_HANDLE: Final = re.compile(r"(?<![\w.])@\w|\w@\w+\.\w|https?:|www\.\w", re.IGNORECASE)
_YEAR: Final = re.compile(
    r"\b(?:in|since|of|from|until|till|by|during|after|before|year|born|late|early|back) "
    r"(?:19[2-9]\d|20[0-3]\d)\b(?![\s-]*(?:[a-z%$]|[.,]?\d))|'(?:[4-9]\d|0\d)\b(?!['%])|\b19[2-9]0s\b"
)
_AGE: Final = re.compile(
    r"\b\d{1,3}[\s-]*(?:y/?o\b"
    r"|y(?:ea)?rs?[\s-]*olds?\b(?=\s*(?:[,.!?;)]|$|m[ae]n|wom|pers|who)))"
    r"|\b[1-9]\d[mf]\b(?! )|\baged? \d\d\b"
)
_DIGIT: Final = re.compile(r"\d")
_LETTERS: Final = re.compile(r"[a-z]+(?:'[a-z]+)?")


def leaks(neutral: str) -> tuple[str, ...]:
    """Return the ids of the rules that find something protected left; empty if it is clean."""
    if not neutral:
        return ()
    found: set[str] = set()
    plain = _plain(neutral.replace(WITHHELD, " ~ "))
    if _pictured(neutral):
        found.add("leak.emoji")
    if ("@" in plain or "http" in plain or "www." in plain) and _HANDLE.search(plain):
        found.add("leak.handle")
    if _DIGIT.search(plain):
        if _YEAR.search(plain):
            found.add("leak.year")
        if _AGE.search(plain):
            found.add("leak.age")
    if any(_spells_word(run[0]) for run in _APART.finditer(plain)):
        found.add("leak.word")
    if _word_in(_LETTERS.findall(plain)) or _stem_in(plain):
        for phrase in _safe_words().intersection(_LETTERS.findall(plain)):
            plain = _safe_phrases()[phrase].sub(" ~ ", plain)
        if _word_in(_LETTERS.findall(plain)):
            found.add("leak.word")
        if _stem_in(plain):
            found.add("leak.stem")
    return tuple(sorted(found))


_APART: Final = re.compile(r"(?<![a-z])(?:[a-z][^a-z~]{1,3}){3,}[a-z](?![a-z])")
_LONG_WORDS: Final = tuple(sorted(word for word in _WORDS if len(word) > 3))


def _spells_word(run: str) -> bool:
    """Whether letters that stand apart spell a gendered or class word."""
    letters = "".join(char for char in run if char.isalpha())
    return any(word in letters for word in _LONG_WORDS)


def _word_in(words: list[str]) -> bool:
    """Whether a gendered or class word is left that no neighbour makes a thing: "mother board"."""
    if _WORDS.isdisjoint([word.partition("'")[0] for word in words]):
        return False
    for at, word in enumerate(words):
        stem = word.partition("'")[0]
        if stem not in _WORDS:
            continue
        before = words[at - 1] if at else ""
        after = words[at + 1] if at + 1 < len(words) else ""
        if after not in _THINGS["next"].get(stem, "").split() and (
            before not in _THINGS["prev"].get(stem, "").split()
        ):
            return True
    return False


def _plain(text: str) -> str:
    """Return small letters without marks; other scripts' letters stay what they are."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(char for char in apart if not unicodedata.combining(char)).lower()


_PICTURES: Final = re.compile(
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\u200d]"
)
_PLAIN_PICTURES: Final = frozenset("✓✔✗✘✕✖★☆☐☑☒➔➜➤❝❞")


def _pictured(text: str) -> bool:
    if text.isascii():
        return False
    return any(found[0] not in _PLAIN_PICTURES for found in _PICTURES.finditer(text))


def _stem_in(plain: str) -> bool:
    """Whether a stem is left in a word, or a long one in the letters run together."""
    signs = plain.translate(_SIGNS)
    run = signs.translate(_LETTERS_ALONE) if signs.isascii() else _NO_LETTER.sub("", signs)
    hits = list(_automaton().iter(run))
    if not hits:
        return False
    borders = [at for at, char in enumerate(signs) if not _NO_LETTER.match(char)]
    for last, stem in hits:
        start, end = borders[last - len(stem) + 1], borders[last]
        inside = plain[start : end + 1]
        if (" " in inside or "\n" in inside) and not _spelt_out(inside, stem):
            continue
        if _word_around(plain, start, end) not in _HARMLESS:
            return True
    return False


_NO_LETTER: Final = re.compile(r"(?:[\W\d_](?<!~))+")
"""What separates letters; the mark of a token counts as a letter, so that nothing joins over it."""
_LETTERS_ALONE: Final = dict.fromkeys(
    code for code in range(128) if not chr(code).isalpha() and chr(code) != "~"
)
"""The same for plain ASCII, as a table, which is several times as fast."""


def _spelt_out(inside: str, stem: str) -> bool:
    """Whether letters stand apart on purpose: "m u s l i m", not the border of two words."""
    pieces = inside.split()
    return len(pieces) >= min(len(stem), 4) and max(map(len, pieces)) <= 2


def _word_around(plain: str, start: int, end: int) -> str:
    while start and (plain[start - 1].isalnum() or plain[start - 1] == "'"):
        start -= 1
    while end + 1 < len(plain) and (plain[end + 1].isalnum() or plain[end + 1] == "'"):
        end += 1
    return plain[start : end + 1]


@cache
def _safe_phrases() -> dict[str, re.Pattern[str]]:
    """Return, by first word, a pattern for the phrases in which a class word names a thing."""
    by_word: dict[str, set[str]] = {}
    for phrase in _listed_phrases():
        found = _LETTERS.findall(_plain(phrase))
        if found:
            by_word.setdefault(found[0], set()).add(r"[\s-]+".join(map(re.escape, found)))
    return {
        word: re.compile(rf"\b(?:{'|'.join(sorted(phrases, reverse=True))})(?:e?s)?\b")
        for word, phrases in by_word.items()
    }


def _listed_phrases() -> Iterator[str]:
    folder = resources.files("redaction") / "gazetteers"
    for name in ("safe_phrases.toml", "safe_compounds.toml"):
        for group in tomllib.loads((folder / name).read_text("utf-8"))["list"]:
            terms = group["terms"].replace("\n", ",").split(",")
            for before in group.get("before", "").split(","):
                yield from (f"{before} {term}" for term in terms if term.strip())


@cache
def _safe_words() -> frozenset[str]:
    return frozenset(_safe_phrases())


@cache
def _automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for stem in _LEAKS["stems"].split():
        automaton.add_word(stem, stem)
    automaton.make_automaton()
    return automaton
