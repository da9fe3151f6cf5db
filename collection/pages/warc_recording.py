"""How the pages of a recording were obtained is read from what the recorder wrote down itself."""

import hashlib
import re
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from warcio.recordloader import ArcWarcRecord

from collection.files.inflate import Inflate
from collection.files.times import rfc3339
from collection.markup.saved_page import web_address
from collection.pages.warc_records import Record, parsed, records_of
from collection.pages.web_recording import WebRecording
from models.documentation import PageRecord
from models.errors import InputError
from models.text import RawText

_SOFTWARE: Final = re.compile(rb"(?im)^software[ \t]*:[ \t]*([^\r\n]{1,400})")


def recording_of(path: Path) -> WebRecording:
    """Return how the pages of a file were obtained, up to the first damage.

    Raises `OSError` if the file cannot be opened, and nothing for what is in it.
    """
    notes = RecorderNotes()
    with Inflate(path) as stream:
        notes.read(stream)
    return notes.recording()


class RecorderNotes:
    """What the recorder noted, of one file or of several in a WACZ."""

    def __init__(self) -> None:
        self._software = ""
        self._pages: list[PageRecord] = []
        self._came_from: dict[str, str] = {}
        self._records = 0

    def read(self, stream: Inflate) -> None:
        """Read on, up to the first damage."""
        with suppress(InputError):
            for record in records_of(stream, first=self._records + 1):
                self._records = record.number
                if isinstance(record, Record) and record.block is not None:
                    with suppress(InputError):
                        self._note(record, record.block)

    def recording(self) -> WebRecording:
        """Return what was noted."""
        return WebRecording(self._software, tuple(self._pages))

    def _note(self, record: Record, block: bytes) -> None:
        found = parsed(record)
        if found.rec_type == "warcinfo":
            self._software = self._software or _software(block)
        elif found.rec_type == "response" and found.http_headers is not None:
            page = _record_of(record, found, self._came_from)
            if page is not None:
                self._pages.append(page)


def _record_of(
    record: Record, found: ArcWarcRecord, came_from: dict[str, str]
) -> PageRecord | None:
    address = str(found.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    status = str(found.http_headers.get_statuscode())
    if not status.isdecimal() or not 100 <= int(status) <= 599:
        return None
    if status.startswith("3"):
        try:
            target = urljoin(address, str(found.http_headers.get_header("Location") or ""))
        except ValueError:
            return None
        came_from.setdefault(target, came_from.get(address, address))
        return None
    stamp = str(found.rec_headers.get_header("WARC-Date") or "")
    try:
        at = rfc3339(stamp)
    except InputError:
        at = None
    headers = found.http_headers.to_bytes()
    requested = came_from.get(address, address)
    return PageRecord(
        pointer=f"record:{record.number}",
        requested=RawText(_plain(requested)),
        final=RawText(_plain(address)),
        status=int(status),
        headers_sha256=hashlib.sha256(headers).hexdigest(),
        body_sha256=hashlib.sha256(found.raw_stream.read()).hexdigest(),
        at=at,
    )


def _plain(address: str) -> str:
    """Return an address without a name or password in it; one that is none on the web as it is."""
    place = web_address(address)
    return address if place is None else place.text


def _software(block: bytes) -> str:
    found = _SOFTWARE.search(block)
    return found[1].decode("utf-8", "replace").strip()[:200] if found else ""
