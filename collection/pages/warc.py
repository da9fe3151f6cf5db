"""A WARC file is read record by record, each checked against its digests.

Pages are answers of servers and, from recorders that keep no headers, `resource` records. What a
recorder wrote for its own use (`urn:…`) is no page. A `revisit` says that a page was as before:
it is read from the earlier record of the same file or WACZ. What was cut off by the recorder, or
is the first of several segments, is told and not read; other answers are counted by kind.
"""

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from warcio.recordloader import ArcWarcRecord

from collection.files.charset import decode
from collection.files.inflate import Inflate
from collection.files.limits import MAX_LISTED, MAX_RECORD, MIB
from collection.files.reader import WHOLE_FILE, Problem
from collection.markup.saved_page import Address, SavedPage, items_of, web_address
from collection.pages import http_body, left_out
from collection.pages.warc_beside import Beside, address_of, stated
from collection.pages.warc_records import (
    Lost,
    Record,
    is_vouched_for,
    parsed,
    payload_of,
    records_of,
)
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
_REMEMBERED: Final = 32 * MIB
"""Characters of pages that are kept for later records that say "as before"."""


class WarcReader:
    """Reads the HTML pages of a WARC file as posts (h-entry) or as one text each."""

    name: Final = "warc"
    version: Final = "3"
    seen_versions: Final = ("1.0", "1.1")
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether the file's name ends in `.warc` or `.warc.gz`."""
        return path.name.lower().endswith((".warc", ".warc.gz"))

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield each post once, however many pages of the file repeat it."""
        pages = Pages()
        with Inflate(path) as stream:
            pages.beside.read(stream)
        with Inflate(path) as stream:
            yield from pages.read(stream)
        yield from pages.rest()


@dataclass(slots=True)
class Pages:
    """What was seen of one recording, whether of one file or of several in a WACZ."""

    records: int = 0
    faults: int = 0
    addresses: set[bytes] = field(default_factory=set)
    """Digests of the addresses for which there is a record."""
    beside: Beside = field(default_factory=Beside)
    """Filled before the first page is read."""
    _left: "Counter[str]" = field(default_factory=Counter)
    _unvouched: int = 0
    _seen: set[bytes] = field(default_factory=set)
    _before: "OrderedDict[str, str]" = field(default_factory=OrderedDict)
    _kept: int = 0

    def read(self, stream: Inflate) -> Iterator[SourceItem | Problem]:
        """Yield each post of a stream that was not yielded before, and what is damaged."""
        kind = "warc.gz" if stream.packed else "warc"
        first = self.records
        try:
            for record in records_of(stream, first=first + 1):
                self.records = record.number
                if isinstance(record, Lost):
                    yield Problem(f"{kind}: {record.fault}", f"record:{record.number}")
                    continue
                for part in self._read(record):
                    if isinstance(part, Problem):
                        self.faults += 1
                        if self.faults <= MAX_LISTED:
                            yield part
                    elif (key := _digest(part)) not in self._seen:
                        self._seen.add(key)
                        yield part
        except InputError as damage:
            yield Problem(f"{kind}: {damage.fault}", WHOLE_FILE)

    def rest(self) -> Iterator[Problem]:
        """Yield what is told once: problems that were not listed, and what is no public page."""
        if self.faults > MAX_LISTED:
            yield Problem(f"{self.faults - MAX_LISTED} more pages are damaged", WHOLE_FILE)
        if self._unvouched:
            noun = "page has" if self._unvouched == 1 else "pages have"
            fault = f"{self._unvouched} {noun} no digest that can be checked"
            yield Problem(fault, WHOLE_FILE)
        yield from left_out.told(self._left)

    def _read(self, record: Record) -> Iterator[SourceItem | Problem]:
        pointer = f"record:{record.number}"
        if record.block is None:
            yield Problem(f"a record of more than {MAX_RECORD} bytes was not read", pointer)
            return
        try:
            found = parsed(record)
            address = address_of(found)
            self.addresses.add(hashlib.sha256(address.encode()).digest())
            markup = self._markup(found, address)
            if markup is not None:
                place = self._place(found, address)
                beside = self.beside
                page = SavedPage(place, None, markup, pointer, beside.sheets, beside.fonts)
                yield from items_of(page)
                if place is None:
                    yield Problem("the page's address is missing or not on the web", pointer)
        except InputError as damage:
            yield Problem(damage.fault, pointer)

    def _place(self, found: ArcWarcRecord, address: str) -> Address | None:
        place = web_address(address)
        asked = self.beside.asked(found, address)
        if place is None or place.gate is not AccessGate.NONE or not self.beside.needs_login(asked):
            return place
        self._left[left_out.LOGIN] += 1
        return Address(place.text, AccessGate.LOGIN_WALL)

    def _markup(self, found: ArcWarcRecord, address: str) -> str | None:
        """Return a page's markup, None for a record that is no page."""
        if address.lower().startswith("urn:"):
            return None
        if found.rec_type == "revisit":
            return self._as_before(found)
        kind = self._page_kind(found)
        if kind is None:
            return None
        if self.beside.asked(found, address).sent:
            self._left[left_out.SENT] += 1
            return None
        if stated(found, "WARC-Truncated") or stated(found, "WARC-Segment-Number"):
            raise InputError("a page that is cut off")
        markup = decode(payload_of(found), kind)
        self._unvouched += not is_vouched_for(found)
        digest = stated(found, "WARC-Payload-Digest") if is_vouched_for(found) else ""
        for name in (digest, f"at {address}"):
            if name and name not in self._before:
                self._before[name] = markup
                self._kept += len(markup)
        while self._kept > _REMEMBERED and self._before:
            self._kept -= len(self._before.popitem(last=False)[1])
        return markup

    def _page_kind(self, found: ArcWarcRecord) -> str | None:
        """Return a page's content type with its character set; None, counted, for what is none."""
        if found.rec_type in ("resource", "conversion"):
            kind = stated(found, "Content-Type").lower()
        elif found.rec_type != "response":
            return None
        elif found.http_headers is None:
            if stated(found, "Content-Type").lower().startswith("application/http"):
                raise InputError("an answer whose address is missing or not on the web")
            return None
        else:
            kind = _content_type(found)
            status = str(found.http_headers.get_statuscode())
            if status.startswith("3"):
                return None
            if not status.startswith("2") or status == "206":
                self._left[left_out.PART if status == "206" else left_out.NOT_2XX] += 1
                return None
        if kind.partition(";")[0].strip() not in _PAGES or found.rec_type == "conversion":
            converted = found.rec_type == "conversion"
            self._left[left_out.DATA if converted else left_out.kind_left(kind)] += 1
            return None
        return kind

    def _as_before(self, found: ArcWarcRecord) -> str | None:
        digest = stated(found, "WARC-Payload-Digest")
        earlier = stated(found, "WARC-Refers-To-Target-URI").strip("<> ")
        for name in (digest, f"at {earlier}" if earlier and not digest else ""):
            if name and name in self._before:
                return self._before[name]
        kind = "" if found.http_headers is None else _content_type(found)
        if kind and kind.partition(";")[0].strip() not in _PAGES:
            return None
        raise InputError("a page that is as before, where the file does not hold what was before")


def _content_type(found: ArcWarcRecord) -> str:
    return http_body.field(found.http_headers.headers, "content-type").lower()


def _digest(item: SourceItem) -> bytes:
    """Return what tells one post from another, of fixed size however long the post is."""
    native_id = item.native_id.reveal().encode()
    size = len(native_id).to_bytes(8, "big")
    return hashlib.sha256(size + native_id + item.text.reveal().encode()).digest()
