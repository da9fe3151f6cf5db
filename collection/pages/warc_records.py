"""A web archive is framed record by record, and each record checked against its digests.

Behind a damage it goes on only in a gzip file whose records are members of their own, where a
member begins: what looks like a record within another may be what a page put there. Framed here
and then parsed by `warcio`: its own iterator writes what it stumbles over to standard error, and
takes a cut for an end. Formats: ISO 28500 (WARC 1.0, 1.1).
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
from collection.files.silent import silence
from collection.pages.http_body import body_of
from models.errors import InputError

_log: Final = logging.getLogger(__name__)
# It logs addresses that it does not like, and they are of the material.
silence("warcio.recordloader")

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
_ENOUGH: Final = 2
_LENGTH: Final = re.compile(rb"(?im)^Content-Length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?$")


@dataclass(frozen=True, slots=True)
class Record:
    """One record, not yet parsed."""

    number: int
    header: bytes
    block: bytes | None
    """None for a block that is too large to be a page."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A damaged record, or several, behind which others can be read."""

    number: int
    fault: str


def records_of(stream: Inflate, *, first: int = 1) -> Iterator[Record | Lost]:
    """Yield the records of a stream, numbered from `first`, and where damaged ones were.

    Raises `InputError` at a damage behind which nothing can be read.
    """
    framed = _Framed(stream)
    for number in range(first, first + MAX_ENTRIES):
        one = framed.next(number, is_first=number == first)
        if one is None:
            return
        yield one
    if framed.next(first + MAX_ENTRIES, is_first=False) is not None:
        raise InputError(f"more than {MAX_ENTRIES} records")


class _Framed:
    def __init__(self, stream: Inflate) -> None:
        self._stream = stream
        self._begun = 0
        """How many records began where a member of the file begins."""
        self._all_begun = True

    def next(self, number: int, *, is_first: bool) -> Record | Lost | None:
        passed = None
        try:
            header = self._header(is_first=is_first)
            return None if header is None else Record(number, header, self._block(_length(header)))
        except InputError as damage:
            if self._is_apart():
                passed = self._stream.go_on()
            if passed is None:
                raise
            more = f"; {passed} bytes were passed over" if passed else ""
            return Lost(number, f"{damage.fault}{more}")

    def _is_apart(self) -> bool:
        """Say whether every record was a member of its own: the second shows it of the first."""
        return self._all_begun and self._begun >= _ENOUGH

    def _first_line(self, *, is_first: bool) -> bytes:
        while True:
            begins = self._stream.begins()
            self._begun += begins
            self._stream.bounded = begins and self._is_apart()
            line = self._stream.readline(_MAX_HEADER)
            if is_first or line not in (b"\r\n", b"\n"):
                self._all_begun = self._all_begun and (begins or not line)
                return line

    def _header(self, *, is_first: bool) -> bytes | None:
        line = self._first_line(is_first=is_first)
        if not line:
            if is_first:
                raise InputError("empty")
            return None
        if _VERSION.fullmatch(line) is None:
            raise InputError("no record where one should begin, or of an unknown version")
        lines = [line]
        size = len(line)
        while (line := self._line()) not in (b"\r\n", b"\n"):
            size += len(line)
            if not line.endswith(b"\n") or size > _MAX_HEADER:
                fault = "cut off" if not line.endswith(b"\n") else "an endless record header"
                raise InputError(fault)
            lines.append(line)
        return b"".join([*lines, b"\r\n"])

    def _line(self) -> bytes:
        self._refuse_to_run_on()
        return self._stream.readline(_MAX_HEADER)

    def _block(self, size: int) -> bytes | None:
        kept = bytearray()
        left = size
        while left:
            self._refuse_to_run_on()
            found = self._stream.read(min(MIB, left))
            if not found:
                raise InputError("cut off")
            left -= len(found)
            if size <= MAX_RECORD:
                kept += found
        return bytes(kept) if size <= MAX_RECORD else None

    def _refuse_to_run_on(self) -> None:
        if self._stream.bounded and self._stream.begins():
            raise InputError("a record that runs on into the next")


def _length(header: bytes) -> int:
    found = _LENGTH.search(header)
    if found is None:
        raise InputError("a record that does not state its length")
    return int(found[1])


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
