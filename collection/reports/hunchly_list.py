"""A Hunchly case lists its pages with digest, address and time; two lists must say the same.

`case_data/pages.json` is `[{id, url, title, timestamp_created, content_hash}]`, and
`case_data/pages.csv` has the columns "Page ID", "Page URL", "Page Title", "Page Hash" and
"Timestamp Created". A time without an offset is UTC.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from collection.files.limits import MAX_ENTRIES
from collection.files.members import Member
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import parse, whole
from collection.files.times import html_time
from collection.markup.saved_page import web_address
from models.errors import InputError

_FROM_JSON: Final = ("id", "content_hash", "timestamp_created", "url")
_FROM_CSV: Final = ("Page ID", "Page Hash", "Timestamp Created", "Page URL")
LISTS: Final = {"pages.json": _FROM_JSON, "pages.csv": _FROM_CSV}
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,12}", re.ASCII)

Note = Callable[[Problem], None]


@dataclass(frozen=True, slots=True)
class ListedPage:
    """What the case says of one of its pages."""

    sha256: str
    """Empty where there is none, or where two are stated."""
    at: datetime | None
    url: str
    """Empty where there is none on the web."""


def listed_pages(lists: Iterable[Member], note: Note) -> dict[int, ListedPage]:
    """Return the pages of a case by their numbers; `note` is told what is damaged."""
    found: dict[int, ListedPage] = {}
    damaged = contradicted = 0
    for one in sorted(lists, key=lambda part: part.name.name, reverse=True):
        try:
            for row in _rows(one):
                page = _page(row, LISTS[one.name.name])
                if page is None:
                    damaged += 1
                    continue
                number, listed = page
                before = found.setdefault(number, listed)
                if before.sha256 != listed.sha256:
                    contradicted += 1
                    found[number] = replace(before, sha256="")
        except InputError as damage:
            note(Problem(f"{one.name.name}: {damage.fault}", WHOLE_FILE))
    if damaged:
        note(Problem(f"{damaged} rows of the list of pages are damaged", WHOLE_FILE))
    if contradicted:
        note(Problem(f"{contradicted} pages are listed with two digests", WHOLE_FILE))
    return found


def _rows(one: Member) -> Iterator[object]:
    text = whole(one.body.decode("utf-8-sig", "replace"))
    if one.name.name.endswith(".json"):
        value = parse(text)
        if not isinstance(value, list):
            raise InputError("not a list")
        rows: Iterator[object] = iter(value)
    else:
        rows = _lines(text)
    for number, row in enumerate(rows):
        if number >= MAX_ENTRIES:
            raise InputError(f"more than {MAX_ENTRIES} rows")
        yield row


def _lines(text: str) -> Iterator[dict[str, str]]:
    table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if not set(_FROM_CSV[:2]) <= set(table.fieldnames or ()):
            raise InputError("lacks a column")
        for row in table:
            yield {key: part for key, part in row.items() if isinstance(part, str)}
    except csv.Error:
        damaged = True
    else:
        damaged = False
    # Raised outside the handler: the error may hold what the row says.
    if damaged:
        raise InputError("not a table of commas and quotes")


def _page(row: object, names: tuple[str, ...]) -> tuple[int, ListedPage] | None:
    if not isinstance(row, dict):
        return None
    number, sha256, at, url = (row.get(name) for name in names)
    written = str(number) if isinstance(number, int | str) else ""
    if not _NUMBER.fullmatch(written) or isinstance(number, bool):
        return None
    digest = sha256.strip().lower() if isinstance(sha256, str) else ""
    address = web_address(url) if isinstance(url, str) else None
    return int(written), ListedPage(
        sha256=digest if _SHA256.fullmatch(digest) else "",
        at=html_time(at[:64]) if isinstance(at, str) else None,
        url=address.text if address else "",
    )
