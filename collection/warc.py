"""A WARC file is read record by record, each checked against its digests, up to the first damage.

The file is framed here and each record then parsed by `warcio`: its own iterator writes what it
stumbles over to standard error, and takes a cut for an end. Formats: ISO 28500 (WARC 1.0, 1.1).
"""

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from collection.charset import decode
from collection.entries import entries_of
from collection.inflate import Inflate
from collection.limits import MAX_ENTRIES, MAX_LISTED, MAX_RECORD, MIB
from collection.reader import WHOLE_FILE, Problem
from collection.times import rfc3339
from collection.web_recording import WebRecording
from models.documentation import PageRecord
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

_log: Final = logging.getLogger(__name__)

_MAX_HEADER: Final = 64 * 1024
_VERSION: Final = re.compile(rb"WARC/1\.[01]\r?\n")
_LENGTH: Final = re.compile(rb"(?im)^Content-Length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?$")
_SOFTWARE: Final = re.compile(rb"(?im)^software[ \t]*:[ \t]*([^\r\n]{1,400})")
_ENCODINGS: Final = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


@dataclass(frozen=True, slots=True)
class _Record:
    number: int
    header: bytes
    block: bytes | None
    """None for a block that is too large to be a page."""


class WarcReader:
    """Reads the HTML pages of a WARC file as posts (h-entry) or as one text each."""

    name: Final = "warc"
    version: Final = "1"
    seen_versions: Final = ("1.0", "1.1")
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether the file's name ends in `.warc` or `.warc.gz`."""
        return path.name.lower().endswith((".warc", ".warc.gz"))

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield each post once, however many pages of the file repeat it."""
        seen: set[tuple[str, str]] = set()
        faults = 0
        with Inflate(path) as stream:
            kind = "warc.gz" if stream.packed else "warc"
            try:
                for record in _records(stream):
                    for part in _read(record):
                        if isinstance(part, Problem):
                            faults += 1
                            if faults <= MAX_LISTED:
                                yield part
                        elif (key := (part.native_id.reveal(), part.text.reveal())) not in seen:
                            seen.add(key)
                            yield part
            except InputError as damage:
                yield Problem(f"{kind}: {damage.fault}", WHOLE_FILE)
        if faults > MAX_LISTED:
            yield Problem(f"{faults - MAX_LISTED} more pages are damaged", WHOLE_FILE)


def recording_of(path: Path) -> WebRecording:
    """Return how the pages of a file were obtained, up to the first damage.

    Raises `OSError` if the file cannot be opened, and nothing for what is in it.
    """
    software = ""
    pages: list[PageRecord] = []
    came_from: dict[str, str] = {}
    with Inflate(path) as stream, suppress(InputError):
        for record in _records(stream):
            if record.block is None:
                continue
            try:
                parsed = _parse(record)
            except InputError:
                continue
            if parsed.rec_type == "warcinfo":
                software = software or _software(record.block)
            elif parsed.rec_type == "response" and parsed.http_headers is not None:
                page = _record_of(record, parsed, came_from)
                if page is not None:
                    pages.append(page)
    return WebRecording(software, tuple(pages))


def _record_of(
    record: _Record, parsed: ArcWarcRecord, came_from: dict[str, str]
) -> PageRecord | None:
    address = str(parsed.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    status = str(parsed.http_headers.get_statuscode())
    if not status.isdecimal() or not 100 <= int(status) <= 599:
        return None
    if status.startswith("3"):
        target = urljoin(address, str(parsed.http_headers.get_header("Location") or ""))
        came_from.setdefault(target, came_from.get(address, address))
        return None
    stamp = str(parsed.rec_headers.get_header("WARC-Date") or "")
    try:
        at = rfc3339(stamp)
    except InputError:
        at = None
    headers = parsed.http_headers.to_bytes()
    return PageRecord(
        pointer=f"record:{record.number}",
        requested=RawText(came_from.get(address, address)),
        final=RawText(address),
        status=int(status),
        headers_sha256=hashlib.sha256(headers).hexdigest(),
        body_sha256=hashlib.sha256(parsed.raw_stream.read()).hexdigest(),
        at=at,
    )


def _software(block: bytes) -> str:
    found = _SOFTWARE.search(block)
    return found[1].decode("utf-8", "replace").strip()[:200] if found else ""


def _records(stream: Inflate) -> Iterator[_Record]:
    for number in range(1, MAX_ENTRIES + 2):
        header = _header(stream, first=number == 1)
        if header is None:
            return
        if number > MAX_ENTRIES:
            raise InputError(f"more than {MAX_ENTRIES} records")
        found = _LENGTH.search(header)
        if found is None:
            raise InputError("a record that does not state its length")
        yield _Record(number, header, _block(stream, int(found[1])))


def _header(stream: Inflate, *, first: bool) -> bytes | None:
    line = stream.readline(_MAX_HEADER)
    while not first and line in (b"\r\n", b"\n"):
        line = stream.readline(_MAX_HEADER)
    if not line:
        if first:
            raise InputError("empty")
        return None
    if _VERSION.fullmatch(line) is None:
        raise InputError("no record where one should begin, or of an unknown version")
    lines = [line]
    size = len(line)
    while (line := stream.readline(_MAX_HEADER)) not in (b"\r\n", b"\n"):
        size += len(line)
        if not line.endswith(b"\n") or size > _MAX_HEADER:
            raise InputError("cut off" if not line.endswith(b"\n") else "an endless record header")
        lines.append(line)
    return b"".join([*lines, b"\r\n"])


def _block(stream: Inflate, size: int) -> bytes | None:
    kept = bytearray()
    left = size
    while left:
        found = stream.read(min(MIB, left))
        if not found:
            raise InputError("cut off")
        left -= len(found)
        if size <= MAX_RECORD:
            kept += found
    return bytes(kept) if size <= MAX_RECORD else None


def _read(record: _Record) -> Iterator[SourceItem | Problem]:
    pointer = f"record:{record.number}"
    if record.block is None:
        yield Problem(f"a record of more than {MAX_RECORD} bytes was not read", pointer)
        return
    try:
        page = _page(record)
        if page is not None:
            yield from entries_of(*page, pointer)
    except InputError as damage:
        yield Problem(damage.fault, pointer)


def _page(record: _Record) -> tuple[str, str] | None:
    """Return the address and the markup of a page, None for a record that is no page."""
    parsed = _parse(record)
    if parsed.rec_type != "response" or parsed.http_headers is None:
        return None
    headers = parsed.http_headers
    if not str(headers.get_statuscode()).startswith("2"):
        return None
    kind = str(headers.get_header("Content-Type") or "").lower()
    if kind.partition(";")[0].strip() not in ("text/html", "application/xhtml+xml"):
        return None
    encoding = str(headers.get_header("Content-Encoding") or "").strip().lower()
    if encoding not in _ENCODINGS:
        raise InputError("a page packed in a way that is not supported")
    address = str(parsed.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    return address, decode(_payload(parsed), kind)


def _parse(record: _Record) -> ArcWarcRecord:
    parsed, raw = None, None
    try:
        archive = ArchiveIterator(
            BytesIO(record.header + (record.block or b"")), check_digests=True
        )
        parsed = next(archive)
        raw = parsed.raw_stream.read()
    except Exception:  # noqa: BLE001 - warcio raises all sorts of errors on hostile bytes
        _log.debug("record not parsed", extra={"record": record.number})
    if parsed is None or raw is None:
        raise InputError("a record that cannot be read")
    if parsed.digest_checker.problems:
        raise InputError("a record whose digest does not match")
    parsed.raw_stream = BytesIO(raw)
    return parsed


def _payload(parsed: ArcWarcRecord) -> bytes:
    body = None
    try:
        body = bytes(parsed.content_stream().read(MAX_RECORD + 1))
    except Exception:  # noqa: BLE001 - see above
        _log.debug("page not unpacked")
    if body is None:
        raise InputError("a page that cannot be unpacked")
    if len(body) > MAX_RECORD:
        raise InputError(f"a page of more than {MAX_RECORD} bytes")
    return body
