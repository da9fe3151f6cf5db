"""A large JSON file is walked, not loaded: only what is asked for is ever made into values.

What is passed over (a history of what was watched, messages) is skipped by its brackets and never
looked at. Each element that is asked for is then read by `strict_json`.
"""

import re
from collections.abc import Generator, Iterator, Set
from typing import Final

from models.errors import InputError

Path = tuple[str, ...]
"""Keys from the outermost object inwards."""

_SPACE: Final = re.compile(rb"[ \t\n\r]*")
_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_MARKS: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}"]', re.DOTALL)
_SCALAR: Final = re.compile(rb"[^\s,\[\]{}\":]+")
_Values = Generator[tuple[Path, bytes], None, int]
_MAX_KEY: Final = 1_000
_BOM: Final = b"\xef\xbb\xbf"
_CUT: Final = "not JSON, or cut off"


def values_at(
    body: bytes, wanted: Set[Path], *, whole: bool = False
) -> Iterator[tuple[Path, bytes]]:
    """Yield the value at each wanted path, in the file's order; of a list, each of its elements.

    A list is one value too where it is asked for `whole`.

    So a file that was cut off yields all that came whole before the cut; then raises
    `InputError`, as for any other damage. Objects are walked only as far as a path leads.
    """
    start = len(_BOM) if body.startswith(_BOM) else 0
    at = _skip(body, start)
    if () not in wanted and not body.startswith(b"{", at):
        raise InputError("not a JSON object, or cut off")
    end = yield from _walk(body, at, (), wanted, whole=whole)
    if _skip(body, end) != len(body):
        raise InputError("something follows the JSON value")


def _walk(body: bytes, at: int, path: Path, wanted: Set[Path], *, whole: bool) -> _Values:
    """Walk the value at a place; return where it ends."""
    if path in wanted:
        if body.startswith(b"[", at) and not whole:
            return (yield from _elements(body, at, path))
        end = _end_of(body, at)
        yield path, body[at:end]
        return end
    if not body.startswith(b"{", at) or not any(one[: len(path)] == path for one in wanted):
        return _end_of(body, at)
    at = _skip(body, at + 1)
    if body.startswith(b"}", at):
        return at + 1
    while True:
        key = _STRING.match(body, at)
        if key is None:
            raise InputError(_CUT)
        at = _skip(body, _expect(body, _skip(body, key.end()), b":"))
        at = yield from _walk(body, at, (*path, _name(key[0])), wanted, whole=whole)
        at = _skip(body, at)
        if body.startswith(b"}", at):
            return at + 1
        at = _skip(body, _expect(body, at, b","))


def _elements(body: bytes, at: int, path: Path) -> _Values:
    at = _skip(body, at + 1)
    if body.startswith(b"]", at):
        return at + 1
    while True:
        end = _end_of(body, at)
        yield path, body[at:end]
        at = _skip(body, end)
        if body.startswith(b"]", at):
            return at + 1
        at = _skip(body, _expect(body, at, b","))


def _end_of(body: bytes, at: int) -> int:
    """Return where the value at a place ends, by its brackets."""
    if body[at : at + 1] not in (b"{", b"["):
        found = _STRING.match(body, at) or _SCALAR.match(body, at)
        if found is None:
            raise InputError(_CUT)
        return found.end()
    open_brackets = bytearray()
    for mark in _MARKS.finditer(body, at):
        one = body[mark.start()]
        if one in b"{[":
            open_brackets.append(one)
        elif one in b"}]":
            # Each bracket's mark is two after that of its partner in ASCII.
            if open_brackets.pop() + 2 != one:
                break
            if not open_brackets:
                return mark.end()
        elif mark.end() - mark.start() == 1:
            break
    raise InputError(_CUT)


def _name(key: bytes) -> str:
    """Return a key; one that is written in any unusual way leads nowhere."""
    if len(key) > _MAX_KEY:
        return ""
    return key[1:-1].decode("utf-8", "replace")


def _skip(body: bytes, at: int) -> int:
    found = _SPACE.match(body, at)
    return found.end() if found else at


def _expect(body: bytes, at: int, mark: bytes) -> int:
    if not body.startswith(mark, at):
        raise InputError(_CUT)
    return at + len(mark)
