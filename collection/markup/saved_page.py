"""What all files with one saved page have in common: its address, its time, what is left unread.

An address is taken from what the tool wrote down, never from the page's own word. One with a name
or password in it stands for a page behind that password, and never goes on with them.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from collection.files.limits import MAX_CAPTURE
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import whole
from collection.markup.entries import entries_of
from models.consent import PlatformKind
from models.documentation import PageRecord
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

UNKNOWN: Final = "unknown"
"""The platform of what does not say where it is from."""

NO_ORIGIN: Final = Problem(
    "the file does not say where or when it was saved: weaker evidence, to be confirmed", WHOLE_FILE
)

_MAX_ADDRESS: Final = 8_192
_PICTURES: Final = re.compile(r"<(?:img|picture|svg|video|canvas)[\s/>]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a page was, as the tool that saved it says."""

    text: str
    gate: AccessGate = AccessGate.NONE


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One page as a tool saved it."""

    address: Address | None
    """None if nothing says where it was."""
    at: datetime | None
    markup: str
    pointer: str
    sheets: Mapping[str, str] | None = field(default_factory=dict)
    fonts: Mapping[str, bytes] = field(default_factory=dict)


def bytes_of(path: Path) -> bytes:
    """Return a file's bytes. Raises `InputError` for one that is too large to be a page."""
    with path.open("rb") as file:
        body = file.read(MAX_CAPTURE + 1)
    if len(body) > MAX_CAPTURE:
        raise InputError(f"larger than {MAX_CAPTURE} bytes")
    return body


def web_address(text: str) -> Address | None:
    """Return an address on the web, without names, passwords and fragment; else None."""
    text = whole(text.strip())
    if len(text) > _MAX_ADDRESS or any(ord(character) < 33 for character in text):
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    user, at, place = parts.netloc.rpartition("@")
    gate = AccessGate.PASSWORD if at and user else AccessGate.NONE
    plain = parts._replace(netloc=place, scheme=parts.scheme.lower(), fragment="")
    return Address(urlunsplit(plain), gate)


def items_of(page: SavedPage) -> Iterator[SourceItem | Problem]:
    """Yield what a saved page says, and what of it was not read."""
    address = page.address
    whole_page = _digest(page.markup)
    try:
        for part in entries_of(
            address.text if address else "",
            page.markup,
            page.pointer,
            sheets=page.sheets,
            fonts=page.fonts,
        ):
            if isinstance(part, Problem):
                yield part
            elif address is None:
                yield without_origin(part, whole_page)
            else:
                yield part.model_copy(update={"gate": address.gate})
    except InputError as damage:
        yield Problem(damage.fault, page.pointer)
        return
    yield from _unread(page)


def without_origin(item: SourceItem, whole_file: str) -> SourceItem:
    """Return an item as one of nowhere: addresses that only the page itself states do not count."""
    own = _digest(whole_file + item.text.reveal())
    return item.model_copy(
        update={
            "native_id": RawText(f"sha256:{own}"),
            "platform": RawText(UNKNOWN),
            "kind": PlatformKind.OTHER,
            "url": RawText(""),
        }
    )


def page_record(page: SavedPage) -> PageRecord | None:
    """Return what the file says of the page's making; None if it says nothing."""
    if page.address is None:
        return None
    return PageRecord(
        pointer=page.pointer,
        requested=RawText(page.address.text),
        final=RawText(page.address.text),
        body_sha256=_digest(page.markup),
        at=page.at,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _unread(page: SavedPage) -> Iterator[Problem]:
    pictures = len(_PICTURES.findall(page.markup))
    if pictures:
        yield Problem(f"{pictures} pictures or films on the page were not looked at", page.pointer)
