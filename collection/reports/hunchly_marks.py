"""What an investigator marked in a Hunchly case are leads: selectors, and notes, which are opinion.

`case_data/selectors.json` is `[{ID, Selector}]` and `case_data/notes.json` is
`[{ID, PageId, Note, NoteDate}]`; how an id is capitalised differs from file to file. Older cases
have no notes.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from collection.files.members import Member
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import parse
from collection.files.zip_members import zip_members
from collection.reports.hunchly import in_case_data
from collection.reports.leads import MAX_LEADS, words
from models.errors import InputError
from models.leads import FoundLead, LeadKind

_MARKS: Final = {
    "selectors.json": (LeadKind.SELECTOR, "selector"),
    "notes.json": (LeadKind.NOTE, "note"),
}


def leads_of_hunchly(path: Path) -> Iterator[FoundLead | Problem]:
    """Yield the selectors and the notes of a case."""
    for part in zip_members(path, _wanted):
        if isinstance(part, Problem):
            yield part
            continue
        kind, key = _MARKS[part.name.name]
        try:
            rows = parse(part.body.decode("utf-8-sig", "replace"))
        except InputError as damage:
            yield Problem(f"{part.name.name}: {damage.fault}", WHOLE_FILE)
            continue
        yield from _marks(part, rows, kind, key)


def _marks(part: Member, rows: object, kind: LeadKind, key: str) -> Iterator[FoundLead | Problem]:
    if not isinstance(rows, list) or len(rows) > MAX_LEADS:
        yield Problem(f"{part.name.name}: not a list of a bearable length", WHOLE_FILE)
        return
    for number, row in enumerate(rows, start=1):
        text = None
        if isinstance(row, dict):
            text = {str(name).lower(): value for name, value in row.items()}.get(key)
        try:
            yield words(kind, text, f"{key}:{number}")
        except InputError as damage:
            yield Problem(damage.fault, f"{key}:{number}")


def _wanted(name: PurePosixPath) -> bool:
    return name.name in _MARKS and in_case_data(name)
