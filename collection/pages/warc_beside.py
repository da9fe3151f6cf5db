"""What lies beside the pages of a recording is known before a page is read: style sheets, requests.

A recording is read twice: a page's style sheet may come after it, and so does what was asked with
it. What was asked for with a password, a token, or a cookie that no answer of the recording had
set, was not public; what was sent is no page.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from warcio.recordloader import ArcWarcRecord

from collection.files.charset import decode
from collection.files.inflate import Inflate
from collection.files.limits import MIB
from collection.markup.saved_page import web_address
from collection.pages import http_body
from collection.pages.warc_records import Record, parsed, payload_of, records_of
from models.errors import InputError

MAX_KEPT: Final = 16 * MIB
"""Characters of style sheets and bytes of fonts that are kept; further ones count as missing."""

CREDENTIALS: Final = frozenset(
    {"authorization", "proxy-authorization", "x-csrf-token", "x-xsrf-token", "x-api-key"}
)
_HEAD: Final = 64 * 1024
_MARKS: Final = (b"text/css", b"font", b"set-cookie")


@dataclass(frozen=True, slots=True)
class Asked:
    """How a page was asked for."""

    sent: bool = False
    """Something was sent with it, or another method than GET was used."""
    credentials: bool = False
    cookies: frozenset[str] = frozenset()


NOTHING: Final = Asked()


@dataclass(slots=True)
class Beside:
    """What a recording holds besides its pages."""

    sheets: dict[str, str] = field(default_factory=dict)
    """Style sheets by their addresses; and the same of fonts."""
    fonts: dict[str, bytes] = field(default_factory=dict)
    _asked: dict[str, Asked] = field(default_factory=dict)
    _linked: set[str] = field(default_factory=set)
    _set: set[str] = field(default_factory=set)
    _kept: int = 0

    def read(self, stream: Inflate) -> None:
        """Learn from a stream, up to a damage; whoever reads the pages tells of it."""
        try:
            for record in records_of(stream):
                if isinstance(record, Record) and record.block is not None and _may_matter(record):
                    self._learn(record)
        except InputError:
            return

    def asked(self, found: ArcWarcRecord, address: str) -> Asked:
        """Return how an answer was asked for, as far as the recording says."""
        for name in (stated(found, "WARC-Record-ID"), stated(found, "WARC-Concurrent-To")):
            if name and name in self._linked:
                return self._asked[name]
        return self._asked.get(f"at {address}", NOTHING)

    def needs_login(self, asked: Asked) -> bool:
        """Say whether it was asked for with something that the public does not have."""
        return asked.credentials or not asked.cookies <= self._set

    def _learn(self, record: Record) -> None:
        try:
            found = parsed(record)
            if found.rec_type == "request":
                self._note(found)
            elif found.http_headers is not None:
                self._keep(found)
        except InputError:
            return

    def _note(self, found: ArcWarcRecord) -> None:
        asked = _asked(found)
        for name in (stated(found, "WARC-Concurrent-To"), stated(found, "WARC-Record-ID")):
            if name:
                self._linked.add(name)
                self._asked[name] = asked
        if not stated(found, "WARC-Concurrent-To"):
            before = self._asked.get(name := f"at {address_of(found)}", NOTHING)
            self._asked[name] = Asked(
                sent=before.sent or asked.sent,
                credentials=before.credentials or asked.credentials,
                cookies=before.cookies | asked.cookies,
            )

    def _keep(self, found: ArcWarcRecord) -> None:
        headers = found.http_headers.headers
        for name, value in headers:
            if name.strip().lower() == "set-cookie":
                self._set.add(value.partition("=")[0].strip())
        kind = http_body.field(headers, "content-type").lower()
        place = web_address(address_of(found))
        status = str(found.http_headers.get_statuscode())
        if place is None or not status.startswith("2"):
            return
        if "font" in kind:
            font = payload_of(found)
            if place.text not in self.fonts and self._kept + len(font) <= MAX_KEPT:
                self._kept += len(font)
                self.fonts[place.text] = font
            return
        if not kind.startswith("text/css"):
            return
        sheet = decode(payload_of(found), kind)
        if place.text not in self.sheets and self._kept + len(sheet) <= MAX_KEPT:
            self._kept += len(sheet)
            self.sheets[place.text] = sheet


def address_of(found: ArcWarcRecord) -> str:
    """Return the address that a record states."""
    return stated(found, "WARC-Target-URI").strip("<> ")


def stated(found: ArcWarcRecord, name: str) -> str:
    """Return a field of a record's header, or nothing."""
    return str(found.rec_headers.get_header(name) or "").strip()


def _may_matter(record: Record) -> bool:
    """Say whether a record is worth its parsing: most are neither of the two."""
    if b"request" in record.header:
        return True
    head = (record.block or b"")[:_HEAD].lower()
    return any(mark in head for mark in _MARKS)


def _asked(found: ArcWarcRecord) -> Asked:
    if found.http_headers is None:
        return NOTHING
    method = str(found.http_headers.protocol or "").upper()
    names = {name.strip().lower() for name, _ in found.http_headers.headers}
    return Asked(
        sent=method not in ("GET", ""),
        credentials=bool(names & CREDENTIALS),
        cookies=frozenset(_cookies(found)),
    )


def _cookies(found: ArcWarcRecord) -> Iterator[str]:
    for name, value in found.http_headers.headers:
        if name.strip().lower() == "cookie":
            yield from (part.partition("=")[0].strip() for part in value.split(";") if part.strip())
