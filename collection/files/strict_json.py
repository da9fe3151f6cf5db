"""JSON from outside is read strictly: one meaning, no deep nesting, no half characters."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from models.errors import InputError

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_MARKS: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}"]', re.DOTALL)
_PARTNERS: Final = {"{": "}", "[": "]"}


def parse(text: str) -> object:
    """Return the value of a JSON text. Raises `InputError`, which never repeats the text."""
    value, end = _value(text, _skip(text, 0))
    if _skip(text, end) != len(text):
        raise InputError("something follows the JSON value")
    return value


def elements(text: str, key: str) -> Iterator[object]:
    """Yield the elements of one array of a JSON object, one by one.

    In the place of an element that is not strict JSON, but ends where its brackets do, comes an
    `InputError`: it costs itself. A text that was cut off yields all that came whole before the
    cut; then raises `InputError`, as for any other damage, or for an object without such an array.
    """
    at = _expect(text, _skip(text, 0), "{")
    while True:
        name, at = _value(text, _skip(text, at))
        at = _skip(text, _expect(text, _skip(text, at), ":"))
        if name == key and text.startswith("[", at):
            yield from _array(text, at + 1)
            return
        _, at = _value(text, at)
        at = _skip(text, at)
        if text.startswith("}", at):
            raise InputError("the object lacks the list of items")
        at = _expect(text, at, ",")


def member(text: str, key: str, *, before: str) -> object:
    """Return a member of a JSON object that stands before another; None if none does.

    Raises `InputError` for what is damaged before either.
    """
    at = _expect(text, _skip(text, 0), "{")
    while not text.startswith("}", _skip(text, at)):
        name, at = _value(text, _skip(text, at))
        at = _skip(text, _expect(text, _skip(text, at), ":"))
        if name == before:
            break
        value, at = _value(text, at)
        if name == key:
            return value
        at = _skip(text, at)
        if not text.startswith(",", at):
            break
        at += 1
    return None


def array(text: str, at: int = 0) -> Iterator[object]:
    """Yield the elements of a JSON array that begins at a place of a text, as `elements` does."""
    start = _skip(text, at)
    yield from _array(text, _expect(text, start, "["))


def whole(text: str) -> str:
    """Replace half surrogate pairs, which no storage can hold, by U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def _array(text: str, at: int) -> Iterator[object]:
    at = _skip(text, at)
    if text.startswith("]", at):
        return
    while True:
        at = _skip(text, at)
        try:
            value, at = _value(text, at)
        except InputError as damage:
            value, at = damage, _end_of(text, at)
        yield value
        at = _skip(text, at)
        if text.startswith("]", at):
            return
        at = _expect(text, at, ",")


def _end_of(text: str, at: int) -> int:
    """Return where an object or array ends, by its brackets alone. Raises `InputError`."""
    closing: list[str] = []
    if text.startswith(("{", "["), at):
        for mark in _MARKS.finditer(text, at):
            one = mark[0]
            if one in _PARTNERS:
                closing.append(_PARTNERS[one])
            elif one in _PARTNERS.values():
                if closing.pop() != one:
                    break
                if not closing:
                    return mark.end()
            elif one == '"':
                break
    raise InputError("not JSON, or cut off")


def _value(text: str, at: int) -> tuple[Any, int]:
    # Raised outside the handler: a `JSONDecodeError` holds the whole text.
    fault = "not JSON, or cut off"
    try:
        return _DECODER.raw_decode(text, at)
    except RecursionError:
        fault = "JSON nests too deeply"
    except ValueError:
        pass
    raise InputError(fault)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _expect(text: str, at: int, mark: str) -> int:
    if not text.startswith(mark, at):
        raise InputError("not JSON, or cut off")
    return at + len(mark)


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("not a number of JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


_DECODER: Final = json.JSONDecoder(
    strict=True, parse_constant=_no_constant, object_pairs_hook=_unique
)
