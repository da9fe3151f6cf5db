"""The plain format `posts.jsonl`: one post a line, and a damaged line costs only itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from collection.files.limits import MAX_LINE, MAX_LISTED, MAX_TEXT
from collection.files.platforms import kind_of
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import parse, whole
from collection.files.times import rfc3339
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

_REQUIRED: Final = ("id", "platform", "author", "text")
_OPTIONAL: Final = ("created_at", "url", "gate")
_KEYS: Final = frozenset(_REQUIRED + _OPTIONAL)
_BOM: Final = b"\xef\xbb\xbf"


class PostsReader:
    """Reads lines of `{"id", "created_at", "platform", "author", "url", "text"}`.

    `created_at` is RFC 3339; it and `url` may be missing or null. `gate` says what stood before
    the post, if anything did ("login-wall", "friends", "paid", "password").
    """

    name: Final = "posts-jsonl"
    version: Final = "1"
    seen_versions: Final = ("1",)
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether the file's name ends in `.jsonl`."""
        return path.suffix.lower() == ".jsonl"

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield one item or one problem for each line that is not blank."""
        faults = 0
        with path.open("rb") as file:
            for number, line in _lines(file):
                if isinstance(line, bytes) and not line.strip():
                    continue
                try:
                    yield self._item(line, number)
                except InputError as damage:
                    faults += 1
                    if faults <= MAX_LISTED:
                        yield Problem(damage.fault, f"line:{number}")
        if faults > MAX_LISTED:
            yield Problem(f"{faults - MAX_LISTED} more lines are damaged", WHOLE_FILE)

    def _item(self, line: bytes | None, number: int) -> SourceItem:
        if line is None:
            raise InputError(f"longer than {MAX_LINE} bytes")
        fields = _fields(line)
        stamp = fields.get("created_at")
        return SourceItem(
            native_id=RawText(fields["id"]),
            platform=RawText(fields["platform"]),
            kind=kind_of(fields["platform"]),
            author=RawText(fields["author"]),
            created_at=None if stamp is None else rfc3339(stamp),
            url=RawText(fields.get("url", "")),
            text=RawText(fields["text"]),
            gate=_gate(fields),
            pointer=f"line:{number}",
        )


def _gate(fields: dict[str, str]) -> AccessGate:
    stated = fields.get("gate", AccessGate.NONE)
    if stated not in set(AccessGate) - {AccessGate.GIVEN}:
        raise InputError("field 'gate' is none of the known gates")
    return AccessGate(stated)


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line with its number, None for one that is too long."""
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(_BOM)
        if len(line) <= MAX_LINE or line.endswith(b"\n"):
            yield number, line
            continue
        while (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
            pass
        yield number, None


def _fields(line: bytes) -> dict[str, str]:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    # Raised outside the handler: the decoding error holds the line.
    if text is None:
        raise InputError("not UTF-8")
    if "\0" in text:
        raise InputError("holds a NUL")
    value = parse(text)
    if not isinstance(value, dict):
        raise InputError("not a JSON object")
    if not value.keys() <= _KEYS:
        raise InputError("holds a field that the format does not have")
    found: dict[str, str] = {}
    for key in _KEYS & value.keys():
        part = value[key]
        if part is None and key in _OPTIONAL:
            continue
        if not isinstance(part, str):
            raise InputError(f"field {key!r} is not text")
        if "\0" in part:
            raise InputError("holds a NUL")
        if len(part) > MAX_TEXT:
            raise InputError(f"field {key!r} is longer than {MAX_TEXT} characters")
        found[key] = whole(part)
    for key in _REQUIRED:
        if key not in found:
            raise InputError(f"field {key!r} is missing")
        if key != "text" and not found[key].strip():
            raise InputError(f"field {key!r} is empty")
    return found
