"""A page without a record of its capture is read, and every item of it is of unknown origin.

Where a browser left its mark (`saved from url=`), that address counts, but not as a time. What the
page states itself (a canonical link, a time) is the page's word: its address is never taken.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from collection.files.charset import decode
from collection.files.reader import WHOLE_FILE, Problem
from collection.markup.page_bytes import refuse_other_kinds
from collection.markup.saved_page import (
    NO_ORIGIN,
    Address,
    SavedPage,
    bytes_of,
    items_of,
    page_record,
    web_address,
)
from collection.pages.web_recording import WebRecording
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

_HEAD: Final = 2048
_MARK: Final = re.compile(rb"<!--\s*saved from url=\((\d{4})\)(\S{1,2000})\s*-->", re.IGNORECASE)


class HtmlFileReader:
    """Reads an HTML page of which only the page itself is there."""

    name: Final = "html-page"
    version: Final = "1"
    seen_versions: Final = ("HTML 5",)
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether the file's name ends in `.html`, `.htm` or `.xhtml`."""
        return path.name.lower().endswith((".html", ".htm", ".xhtml"))

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield what the page says, and what of it was not read."""
        try:
            body = bytes_of(path)
        except InputError as damage:
            yield Problem(f"html: {damage.fault}", WHOLE_FILE)
            return
        yield from read_html(body)


def read_html(body: bytes) -> Iterator[SourceItem | Problem]:
    """Yield what a page says: items, and problems for what is damaged or was left out."""
    try:
        page = _page(body)
    except InputError as damage:
        yield Problem(f"html: {damage.fault}", WHOLE_FILE)
        return
    if page.address is None:
        yield NO_ORIGIN
    else:
        yield Problem("the file does not say when it was saved", WHOLE_FILE)
    yield from items_of(page)


def recording_of_html(path: Path) -> WebRecording:
    """Return where the page was saved from, if a browser marked it."""
    try:
        record = page_record(_page(bytes_of(path)))
    except InputError:
        return WebRecording("", ())
    return WebRecording("", () if record is None else (record,))


def _page(body: bytes) -> SavedPage:
    refuse_other_kinds(body)
    return SavedPage(
        address=_marked(body[:_HEAD]), at=None, markup=decode(body, ""), pointer="page:1"
    )


def _marked(head: bytes) -> Address | None:
    found = _MARK.search(head)
    if found is None or int(found[1]) != len(found[2]):
        return None
    return web_address(found[2].decode("utf-8", "replace"))
