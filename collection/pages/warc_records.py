"""A web archive is framed record by record, and each record checked against its digests.

Framed here and then parsed by `warcio`: its own iterator writes what it stumbles over to standard
error, and takes a cut for an end. Formats: ISO 28500 (WARC 1.0, 1.1).
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from collection.files.inflate import Inflate
from collection.files.limits import MAX_ENTRIES, MAX_RECORD, MIB
from collection.pages.http_body import body_of
from models.errors import InputError

_log: Final = logging.getLogger(__name__)

_MAX_HEADER: Final = 64 * 1024
_VERSION: Final = re.compile(rb"WARC/1\.[01]\r?\n")
_UNKNOWN: Final = "unknown hash"
"""How `warcio` begins to say that it does not know a kind of digest."""
_ONCE: Final = frozenset(
    {
        *("warc-type", "warc-target-uri", "warc-date", "warc-record-id", "content-length"),
        *("content-type", "warc-block-digest", "warc-payload-digest"),
        *("warc-segment-number", "warc-refers-to-target-uri"),
    }
)
_LENGTH: Final = re.compile(rb"(?im)^Content-Length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?$")


@dataclass(frozen=True, slots=True)
class Record:
    """One record, not yet parsed."""

    number: int
    header: bytes
    block: bytes | None
    """None for a block that is too large to be a page."""


def records_of(stream: Inflate, *, first: int = 1) -> Iterator[Record]:
    """Yield the records of a stream, numbered from `first`.

    Raises `InputError` at the first damage.
    """
    for number in range(first, first + MAX_ENTRIES + 1):
        header = _header(stream, first=number == first)
        if header is None:
            return
        if number >= first + MAX_ENTRIES:
            raise InputError(f"more than {MAX_ENTRIES} records")
        found = _LENGTH.search(header)
        if found is None:
            raise InputError("a record that does not state its length")
        yield Record(number, header, _block(stream, int(found[1])))


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


def parsed(record: Record) -> ArcWarcRecord:
    """Return a record whose digests match. Raises `InputError`."""
    found, raw = None, None
    try:
        archive = ArchiveIterator(
            BytesIO(record.header + (record.block or b"")), check_digests=True
        )
        found = next(archive)
        raw = found.raw_stream.read()
    except Exception:  # noqa: BLE001 - warcio raises all sorts of errors on hostile bytes
        _log.debug("record not parsed", extra={"record": record.number})
    if found is None or raw is None:
        raise InputError("a record that cannot be read")
    if any(not str(one).startswith(_UNKNOWN) for one in found.digest_checker.problems):
        raise InputError("a record whose digest does not match")
    if _says_twice(found):
        raise InputError("a record that states one thing in two ways")
    found.raw_stream = BytesIO(raw)
    return found


def is_vouched_for(found: ArcWarcRecord) -> bool:
    """Say whether a digest of the record, of a kind that can be checked, was found to match."""
    return found.digest_checker.passed is True and not found.digest_checker.problems


def payload_of(found: ArcWarcRecord) -> bytes:
    """Return what a record carries, unpacked. Raises `InputError`."""
    raw = found.raw_stream.read()
    return raw if found.http_headers is None else body_of(raw, found.http_headers.headers)


def _says_twice(found: ArcWarcRecord) -> bool:
    stated: dict[str, str] = {}
    for name, value in found.rec_headers.headers:
        key = name.strip().lower()
        if key in _ONCE and stated.setdefault(key, value.strip()) != value.strip():
            return True
    return False
