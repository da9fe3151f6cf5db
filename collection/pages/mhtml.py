"""A page that a browser saved as MHTML is read with its style sheets and its own site's frames.

Format: RFC 2557, as Chromium writes it ("Saved by Blink"). The page is the part at the address
that `Snapshot-Content-Location` names, else the first page. `Date` is the browser's own clock; a
tool that keeps the file may state another time beside it, and then both are kept.
"""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from collection.files.charset import decode
from collection.files.limits import MAX_PAGE, MAX_PART_HEADER, MAX_PARTS
from collection.files.reader import WHOLE_FILE, Problem
from collection.markup.saved_page import (
    Address,
    SavedPage,
    bytes_of,
    items_of,
    page_record,
    web_address,
)
from collection.pages import left_out
from collection.pages.web_recording import WebRecording
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
_CODINGS: Final = frozenset({"", "7bit", "8bit", "binary", "quoted-printable", "base64"})
_SEEN_AS_PICTURES: Final = ("image/", "audio/", "video/")
"""What the page itself tells of."""
_FONTS: Final = ("font/", "application/font", "application/x-font")
_HEAD: Final = 64 * 1024
_KINDS: Final = re.compile(
    rb"(?i)(?:^|[\r\n])content-(?:type|disposition)[ \t]*:[ \t]*"
    rb"([^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*)"
)
_MAX_GROUPS: Final = 8
"""How many parts may hold parts: each line is compared with every end that is waited for."""
_CHECKED: Final = "<saved by blink>"


class MhtmlReader:
    """Reads a page saved as MHTML."""

    name: Final = "mhtml"
    version: Final = "1"
    seen_versions: Final = ("Saved by Blink",)
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether the file's name ends in `.mhtml` or `.mht`."""
        return path.name.lower().endswith((".mhtml", ".mht"))

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield what the page and its frames say, and what of the file was not read."""
        try:
            body = bytes_of(path)
        except InputError as damage:
            yield Problem(f"mhtml: {damage.fault}", WHOLE_FILE)
            return
        yield from read_mhtml(body)


def read_mhtml(body: bytes) -> Iterator[SourceItem | Problem]:
    """Yield what a file says: items, and problems for what is damaged or was left out."""
    try:
        saved = _saved(body)
    except InputError as damage:
        yield Problem(f"mhtml: {damage.fault}", WHOLE_FILE)
        return
    for page in saved.pages:
        yield from items_of(page)
    yield from saved.problems


def recording_of_mhtml(path: Path) -> WebRecording:
    """Return who saved the page, where and when."""
    try:
        return recording_of_mhtml_bytes(bytes_of(path))
    except InputError:
        return WebRecording("", ())


def recording_of_mhtml_bytes(body: bytes) -> WebRecording:
    """Return who saved the page, where and when. Raises `InputError` for no such page."""
    saved = _saved(body)
    records = [record for page in saved.pages if (record := page_record(page)) is not None]
    return WebRecording(saved.software, tuple(records))


@dataclass(frozen=True, slots=True)
class _Saved:
    software: str
    pages: tuple[SavedPage, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    kind: str
    location: str
    body: bytes
    content_type: str
    pointer: str


def _saved(body: bytes) -> _Saved:
    message = _parse(body)
    software = _header(message, "From")
    stated = web_address(_header(message, "Snapshot-Content-Location"))
    at = _time(_header(message, "Date"))
    problems: list[Problem] = []
    parts = list(_parts(message, problems))
    pages = [part for part in parts if part.kind in _PAGES]
    if not pages:
        raise InputError("no page in it, or cut off")
    first = next((part for part in pages if stated and _same(part.location, stated)), pages[0])
    address = stated or web_address(first.location)
    if address is None:
        problems.append(Problem("the page's address is missing or not on the web", WHOLE_FILE))
    if at is None:
        problems.append(Problem("the time of saving is missing or no time", WHOLE_FILE))
    if software.lower() != _CHECKED:
        problems.append(Problem("saved by a tool that was not checked", WHOLE_FILE))
    if message.defects or any(part.defects for part in message.walk()):
        problems.append(Problem("the file is damaged or cut off", WHOLE_FILE))
    sheets = {
        part.location: decode(part.body, part.content_type)
        for part in parts
        if part.kind == "text/css" and part.location
    }
    fonts = {part.location: part.body for part in parts if part.kind.startswith(_FONTS)}
    found, elsewhere = [], 0
    for part in [first, *(one for one in pages if one is not first)]:
        place = address if part is first else web_address(part.location)
        if part is not first and not _same_host(place, address):
            elsewhere += 1
        else:
            markup = decode(part.body, part.content_type)
            found.append(SavedPage(place, at, markup, part.pointer, sheets, fonts))
    if elsewhere:
        problems.append(Problem(f"{elsewhere} frames of other sites were not read", WHOLE_FILE))
    return _Saved(software[:200], tuple(found), tuple(problems))


def _parse(body: bytes) -> Message:
    head = body[:_HEAD].lower()
    if b"mime-version" not in head or b"content-type" not in head:
        raise InputError("not a page in this format")
    _refuse_costly(body)
    message = None
    try:
        # The newer policies parse each type's header in a time that grows with its square.
        message = message_from_bytes(body, Message, policy=policy.compat32)
        count = sum(1 for _ in message.walk())
    except Exception:  # noqa: BLE001 - the parser raises all sorts of errors on hostile bytes
        message = None
    if message is None:
        raise InputError("cannot be read")
    if count > MAX_PARTS:
        raise InputError(f"more than {MAX_PARTS} parts")
    return message


def _refuse_costly(body: bytes) -> None:
    groups = 0
    for number, found in enumerate(_KINDS.finditer(body)):
        if number >= 2 * MAX_PARTS:
            raise InputError(f"more than {MAX_PARTS} parts")
        if len(found[1]) > MAX_PART_HEADER:
            raise InputError("an endless header")
        groups += b"multipart" in found[1].lower()
    if groups > _MAX_GROUPS:
        raise InputError("parts within parts")


def _parts(message: Message, problems: list[Problem]) -> Iterator[_Part]:
    left: Counter[str] = Counter()
    for number, part in enumerate(message.walk()):
        kind = _header(part, "Content-Type")
        short = kind.partition(";")[0].strip().lower()
        if short not in _PAGES and not part.is_multipart():
            left[left_out.kind_left(short)] += not short.startswith(_SEEN_AS_PICTURES)
        if short not in _PAGES and short != "text/css" and not short.startswith(_FONTS):
            continue
        pointer = f"part:{number}"
        try:
            body = part.get_payload(decode=True)
        except Exception:  # noqa: BLE001 - see above
            body = None
        if not isinstance(body, bytes) or not _is_unpacked(part):
            problems.append(Problem("a part that cannot be unpacked", pointer))
        elif len(body) > 4 * MAX_PAGE:
            problems.append(Problem(f"a part of more than {4 * MAX_PAGE} bytes", pointer))
        else:
            location = _header(part, "Content-Location").strip()
            yield _Part(short, location, body, kind, pointer)
    problems.extend(left_out.told(left))


def _is_unpacked(part: Message) -> bool:
    """Say whether a part was packed as its header says: else its letters are taken for words."""
    packed = _header(part, "Content-Transfer-Encoding").strip().lower()
    if packed not in _CODINGS:
        return False
    if packed != "base64":
        return True
    held = part.get_payload()
    try:
        base64.b64decode("".join(str(held).split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _header(message: Message, name: str) -> str:
    """Return a header as it stands, unfolded; a long one counts as missing."""
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            text = str(value)
            return "".join(text.splitlines()) if len(text) <= MAX_PART_HEADER else ""
    return ""


def _time(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text) if len(text) < 100 else None
        # Without an offset it is UTC: so browsers mean it.
        return at and at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _same(location: str, address: Address) -> bool:
    place = web_address(location)
    return place is not None and place.text == address.text


def _same_host(one: Address | None, other: Address | None) -> bool:
    if one is None or other is None:
        return False
    return urlsplit(one.text).hostname == urlsplit(other.text).hostname
