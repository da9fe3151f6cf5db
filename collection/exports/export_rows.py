"""A table of an export is read row by row: a damaged row costs itself, a strange table is said.

Columns are found by their names, so a column that is new or moved costs nothing.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from collection.files.limits import MAX_TEXT
from collection.files.members import Member
from collection.files.platforms import kind_of
from collection.files.strict_json import whole
from collection.files.times import rfc3339
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

_MAX_ADDRESS: Final = 4_000
_NOTES: Final = 20
"""Rows before the columns' names, in which some tables explain themselves."""
_STAMP: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?: ?(UTC|Z|[+-]\d\d:\d\d))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number from 1, and its fields by the columns' names in lower case."""

    number: int
    fields: dict[str, str]

    def get(self, *names: str) -> str:
        """Return the field of the first of these columns that there is, or nothing."""
        return next((self.fields[name] for name in names if name in self.fields), "")


def columns_of(body: bytes, needed: frozenset[str]) -> bool:
    """Say whether a table, by its first rows, has these columns (names in lower case)."""
    try:
        return any(needed <= _names(row) for _, row in zip(range(_NOTES), _raw(body), strict=False))
    except (csv.Error, UnicodeError):
        return False


def rows_of(member: Member, needed: frozenset[str]) -> Iterator[Row | InputError]:
    """Yield the rows of a table, and an `InputError` in the place of each that is damaged.

    Raises `InputError` if the table has other columns. What a cut leaves of a row is damage.
    """
    names: list[str] = []
    found = _raw(member.body)
    number = -1
    while True:
        number += 1
        try:
            row = next(found)
        except StopIteration:
            break
        except csv.Error:
            if names:
                yield InputError("a row that is not CSV, or has a field that is too long")
            elif number >= _NOTES:
                break
            continue
        if not names:
            if needed <= _names(row):
                names = [name.strip().lower() for name in row]
                number = 0
            elif number >= _NOTES:
                break
        elif row:
            yield _row(number, names, row)
    if not names and not (member.cut or not member.body.strip()):
        raise InputError("a table with columns that are not known")


def _row(number: int, names: list[str], row: list[str]) -> Row | InputError:
    if len(row) != len(names):
        return InputError("a row with too few or too many fields")
    if any("\0" in field for field in row):
        return InputError("holds a NUL")
    return Row(number, dict(zip(names, row, strict=True)))


def item_of(
    platform: str,
    *,
    native_id: str,
    author: str,
    created_at: datetime | None,
    url: str,
    text: str,
    pointer: str,
    signed: bool = False,
) -> SourceItem:
    """Return an item of an export. Raises `InputError` for what no honest export holds."""
    if len(text) > MAX_TEXT:
        raise InputError(f"a text longer than {MAX_TEXT} characters")
    if any(len(part) > _MAX_ADDRESS for part in (native_id, author, url)):
        raise InputError("an address or a name that is too long")
    if any("\0" in part for part in (native_id, author, url, text)):
        raise InputError("holds a NUL")
    if not native_id.strip():
        raise InputError("an item without its id")
    return SourceItem(
        native_id=RawText(whole(native_id)),
        platform=RawText(platform),
        kind=kind_of(platform),
        author=RawText(whole(author)),
        created_at=created_at,
        url=RawText(whole(url)),
        text=RawText(whole(text)),
        gate=AccessGate.GIVEN,
        pointer=pointer,
        signed=signed,
    )


def moment(stamp: str) -> datetime:
    """Return the moment of an export's time, which without an offset is of UTC."""
    found = _STAMP.fullmatch(stamp.strip())
    if found is None:
        raise InputError("an item without its time")
    day, clock, offset = found.groups()
    return rfc3339(f"{day}T{clock}{'Z' if offset in (None, 'UTC') else offset}")


def _names(row: list[str]) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in row)


def _raw(body: bytes) -> Iterator[list[str]]:
    wide = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = io.TextIOWrapper(
        io.BytesIO(body),
        encoding="utf-16" if wide else "utf-8-sig",
        errors="replace",
        newline="",
    )
    return csv.reader(text, strict=True)
