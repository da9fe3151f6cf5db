"""Every listed term in a text is found, at word borders, the longest where several overlap.

Matching ignores case (unless an entry keeps it), accents, and the difference between hyphen and
space. A hit inside a safe phrase ("french fries", "german shepherd") is none.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import ahocorasick

from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.gazetteer_data import Entry, read_term_lists
from redaction.gazetteer_fold import fold, fold_keeping_case, is_word
from redaction.inflection import Part

__all__ = ["Entry", "Gazetteer", "Hit", "Part", "load_gazetteer"]


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry met in a text. Offsets count characters of that text, end exclusive."""

    start: int
    end: int
    entry: Entry


class _Key(NamedTuple):
    """What one folded form stands for, the entry to be preferred first."""

    length: int
    entries: tuple[Entry, ...]
    keeps_case: bool
    safe: bool
    emoji: bool


_CLASS_ORDER: Final = {item: number for number, item in enumerate(ProtectedClass)}
_JOINER: Final = "\u200d"
_EMOJI_TAIL: Final = frozenset(
    "\ufe0e\ufe0f\u20e3" + "".join(map(chr, (*range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080))))
)
_EMOJI_PARTS: Final = _EMOJI_TAIL | {_JOINER}


class Gazetteer:
    """The term lists, ready to be looked up and to be found in a text."""

    def __init__(self, entries: Iterable[Entry], safe_phrases: Iterable[str] = ()) -> None:
        self._entries: Final = tuple(dict.fromkeys(entries))
        self.safe_phrases: Final = frozenset(safe_phrases)
        self._by_key: Final = _keyed(self._entries)
        safe = frozenset(map(fold, self.safe_phrases))
        self._automaton: Final = ahocorasick.Automaton()
        for key, found in self._by_key.items():
            self._automaton.add_word(key, tuple(_key(key, found, safe=key in safe)))
        for key in safe - self._by_key.keys():
            self._automaton.add_word(key, tuple(_key(key, (), safe=True)))
        self._automaton.make_automaton()
        self.version: Final = _version(self._entries, safe)

    def terms(self) -> Iterable[Entry]:
        """Every entry, inflected forms included, in the order of the files."""
        return self._entries

    def lookup(self, term: str) -> tuple[Entry, ...]:
        """Every entry with this form, the most specific first; empty if there is none.

        Case, accents and hyphen or space make no difference here, even for entries that keep
        their case in a text.
        """
        return self._by_key.get(fold(term), ())

    def find(self, text: str) -> list[Hit]:
        """Return what the text names, in order, without overlap."""
        return self.scan(text)[0]

    def scan(self, text: str) -> tuple[list[Hit], list[tuple[int, int]]]:
        """Return what the text names, in order, without overlap, and where its safe phrases lie.

        Of overlapping candidates the longest stays; of equally long ones, the most specific rule
        (more parts between dots), then the unambiguous entry. An emoji's hit covers the whole
        sequence that shows as one picture: skin tone, joined partners, variation selectors.
        """
        folded = fold(text)
        cased: str | None = None
        safe: list[tuple[int, int]] = []
        found: list[tuple[int, int, Entry]] = []
        last = len(folded)
        for at, (length, entries, keeps_case, is_safe, is_emoji) in self._automaton.iter(folded):
            end = at + 1
            start = end - length
            if is_emoji:
                found.append((*_whole_emoji(text, start, end), entries[0]))
                continue
            if start and ((before := folded[start - 1]).isalnum() or before == "_"):
                continue
            if end != last and (folded[end].isalnum() or not _ends(folded, end, last)):
                continue
            if is_safe:
                safe.append((start, end))
                continue
            if not keeps_case:
                found.append((start, end, entries[0]))
                continue
            cased = fold_keeping_case(text) if cased is None else cased
            written = cased[start:end]
            for entry in entries:
                if not entry.case_sensitive or fold_keeping_case(entry.term) == written:
                    found.append((start, end, entry))
                    break
        return _longest(found, safe, len(text)), safe


def _ends(folded: str, end: int, last: int) -> bool:
    """Whether a word may end here. "man's" ends after "man", "don't" does not after "don"."""
    if end == last:
        return True
    after = folded[end]
    if is_word(after):
        return False
    if after != "'" or end + 1 == last or not is_word(folded[end + 1]):
        return True
    return folded[end + 1] == "s" and (end + 2 == last or not is_word(folded[end + 2]))


def _longest(
    found: list[tuple[int, int, Entry]], safe: list[tuple[int, int]], length: int
) -> list[Hit]:
    if not found:
        return []
    if len(found) == 1 and not safe:
        return [Hit(*found[0])]
    taken = bytearray(length)
    hits: list[Hit] = []
    for start, end, entry in sorted(found, key=_preference):
        if taken[start] or taken[end - 1]:
            continue
        if any(left <= start and end <= right for left, right in safe):
            continue
        taken[start:end] = b"\x01" * (end - start)
        hits.append(Hit(start, end, entry))
    hits.sort(key=lambda hit: hit.start)
    return hits


def _preference(candidate: tuple[int, int, Entry]) -> tuple[int, int, int]:
    start, end, entry = candidate
    return (start - end, start, -len(entry.term) if entry.part is Part.EMOJI else 0)


def _whole_emoji(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen an emoji's place to the sequence it is drawn with."""
    while start and (text[start] in _EMOJI_PARTS or text[start - 1] == _JOINER):
        if is_word(text[start - 1]) or text[start - 1].isspace():
            break
        start -= 1
    while end < len(text):
        if text[end] == _JOINER and end + 1 < len(text):
            end += 2
        elif text[end] in _EMOJI_TAIL:
            end += 1
        else:
            break
    return start, end


def _keyed(entries: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    by_key: dict[str, list[Entry]] = {}
    for entry in entries:
        by_key.setdefault(fold(entry.term), []).append(entry)
    return {
        key: tuple(sorted(found, key=_specificity)) if len(found) > 1 else (found[0],)
        for key, found in by_key.items()
    }


def _specificity(entry: Entry) -> tuple[bool, bool, int, bool, int]:
    """Sort key: a name comes after whatever else the form may be, a kept case before any case."""
    return (
        entry.mention is Mention.PERSON,
        not entry.case_sensitive,
        -entry.rule.count("."),
        entry.ambiguous,
        _CLASS_ORDER[entry.protected_class],
    )


def _key(key: str, found: tuple[Entry, ...], *, safe: bool) -> _Key:
    return _Key(
        len(key),
        found,
        any(entry.case_sensitive for entry in found),
        safe,
        any(entry.part is Part.EMOJI for entry in found),
    )


def _version(entries: Iterable[Entry], safe: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(
            f"{entry.term}|{entry.protected_class}|{entry.mention}|{entry.rule}|{entry.part}|"
            f"{entry.ambiguous:d}{entry.case_sensitive:d}\n".encode()
        )
    digest.update("\n".join(sorted(safe)).encode())
    return digest.hexdigest()[:12]


def load_gazetteer(*, extra: Iterable[Entry] = (), exceptions: Iterable[str] = ()) -> Gazetteer:
    """Return the gazetteer of the package's own lists, built once per combination of arguments.

    `extra` are an agency's own entries; `exceptions` are words or phrases in which nothing is to
    be found, such as the name of a street. Raises `InputError` if a list is damaged.
    """
    return _load(tuple(extra), frozenset(exceptions))


@lru_cache(maxsize=8)
def _load(extra: tuple[Entry, ...], exceptions: frozenset[str]) -> Gazetteer:
    lists = read_term_lists()
    return Gazetteer((*lists.entries, *extra), lists.safe_phrases | exceptions)
