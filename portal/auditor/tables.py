"""A table is shown, and taken away as CSV or JSON, from the same columns and the same rows.

A spreadsheet takes a cell that begins like a formula for one: such a cell gets an apostrophe in
front, in CSV alone. A cell is quoted as RFC 4180 says.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response, StreamingResponse

from models.errors import RecordNotFoundError

FORMATS: Final = ("csv", "json")
_FORMULA: Final = frozenset("=+-@\t\r\n")


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, and the page of ours that it leads to, if it leads anywhere."""

    text: str
    href: str = ""
    level: str = ""
    """The kind of tag that it is drawn as, if it is one: good, info, warning, quiet."""


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What is shown of one page of rows."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    empty: str = ""
    next: str = ""
    """The key that the next page is asked for by."""


def export(name: str, form: str, columns: tuple[str, ...], rows: Iterable[Row]) -> Response:
    """Return a table as a file that is written while it is read.

    Raises `RecordNotFoundError` for a form that there is none of.
    """
    if form not in FORMATS:
        raise RecordNotFoundError("no such form")
    write, kind = (csv_of, "text/csv") if form == "csv" else (json_of, "application/json")
    return StreamingResponse(
        write(columns, rows),
        media_type=f"{kind}; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}.{form}"'},
    )


def csv_of(columns: tuple[str, ...], rows: Iterable[Row]) -> Iterator[str]:
    """Yield a table's lines as CSV (RFC 4180), the names of its columns first."""
    yield _line(columns)
    for row in rows:
        yield _line(tuple(cell.text for cell in row))


def json_of(columns: tuple[str, ...], rows: Iterable[Row]) -> Iterator[str]:
    """Yield a table as JSON: a list of objects, a line each."""
    before = "[\n"
    for row in rows:
        said = {name: cell.text for name, cell in zip(columns, row, strict=True)}
        yield before + json.dumps(said, ensure_ascii=False)
        before = ",\n"
    yield "\n]\n" if before != "[\n" else "[]\n"


def _line(texts: tuple[str, ...]) -> str:
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(map(_plain, texts))
    return stream.getvalue()


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, blanks before it or not."""
    return f"'{text}" if text.lstrip(" ")[:1] in _FORMULA and text.strip(" ") else text
