"""A WARC file is read record by record, each checked against its digests, up to the first damage.

Pages are answers of servers and, from recorders that keep no headers, `resource` records. What a
recorder wrote for its own use (`urn:…`) is no page. A `revisit` says that a page was as before:
it is read from the earlier record of the same file or WACZ.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from warcio.recordloader import ArcWarcRecord

from collection.files.charset import decode
from collection.files.inflate import Inflate
from collection.files.limits import MAX_LISTED, MAX_RECORD, MIB
from collection.files.reader import WHOLE_FILE, Problem
from collection.markup.entries import entries_of
from collection.pages.warc_records import Record, parsed, payload_of, records_of
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

_ENCODINGS: Final = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
_REMEMBERED: Final = 32 * MIB
"""Characters of pages that are kept for later records that say "as before"."""


class WarcReader:
    """Reads the HTML pages of a WARC file as posts (h-entry) or as one text each."""

    name: Final = "warc"
    version: Final = "2"
    seen_versions: Final = ("1.0", "1.1")
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether the file's name ends in `.warc` or `.warc.gz`."""
        return path.name.lower().endswith((".warc", ".warc.gz"))

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield each post once, however many pages of the file repeat it."""
        pages = Pages()
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
    _seen: set[bytes] = field(default_factory=set)
    _before: "OrderedDict[str, str]" = field(default_factory=OrderedDict)
    _kept: int = 0

    def read(self, stream: Inflate) -> Iterator[SourceItem | Problem]:
        """Yield each post of a stream that was not yielded before, up to a damage."""
        kind = "warc.gz" if stream.packed else "warc"
        first = self.records
        try:
            for record in records_of(stream, first=first + 1):
                self.records = record.number
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
        """Yield the count of the problems that were not listed."""
        if self.faults > MAX_LISTED:
            yield Problem(f"{self.faults - MAX_LISTED} more pages are damaged", WHOLE_FILE)

    def _read(self, record: Record) -> Iterator[SourceItem | Problem]:
        pointer = f"record:{record.number}"
        if record.block is None:
            yield Problem(f"a record of more than {MAX_RECORD} bytes was not read", pointer)
            return
        try:
            found = parsed(record)
            address = _address(found)
            self.addresses.add(hashlib.sha256(address.encode()).digest())
            markup = self._markup(found, address)
            if markup is not None:
                yield from entries_of(address, markup, pointer)
        except InputError as damage:
            yield Problem(damage.fault, pointer)

    def _markup(self, found: ArcWarcRecord, address: str) -> str | None:
        """Return a page's markup, None for a record that is no page."""
        if address.lower().startswith("urn:"):
            return None
        if found.rec_type == "revisit":
            return self._as_before(found)
        kind = _page_kind(found)
        if kind is None:
            return None
        markup = decode(payload_of(found), kind)
        for name in (_stated(found, "WARC-Payload-Digest"), f"at {address}"):
            if name and name not in self._before:
                self._before[name] = markup
                self._kept += len(markup)
        while self._kept > _REMEMBERED and self._before:
            self._kept -= len(self._before.popitem(last=False)[1])
        return markup

    def _as_before(self, found: ArcWarcRecord) -> str | None:
        digest = _stated(found, "WARC-Payload-Digest")
        earlier = _stated(found, "WARC-Refers-To-Target-URI").strip("<> ")
        for name in (digest, f"at {earlier}" if earlier and not digest else ""):
            if name and name in self._before:
                return self._before[name]
        kind = "" if found.http_headers is None else _content_type(found)
        if kind and kind.partition(";")[0].strip() not in _PAGES:
            return None
        raise InputError("a page that is as before, where the file does not hold what was before")


def _address(found: ArcWarcRecord) -> str:
    return _stated(found, "WARC-Target-URI").strip("<> ")


def _stated(found: ArcWarcRecord, name: str) -> str:
    return str(found.rec_headers.get_header(name) or "").strip()


def _content_type(found: ArcWarcRecord) -> str:
    return str(found.http_headers.get_header("Content-Type") or "").lower()


def _page_kind(found: ArcWarcRecord) -> str | None:
    """Return a page's content type with its character set, None for what is no page."""
    if found.rec_type == "resource":
        kind = _stated(found, "Content-Type").lower()
        return kind if kind.partition(";")[0].strip() in _PAGES else None
    if found.rec_type != "response" or found.http_headers is None:
        return None
    if not str(found.http_headers.get_statuscode()).startswith("2"):
        return None
    kind = _content_type(found)
    if kind.partition(";")[0].strip() not in _PAGES:
        return None
    encoding = str(found.http_headers.get_header("Content-Encoding") or "").strip().lower()
    if encoding not in _ENCODINGS:
        raise InputError("a page packed in a way that is not supported")
    return kind


def _digest(item: SourceItem) -> bytes:
    """Return what tells one post from another, of fixed size however long the post is."""
    native_id = item.native_id.reveal().encode()
    size = len(native_id).to_bytes(8, "big")
    return hashlib.sha256(size + native_id + item.text.reveal().encode()).digest()
