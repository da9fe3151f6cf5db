"""A page saved with SingleFile says in its first comment where it was and when it was saved.

The comment is read from the first 4 KiB alone, so that a page cannot bring one of its own further
down. Style sheets and frames lie within the page.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from collection.files.charset import decode
from collection.files.reader import WHOLE_FILE, Problem
from collection.markup.page_bytes import refuse_other_kinds
from collection.markup.saved_page import SavedPage, bytes_of, items_of, page_record, web_address
from collection.pages.web_recording import WebRecording
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

HEAD: Final = 4096

_START: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype[^>]{0,200}>\s*)?(?:<html(?:\s[^>]{0,2000})?>\s*)?"
    rb"(?:<!--\[if[^>]{0,200}>\s*)?"
    rb"<!--\s*Page saved with SingleFile\s(.{0,3000}?)-->",
    re.IGNORECASE | re.DOTALL,
)
_URL: Final = re.compile(r"^[ \t]*url:[ \t]*(\S+)[ \t]*\r?$", re.MULTILINE)
_DATE: Final = re.compile(
    r"^[ \t]*saved date:[ \t]*(\w{3} \w{3} \d\d \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4})", re.MULTILINE
)
_ZIP_END: Final = b"PK\x05\x06"


class SingleFileReader:
    """Reads a page saved with SingleFile."""

    name: Final = "single-file"
    version: Final = "1"
    seen_versions: Final = ("comment with url and saved date",)
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether a page begins with SingleFile's comment."""
        if not path.name.lower().endswith((".html", ".htm")):
            return False
        with path.open("rb") as file:
            return is_single_file(file.read(HEAD))

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield what the page says, and what of it was not read."""
        try:
            body = bytes_of(path)
        except InputError as damage:
            yield Problem(f"single-file: {damage.fault}", WHOLE_FILE)
            return
        yield from read_single_file(body)


def is_single_file(head: bytes) -> bool:
    """Say whether the first bytes of a page hold SingleFile's comment."""
    return _START.match(head) is not None


def read_single_file(body: bytes) -> Iterator[SourceItem | Problem]:
    """Yield what a page says: items, and problems for what is damaged or was left out."""
    try:
        page = _page(body)
    except InputError as damage:
        yield Problem(f"single-file: {damage.fault}", WHOLE_FILE)
        return
    if page.address is None:
        yield Problem("the page's address is missing or not on the web", WHOLE_FILE)
    if page.at is None:
        yield Problem("the time of saving is missing or no time", WHOLE_FILE)
    yield from items_of(page)


def recording_of_single_file(path: Path) -> WebRecording:
    """Return where and when the page was saved."""
    try:
        record = page_record(_page(bytes_of(path)))
    except InputError:
        return WebRecording("", ())
    return WebRecording("SingleFile", () if record is None else (record,))


def _page(body: bytes) -> SavedPage:
    refuse_other_kinds(body)
    if _ZIP_END in body[-70_000:]:
        raise InputError("a page packed as an archive in itself is not supported")
    comment = _START.match(body[:HEAD])
    words = decode(comment[1], "charset=utf-8") if comment else ""
    stated, saved = _URL.search(words), _DATE.search(words)
    return SavedPage(
        address=web_address(stated[1]) if stated else None,
        at=_time(saved[1]) if saved else None,
        markup=decode(body, ""),
        pointer="page:1",
    )


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%a %b %d %Y %H:%M:%S GMT%z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
