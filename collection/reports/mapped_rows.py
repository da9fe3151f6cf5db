"""The rows of a mapped file come one at a time, and only the fields that the mapping names.

A damaged row costs itself. Memory is that of a row, or of one JSON document.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Final

from collection.files.limits import MAX_LINE, MAX_MEMBER
from collection.files.reader import Problem
from collection.files.strict_json import array, elements, parse
from collection.pages.pdf import read_pdf
from collection.reports.mapping import MAPPING, Mapping, Shape
from models.errors import InputError
from models.evidence import SourceItem

Row = tuple[str, dict[str, object] | InputError]
"""A pointer, and the row's fields or what is wrong with it."""

MAX_ROWS: Final = 500_000
SECONDS: Final = 5.0
"""How long an expression may look through one page: a catastrophic one ends there."""


def rows_of(path: Path, mapping: Mapping) -> Iterator[Row | Problem]:
    """Yield the rows of a file. Raises `InputError` for what ends the file before its time."""
    match mapping.shape:
        case Shape.CSV:
            rows = _table(path, mapping)
        case Shape.JSONL:
            rows = _lines_of_json(path, mapping)
        case Shape.JSON:
            rows = _document(path, mapping)
        case Shape.TEXT | Shape.PDF:
            yield from _matches(path, mapping)
            return
    for number, row in enumerate(rows):
        if number >= MAX_ROWS:
            raise InputError(f"more than {MAX_ROWS} rows")
        yield row


@contextmanager
def _fields_up_to(characters: int) -> Iterator[None]:
    """Let a field be so long, and be as before at the end: the limit is the whole process's."""
    before = csv.field_size_limit(characters)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _table(path: Path, mapping: Mapping) -> Iterator[Row]:
    with path.open("rb") as file, _fields_up_to(MAX_LINE):
        table = csv.reader(_lines(file, mapping.encoding), delimiter=mapping.delimiter, strict=True)
        head = [name.strip() for name in _next(table) or []]
        for field, name in mapping.fields.items():
            if head.count(name.strip()) != 1:
                line = mapping.lines[field]
                raise InputError(
                    f"{MAPPING}, line {line}: the column of {field!r} is not there, or twice"
                )
        places = {field: head.index(name.strip()) for field, name in mapping.fields.items()}
        number = 1
        while True:
            number += 1
            try:
                row = _next(table)
            except InputError as damage:
                yield f"row:{number}", damage
                continue
            if row is None:
                return
            if not row:
                continue
            if len(row) != len(head):
                yield f"row:{number}", InputError("a row of another width")
                continue
            yield f"row:{number}", {field: row[place] for field, place in places.items()}


def _next(table: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(table, None)
    except csv.Error:
        pass
    # Raised outside the handler: the error may hold what the row says.
    raise InputError("not a row of a table")


def _lines_of_json(path: Path, mapping: Mapping) -> Iterator[Row]:
    with path.open("rb") as file:
        for number, line in enumerate(_lines(file, mapping.encoding), start=1):
            if not line.strip():
                continue
            try:
                yield f"line:{number}", _fields(parse(line), mapping)
            except InputError as damage:
                yield f"line:{number}", damage


def _document(path: Path, mapping: Mapping) -> Iterator[Row]:
    text = _whole_text(path, mapping.encoding)
    for number, value in enumerate(_array_at(text, mapping.items), start=1):
        try:
            yield f"item:{number}", _fields(value, mapping)
        except InputError as damage:
            yield f"item:{number}", damage


def _array_at(text: str, pointer: str) -> Iterator[object]:
    if not pointer:
        yield from array(text)
        return
    parts = _parts(pointer)
    if len(parts) == 1:
        yield from elements(text, parts[0])
        return
    found = _at(parse(text), pointer)
    if not isinstance(found, list):
        raise InputError("there is no list at the place that the mapping names")
    yield from found


def _fields(value: object, mapping: Mapping) -> dict[str, object]:
    if not isinstance(value, dict | list):
        raise InputError("a row that is no object")
    return {field: _at(value, pointer) for field, pointer in mapping.fields.items()}


def _at(value: object, pointer: str) -> object:
    """Return what a JSON pointer names, None for nothing."""
    for part in _parts(pointer):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isascii() and part.isdigit() and len(part) < 7:
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None
    return value


def _parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _matches(path: Path, mapping: Mapping) -> Iterator[Row | Problem]:
    import regex  # type: ignore[import-untyped]  # it has no stubs

    expression = regex.compile(mapping.expression)
    count = 0
    for number, text in _pages(path, mapping):
        if isinstance(text, Problem):
            yield text
            continue
        found = expression.finditer(text, timeout=SECONDS)
        while True:
            try:
                match = next(found, None)
            except TimeoutError:
                yield f"page:{number}", InputError("the expression takes too long on this page")
                break
            if match is None:
                break
            count += 1
            if count > MAX_ROWS:
                raise InputError(f"more than {MAX_ROWS} rows")
            yield (
                f"page:{number}",
                {field: match[name] for field, name in mapping.fields.items()},
            )


def _pages(path: Path, mapping: Mapping) -> Iterator[tuple[int, str | Problem]]:
    if mapping.shape is Shape.TEXT:
        yield 1, _whole_text(path, mapping.encoding)
        return
    with path.open("rb") as file:
        body = file.read(MAX_MEMBER + 1)
    if len(body) > MAX_MEMBER:
        raise InputError(f"larger than {MAX_MEMBER} bytes")
    number = 0
    for part in read_pdf(body):
        if isinstance(part, SourceItem):
            number += 1
            yield number, part.text.reveal()
        else:
            yield number, part


def _whole_text(path: Path, encoding: str) -> str:
    with path.open("rb") as file:
        body = file.read(MAX_MEMBER + 1)
    if len(body) > MAX_MEMBER:
        raise InputError(f"larger than {MAX_MEMBER} bytes")
    return body.decode(encoding, "replace").removeprefix("\ufeff")


def _lines(file: IO[bytes], encoding: str) -> Iterator[str]:
    text = TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    first = True
    while line := text.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise InputError(f"a line longer than {MAX_LINE} characters: not read from there on")
        yield line.removeprefix("\ufeff") if first else line
        first = False
