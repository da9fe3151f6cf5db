"""A sentence becomes a row of tagged words: what rules read instead of the words themselves."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from triage.lexicon import Lexicon, Tags
from triage.tokens import Token

_NONE: Final[Tags] = frozenset()
_REFERS: Final = frozenset({"THEY", "THEYTOO"})
_CLAUSE: Final = frozenset({"COMMA", "STOP", "COLON", "QUOTE", "CONJ", "DASH", "PAREN"})
_BEFORE_START: Final = _CLAUSE | {"INTERJ", "EMOJI", "LAUGH", "ADV"}
_MARKS: Final = {
    ",": "COMMA",
    ";": "STOP",
    ":": "COLON",
    ".": "STOP",
    "!": "STOP",
    "?": "STOP",
    "-": "DASH",
    "(": "PAREN",
    ")": "PAREN",
    '"': "QUOTE",
    "'": "QUOTE",
    "*": "PAREN",
    "/": "PAREN",
    ">": "QUOTED",
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase with its tags; offsets are the text's."""

    form: str
    tags: Tags
    start: int
    end: int


class Tagged:
    """A sentence's words, and the same as one string for patterns: ` form/TAG/TAG/` a word."""

    __slots__ = ("_starts", "encoded", "tags", "words")

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self._starts: list[int] = []
        parts = []
        position = 0
        for word in words:
            tags = "/".join(sorted(word.tags))
            part = f" {word.form}/{tags}/" if tags else f" {word.form}/"
            self._starts.append(position)
            position += len(part)
            parts.append(part)
        self.encoded = "".join(parts)
        self.tags = frozenset().union(*(word.tags for word in words), (w.form for w in words))

    def index(self, position: int) -> int:
        """Return which word stands at a position of `encoded`."""
        return bisect_right(self._starts, position) - 1


def tag(tokens: Iterable[Token], lexicon: Lexicon, *, group_before: bool) -> Tagged:
    """Tag a sentence's tokens.

    `group_before` says that a group was named shortly before: then "they" may mean it, and is
    tagged `GREF`, as it is after a group in the same sentence.
    """
    words = list(_phrased(list(_restored(tokens, lexicon)), lexicon))
    seen = group_before
    opens = True
    first = True
    tagged = []
    for position, word in enumerate(words):
        extra = set()
        if opens:
            extra.add("CS")
        if first:
            extra.add("SS")
            first = not word.tags.isdisjoint(_BEFORE_START)
        if seen and not word.tags.isdisjoint(_REFERS):
            extra.add("GREF")
        if "PEOPLE" in word.tags and position and "TRAIT" in words[position - 1].tags:
            extra.add("GROUP")
        if not word.tags.isdisjoint(("GROUP", "SLUR")) or "GROUP" in extra:
            seen = True
        opens = not word.tags.isdisjoint(_CLAUSE)
        tagged.append(Word(word.form, word.tags | extra, word.start, word.end) if extra else word)
    return Tagged(tagged)


def _restored(tokens: Iterable[Token], lexicon: Lexicon) -> Iterator[Token]:
    """Yield tokens with torn words joined, run-together words parted, hidden words restored."""
    waiting: Token | None = None
    for token in _unspaced(tokens, lexicon):
        if waiting is not None:
            whole = lexicon.speller.joined(waiting.form, token.form)
            if whole is not None:
                waiting = Token(whole, waiting.start, token.end)
                continue
            yield from _one(waiting, lexicon)
        waiting = token
    if waiting is not None:
        yield from _one(waiting, lexicon)


def _unspaced(tokens: Iterable[Token], lexicon: Lexicon) -> Iterator[Token]:
    """Yield tokens, single letters joined where together they spell a word: "s c u m"."""
    letters: list[Token] = []
    for token in tokens:
        if len(token.form) == 1 and token.form.isalpha():
            letters.append(token)
        else:
            yield from _spelt(letters, lexicon)
            letters = []
            yield token
    yield from _spelt(letters, lexicon)


def _spelt(letters: list[Token], lexicon: Lexicon) -> Iterator[Token]:
    """Yield the longest words that a run of letters spells, and the letters left over."""
    while letters:
        for end in range(len(letters), 2, -1):
            word = "".join(token.form for token in letters[:end])
            if word in lexicon.words:
                yield Token(word, letters[0].start, letters[end - 1].end)
                letters = letters[end:]
                break
        else:
            yield letters[0]
            letters = letters[1:]


def _one(token: Token, lexicon: Lexicon) -> Iterator[Token]:
    form = token.form
    if form in lexicon.words or len(form) < 3:
        yield token
        return
    parts = lexicon.speller.restore(form)
    if len(parts) == 1:
        yield Token(parts[0], token.start, token.end)
    else:
        cut = token.start + len(parts[0])
        yield Token(parts[0], token.start, cut)
        yield Token(parts[1], cut, token.end)


def _phrased(tokens: list[Token], lexicon: Lexicon) -> Iterator[Word]:
    position = 0
    while position < len(tokens):
        token = tokens[position]
        after = tokens[position + 1].form if position + 1 < len(tokens) else ""
        for phrase, tags in lexicon.phrases.get((token.form, after), ()):
            last = position + len(phrase)
            if last <= len(tokens) and all(
                tokens[position + offset].form == part for offset, part in enumerate(phrase)
            ):
                yield Word("_".join(phrase), tags, token.start, tokens[last - 1].end)
                position = last
                break
        else:
            tags = lexicon.words.get(token.form, _NONE)
            mark = _MARKS.get(token.form)
            if mark is None and token.form.startswith(".."):
                mark = "STOP"
            if mark is not None:
                tags = tags | {mark}
            if any(letter.isdigit() for letter in token.form):
                tags = tags | {"NUMBER"}
            yield Word(_SAFE.sub("_", token.form), tags, token.start, token.end)
            position += 1


_SAFE: Final = re.compile(r"[/\s]")
