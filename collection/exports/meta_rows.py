"""What the exports of Facebook, Instagram and Threads share: lists, captions, and no numbers."""

import hashlib
import re
from collections.abc import Iterable, Iterator

from collection.exports.export_layout import mapping, sequence, words
from collection.files.mojibake import mended
from collection.files.strict_json import array, elements
from models.errors import InputError

_HEAD = 400


def rows_of(text: str, keys: Iterable[str]) -> Iterator[object]:
    """Yield the rows of a file that is a list, or an object with one under one of these keys.

    Raises `InputError` for a file of any other layout, as it does for a damage.
    """
    start = text[:_HEAD].lstrip(" \t\r\n")
    if start.startswith("["):
        yield from array(text)
        return
    for key in keys:
        if re.match(rf'\{{\s*"{key}"\s*:', start):
            yield from elements(text, key)
            return
    raise InputError("a file of a layout that is not known")


def begins_as(head: bytes, keys: Iterable[str], marks: Iterable[bytes]) -> bool:
    """Say whether a file begins with one of these keys, or is a list with one of these marks."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if start.startswith(b"["):
        return any(mark in start for mark in marks)
    return any(re.match(rf'\{{\s*"{key}"\s*:'.encode(), start) for key in keys)


def made_number(*parts: object) -> str:
    """Return a number for what its platform gave none: the same for the same time and words."""
    joined = "\n".join(str(part) for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "replace")).hexdigest()[:32]


def captions(row: dict[str, object]) -> tuple[str, object]:
    """Return what a post of Instagram or Threads says, and the seconds of its time.

    The caption of a post with one picture stands at the picture, else at the post. Raises
    `InputError` for a row of another layout.
    """
    if "label_values" in row or not row.keys() & {"media", "title"}:
        raise InputError("a row of a layout that is not known")
    said: list[str] = []
    add_words(said, row.get("title"))
    seconds = row.get("creation_timestamp")
    for value in sequence(row.get("media")):
        media = mapping(value)
        add_words(said, media.get("title"))
        seconds = seconds or media.get("creation_timestamp")
    return "\n\n".join(said), seconds


def add_words(said: list[str], value: object) -> None:
    """Add a text, put together again, unless it is empty or was there before."""
    text = mended(words(value))
    if text.strip() and text not in said:
        said.append(text)
