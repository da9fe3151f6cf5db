"""A Hunchly case export gives its pages, each only if it is what the case's own digest says.

Layout: `pages/<id>.mhtml`, and in `case_data` a list of pages as JSON, as CSV or both. A page's
time is the browser's (the MHTML's `Date`); Hunchly's own stands beside it, as the two may differ
(Hunchly, "The MHTML file format"). What the investigator wrote or marked is opinion: it is never
opened here (`collection.reports.hunchly_marks`).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Final

from collection.files.limits import MAX_CAPTURE, MAX_LISTED
from collection.files.members import Member
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.zip_members import zip_members
from collection.pages.mhtml import read_mhtml, recording_of_mhtml_bytes
from collection.pages.web_recording import WebRecording
from collection.reports.hunchly_list import LISTS, ListedPage, listed_pages
from models.documentation import PageRecord
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

CASE_DATA: Final = "case_data"

_PAGE: Final = re.compile(r"(\d{1,12})\.mhtml?", re.ASCII | re.IGNORECASE)
_APART: Final = timedelta(minutes=1)
_DEEPEST: Final = 3
_LEFT_OUT: Final = {
    "notes.json": "notes of the investigator: opinion",
    "note_screenshots": "pictures of notes",
    "tagged_photos": "pictures and their captions",
    "tagged_photos.json": "pictures and their captions",
    "selectors.json": "selectors: leads, no evidence",
    "selector_hits.json": "selectors: leads, no evidence",
}


class HunchlyReader:
    """Reads the pages of a Hunchly case."""

    name: Final = "hunchly"
    version: Final = "1"
    seen_versions: Final = ("pages.json", "pages.csv", "without notes.json")
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether a zip file, damaged or not, holds a case's list of pages."""
        if not path.name.lower().endswith(".zip"):
            return False
        return any(isinstance(part, Member) for part in zip_members(path, is_list))

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield what the pages say, page by page; problems of the case as a whole last."""
        pages = _Pages(path)
        for number, body in pages.whole():
            pointer = f"page:{number}"
            for part in read_mhtml(body):
                if isinstance(part, SourceItem):
                    yield part.model_copy(update={"pointer": pointer})
                else:
                    yield Problem(part.fault, pointer)
            pages.compare(number, body)
        yield from pages.problems()


def recording_of_hunchly(path: Path) -> WebRecording:
    """Return where each page was, with the browser's time and Hunchly's, and its digest."""
    pages = _Pages(path)
    records: list[PageRecord] = []
    software = ""
    for number, body in pages.whole():
        try:
            made = recording_of_mhtml_bytes(body)
        except InputError:
            continue
        software = software or made.software
        listed = pages.listed[number]
        records += [
            one.model_copy(
                update={
                    "pointer": f"page:{number}",
                    "stated_at": listed.at,
                    "body_sha256": listed.sha256,
                }
            )
            for one in made.pages[:1]
        ]
    return WebRecording(f"Hunchly {software}".strip(), tuple(records))


def is_list(name: PurePosixPath) -> bool:
    """Say whether a member is the case's list of pages."""
    return name.name in LISTS and in_case_data(name)


def in_case_data(name: PurePosixPath) -> bool:
    """Say whether a member lies in the folder with the case's data."""
    return name.parent.name == CASE_DATA and len(name.parts) <= _DEEPEST


class _Pages:
    """The pages of a case that are what its list says, and a count of all the rest."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: list[Problem] = []
        self._left_out: Counter[str] = Counter()
        self._done: set[int] = set()
        self._apart = self._elsewhere = 0
        self.listed: dict[int, ListedPage] = {}
        lists = []
        for part in zip_members(path, is_list):
            if isinstance(part, Member):
                lists.append(part)
            else:
                self._note(part)
        self.listed = listed_pages(lists, self._note)

    def whole(self) -> Iterator[tuple[int, bytes]]:
        """Yield the number and the bytes of each page whose digest is right."""
        for part in zip_members(self._path, self._wanted):
            if isinstance(part, Problem):
                self._note(part)
                continue
            matched = _PAGE.fullmatch(part.name.name)
            number = int(matched[1]) if matched else -1
            fault = self._fault(number, part)
            if fault is None:
                self._done.add(number)
                yield number, part.body
            else:
                self._note(Problem(fault, f"page:{number}" if matched else WHOLE_FILE))

    def compare(self, number: int, body: bytes) -> None:
        """Count a page whose own address or time is not the one that the case states."""
        try:
            made = recording_of_mhtml_bytes(body).pages[:1]
        except InputError:
            return
        listed = self.listed[number]
        for page in made:
            if page.at is not None and listed.at is not None:
                self._apart += abs(page.at - listed.at) > _APART
            self._elsewhere += bool(listed.url) and listed.url != page.final.reveal()

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the case, and what of it was left out."""
        yield from self._found[:MAX_LISTED]
        if len(self._found) > MAX_LISTED:
            yield Problem(f"{len(self._found) - MAX_LISTED} more faults", WHOLE_FILE)
        missing = sum(number not in self._done for number in self.listed)
        for count, what in (
            (missing, "pages that the case lists were not read"),
            (self._apart, "pages with two times more than a minute apart: both are kept"),
            (self._elsewhere, "pages at another address than the case states"),
        ):
            if count:
                yield Problem(f"{count} {what}", WHOLE_FILE)
        for reason, count in sorted(self._left_out.items()):
            yield Problem(f"left out: {reason} ({count})", WHOLE_FILE)

    def _wanted(self, name: PurePosixPath) -> bool:
        if name.parent.name == "pages" and len(name.parts) <= _DEEPEST:
            return True
        if not is_list(name):
            place = name.parent.name if name.parent.name != CASE_DATA else name.name
            self._left_out[_LEFT_OUT.get(place, "files that no case is known to have")] += 1
        return False

    def _fault(self, number: int, page: Member) -> str | None:
        listed = self.listed.get(number)
        if number < 0:
            return "a page whose name is no number: not read"
        if number in self._done:
            return "two pages of one number: the first counts"
        if listed is None:
            return "a page that the case does not list: not read"
        if not listed.sha256:
            return "a page without one clear digest: not read"
        if len(page.body) > MAX_CAPTURE:
            return f"a page of more than {MAX_CAPTURE} bytes"
        if hashlib.sha256(page.body).hexdigest() != listed.sha256:
            return "a page that is not what its digest says: not read"
        return None

    def _note(self, problem: Problem) -> None:
        if problem not in self._found:
            self._found.append(problem)
