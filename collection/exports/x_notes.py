"""X's long posts are found by their time and first letters: their numbers are not their posts'.

A post of more than 280 letters stands in `tweets.js` cut, and whole in `note-tweet.js`.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from collection.exports.export_layout import decoded, mapping
from collection.files.members import Member
from collection.files.strict_json import array
from collection.files.times import rfc3339
from models.errors import InputError

HEAD: Final = re.compile(r"\s*window\.([\w.]{1,80})\s*=\s*")
"""How a file of X's begins: JavaScript that assigns one value."""

_MENTIONS: Final = re.compile(r"(?:@\w{1,20} ){1,50}")
_ENDS: Final = ("\u2026", "...")
_MOST_LINKS: Final = 20
_SECONDS_BETWEEN: Final = 5
"""A long post and its beginning were made at most so far apart."""
_ESCAPES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


class Notes:
    """Long posts, found by their time and first letters: their numbers are not their posts'."""

    def __init__(self, *, packed: bool) -> None:
        self.packed = packed
        """True if they stand in the same file, whose bytes the capture keeps."""
        self.used: set[str] = set()
        self._texts: dict[int, list[tuple[str, str]]] = {}

    def learn(self, members: Iterator[Member]) -> None:
        """Take in the long posts of the archive; damage is told when they are read."""
        for member in members:
            try:
                for value in rows_of_file(decoded(member)):
                    self._learn(value)
            except InputError:
                continue

    def _learn(self, value: object) -> None:
        try:
            number, at, text = note_parts(value)
        except InputError:
            return
        self._texts.setdefault(int(at.timestamp()), []).append((number, text))

    def whole_of(self, at: datetime, text: str) -> str | None:
        """Return the long post that a text is the beginning of, None if it is whole as it is.

        Some seconds apart, or without the names that a reply begins with, counts only what has
        the mark of a cut: two posts may well begin alike.
        """
        second = int(at.timestamp())
        places = sorted(range(-_SECONDS_BETWEEN, _SECONDS_BETWEEN + 1), key=abs)
        notes = [(apart, one) for apart in places for one in self._texts.get(second + apart, ())]
        begun, cut = _beginning(text) if notes else ("", False)
        bare = _MENTIONS.sub("", begun, count=1) if cut and begun.startswith("@") else begun
        for start in dict.fromkeys((begun, bare)):
            for apart, (number, found) in notes:
                fits = bool(start) and len(found) > len(start) and found.startswith(start)
                if fits and (cut or not apart) and number not in self.used:
                    self.used.add(number)
                    return found
        return None


def note_parts(value: object) -> tuple[str, datetime, str]:
    """Return a long post's number, time and text. Raises `InputError`."""
    note = mapping(mapping(value).get("noteTweet"))
    number, at = note.get("noteTweetId"), note.get("createdAt")
    if not isinstance(number, str) or not isinstance(at, str):
        raise InputError("a long post without its number or time")
    core = note.get("core", note.get("noteTweetResults"))
    text = mapping(core).get("text")
    if not isinstance(text, str):
        raise InputError("a long post without its text")
    return number, rfc3339(at), unescaped(text)


def rows_of_file(text: str) -> Iterator[object]:
    """Yield the rows of a file of X's, which assigns one list. Raises `InputError`."""
    head = HEAD.match(text)
    if head is None:
        raise InputError("not a file of X's archive")
    yield from array(text, head.end())


def unescaped(text: str) -> str:
    """Return a text as its writer typed it."""
    for name, letter in _ESCAPES:
        text = text.replace(name, letter)
    return text


def _beginning(text: str) -> tuple[str, bool]:
    """Return a post's words before the short links that X adds and the mark of a cut, if any."""
    found = text.rstrip()
    for _ in range(_MOST_LINKS):
        start = found.rfind(" ") + 1
        if not found.startswith("https://t.co/", start):
            break
        found = found[:start].rstrip()
    whole = found
    for end in _ENDS:
        found = found.removesuffix(end)
    return found.rstrip(), found != whole
