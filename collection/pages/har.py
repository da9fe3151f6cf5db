"""Pages in a HAR file are read; data, pictures and what no 2xx answer brought are counted.

Format: HTTP Archive 1.2, as browsers export and Playwright records it. `startedDateTime` is the
recorder's clock. What was asked for with a cookie, a token or a password was not public: it counts
as behind a login, and no header is kept. Exports "without sensitive data" leave such headers out;
then nothing in the file can show it.
"""

import base64
import binascii
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

from collection.files.charset import decode
from collection.files.limits import MAX_ENTRIES, MAX_LISTED, MAX_PAGE
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import elements, member
from collection.files.times import rfc3339
from collection.markup.saved_page import Address, SavedPage, bytes_of, items_of, web_address
from collection.pages import left_out
from collection.pages.warc_beside import CREDENTIALS
from collection.pages.web_recording import WebRecording
from models.documentation import PageRecord
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

_LOG: Final = re.compile(r'\A\ufeff?\s*\{\s*"log"\s*:\s*')
_CREATOR: Final = re.compile(r'"creator"\s*:\s*\{\s*"name"\s*:\s*"([^"\\]{1,80})"')
_PAGES: Final = ("text/html", "application/xhtml+xml")
_VERSIONS: Final = frozenset({"1.1", "1.2"})
_LAST_VERSION: Final = re.compile(r'"version"\s*:\s*"([^"\\]{1,20})"')
_SHORT: Final = "a page of fewer bytes than the file says: part of it may be missing"
_UNSEEN: Final = "har: a version of the format that was not seen before, or none"
_MARK: Final = 3
"""Bytes of a mark of the encoding, which are no text."""
_CREDENTIALS: Final = CREDENTIALS | {"cookie"}


class HarReader:
    """Reads the HTML pages of a HAR file as posts (h-entry) or as one text each."""

    name: Final = "har"
    version: Final = "1"
    seen_versions: Final = ("1.2",)
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether the file's name ends in `.har`."""
        return path.name.lower().endswith(".har")

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield what each page says, and what of the file was not read."""
        try:
            body = bytes_of(path)
        except InputError as damage:
            yield Problem(f"har: {damage.fault}", WHOLE_FILE)
            return
        yield from read_har(body)


@dataclass(frozen=True, slots=True)
class _Answer:
    page: SavedPage | None
    """None for an answer that is no page."""
    record: PageRecord | None
    left: str = ""
    """What an answer that is no page was, for the count."""
    short: bool = False
    """True if the file says that the page had more bytes than it holds."""


def read_har(body: bytes) -> Iterator[SourceItem | Problem]:
    """Yield each post once, however many pages of the file repeat it, and what was left out."""
    seen: set[tuple[str, str]] = set()
    left: Counter[str] = Counter()
    faults = 0
    sheets: dict[str, str] = {}
    for part in list(_answers(body, sheets)):
        if isinstance(part, Problem):
            faults += part.pointer != WHOLE_FILE
            if faults <= MAX_LISTED or part.pointer == WHOLE_FILE:
                yield part
            continue
        if part.page is None:
            left[part.left] += 1
            continue
        if part.short:
            yield Problem(_SHORT, part.page.pointer)
        for one in items_of(part.page):
            if isinstance(one, Problem):
                yield one
            elif (key := (one.native_id.reveal(), one.text.reveal())) not in seen:
                seen.add(key)
                left[left_out.LOGIN] += one.gate is not AccessGate.NONE
                yield one
    if faults > MAX_LISTED:
        yield Problem(f"{faults - MAX_LISTED} more entries are damaged", WHOLE_FILE)
    yield from left_out.told(left)


def recording_of_har(path: Path) -> WebRecording:
    """Return what recorded the file, and each page that it got."""
    try:
        body = bytes_of(path)
    except InputError:
        return WebRecording("", ())
    found = _CREATOR.search(body[:4096].decode("utf-8", "replace"))
    records = tuple(
        part.record
        for part in _answers(body, {})
        if isinstance(part, _Answer) and part.record is not None
    )
    return WebRecording(found[1] if found else "", records)


def _answers(body: bytes, sheets: dict[str, str]) -> Iterator[_Answer | Problem]:
    """Yield an answer or a problem for each entry, up to the first damage of the file itself.

    `sheets` gets the style sheets by their addresses: all of them are there at the end.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        yield Problem("har: not UTF-8", WHOLE_FILE)
        return
    start = _LOG.match(text)
    if start is None:
        yield Problem("har: not a file of this format", WHOLE_FILE)
        return
    came_from: dict[str, str] = {}
    known = _is_known(text[start.end() :])
    try:
        for number, entry in enumerate(elements(text[start.end() :], "entries"), 1):
            if number > MAX_ENTRIES:
                yield Problem(f"har: more than {MAX_ENTRIES} entries", WHOLE_FILE)
                return
            try:
                yield _answer(entry, f"entry:{number}", came_from, sheets)
                if not known:
                    known = True
                    yield Problem(_UNSEEN, WHOLE_FILE)
            except InputError as damage:
                yield Problem(damage.fault, f"entry:{number}")
    except InputError as damage:
        yield Problem(f"har: {damage.fault}", WHOLE_FILE)


def _answer(
    entry: object, pointer: str, came_from: dict[str, str], sheets: dict[str, str]
) -> _Answer:
    request, response = _object(entry, "request"), _object(entry, "response")
    address = request.get("url")
    place = web_address(address) if isinstance(address, str) else None
    status = response.get("status")
    if place is None or not isinstance(status, int) or isinstance(status, bool):
        raise InputError("an entry without an address or a status")
    if 300 <= status < 400:
        target = _redirected(place.text, response.get("redirectURL"))
        if target is not None:
            came_from.setdefault(target.text, came_from.get(place.text, place.text))
        return _Answer(None, None)
    content = _object(response, "content")
    kind = content.get("mimeType")
    kind = kind.strip().lower() if isinstance(kind, str) else ""
    if status == 206:
        return _Answer(None, None, left_out.PART)
    if not 200 <= status < 300:
        return _Answer(None, None, left_out.NOT_2XX)
    if kind.startswith("text/css"):
        sheets[place.text] = _markup(content, kind)[0]
    if not kind.startswith(_PAGES):
        return _Answer(None, None, left_out.kind_left(kind))
    if request.get("method") != "GET":
        return _Answer(None, None, left_out.SENT)
    gate = place.gate
    if gate is AccessGate.NONE and _has_credentials(request):
        gate = AccessGate.LOGIN_WALL
    at = _time(entry)
    markup, size = _markup(content, kind)
    page = SavedPage(Address(place.text, gate), at, markup, pointer, sheets)
    record = PageRecord(
        pointer=pointer,
        requested=RawText(came_from.get(place.text, place.text)),
        final=RawText(place.text),
        status=status,
        headers_sha256=_headers_digest(response),
        body_sha256=hashlib.sha256(markup.encode("utf-8", "replace")).hexdigest(),
        at=at,
    )
    return _Answer(page, record, short=_is_short(markup, size, content.get("size")))


def _redirected(origin: str, to: object) -> Address | None:
    try:
        return web_address(urljoin(origin, to)) if isinstance(to, str) and to else None
    except ValueError:
        return None


def _headers_digest(response: dict[str, Any]) -> str | None:
    headers = response.get("headers")
    if not isinstance(headers, list):
        return None
    lines = [
        f"{header.get('name')}: {header.get('value')}\r\n"
        for header in headers
        if isinstance(header, dict)
    ]
    return hashlib.sha256("".join(lines).encode("utf-8", "replace")).hexdigest()


def _object(value: object, key: str) -> dict[str, Any]:
    part = value.get(key) if isinstance(value, dict) else None
    if not isinstance(part, dict):
        raise InputError(f"an entry without its {key}")
    return part


def _has_credentials(request: dict[str, Any]) -> bool:
    if request.get("cookies"):
        return True
    headers = request.get("headers")
    # Headers that are in no list cannot be looked at: the page counts as behind a login.
    if not isinstance(headers, list):
        return True
    return any(
        not isinstance(header, dict) or str(header.get("name")).strip().lower() in _CREDENTIALS
        for header in headers
    )


def _is_known(log: str) -> bool:
    try:
        version = member(log, "version", before="entries")
    except InputError:
        return True  # the damage is told where the entries are read
    if version is None:
        last = _LAST_VERSION.search(log.rpartition("]")[2])
        version = last[1] if last else None
    return isinstance(version, str) and version in _VERSIONS


def _is_short(markup: str, size: int | None, stated: object) -> bool:
    """Say whether a page has fewer bytes than are stated, in whatever encoding it had."""
    if not isinstance(stated, int) or isinstance(stated, bool):
        return False
    wide = len(markup.encode("utf-16-le", "surrogatepass"))
    if size is None and stated in (wide, wide + 2):
        return False
    held = len(markup.encode("utf-8", "surrogatepass")) + _MARK if size is None else size
    return stated > held


def _markup(content: dict[str, Any], kind: str) -> tuple[str, int | None]:
    """Return a page and its size in bytes; None for one that the file holds as text."""
    text, encoding = content.get("text"), content.get("encoding")
    if not isinstance(text, str):
        raise InputError("a page whose content was not recorded")
    if encoding is None:
        return text, None
    if encoding != "base64" or len(text) > 8 * MAX_PAGE:
        raise InputError("a page packed in a way that is not supported, or too large")
    try:
        body = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        body = None
    if body is None:
        raise InputError("a page that cannot be unpacked")
    return decode(body, kind), len(body)


def _time(entry: object) -> datetime | None:
    stamp = entry.get("startedDateTime") if isinstance(entry, dict) else None
    try:
        return rfc3339(stamp) if isinstance(stamp, str) else None
    except InputError:
        return None
