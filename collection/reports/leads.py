"""What only says where to look is read as leads: as evidence, such a file holds nothing.

A lead names a site by the kind of its platform wherever it is shown; the site itself goes into the
sealed record and no further.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from collection.files.limits import MAX_MEMBER
from collection.files.platforms import kind_of
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import whole
from collection.markup.saved_page import web_address
from models.consent import PlatformKind
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.leads import FoundLead, LeadKind
from models.text import RawText

MAX_LEADS: Final = 20_000
"""Leads of one file: several searches over every site that such tools know."""

MAX_WORDS: Final = 10_000
"""Characters of a selector or note."""

_MAX_HANDLE: Final = 320
_MAX_SITE: Final = 200


class NoEvidence:
    """Reads a file of leads as evidence: there is none in it, and that is said."""

    version: Final = "1"
    gate: Final = AccessGate.NONE

    def read(self, _path: Path) -> Iterator[SourceItem | Problem]:
        """Yield one problem, which says what the file is."""
        yield Problem("candidate accounts are leads, not evidence: not read here", WHOLE_FILE)


def account(handle: object, site: object, url: object, pointer: str) -> FoundLead:
    """Return a candidate account. Raises `InputError` for what names none."""
    if not isinstance(handle, str) or not handle.strip() or len(handle) > _MAX_HANDLE:
        raise InputError("a candidate account without its name")
    name = site if isinstance(site, str) and len(site) <= _MAX_SITE else ""
    address = web_address(url) if isinstance(url, str) else None
    if address is None and not name.strip():
        raise InputError("a candidate account without its site")
    return FoundLead(
        kind=LeadKind.ACCOUNT,
        text=RawText(whole(handle.strip())),
        site=RawText(whole(name.strip())),
        url=RawText(address.text if address else ""),
        platform=_kind(name, address.text if address else ""),
        pointer=pointer,
    )


def words(kind: LeadKind, text: object, pointer: str) -> FoundLead:
    """Return a selector or a note. Raises `InputError` for none."""
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_WORDS:
        raise InputError("a mark without its words")
    return FoundLead(kind=kind, text=RawText(whole(text.strip())), pointer=pointer)


def bounded(path: Path) -> str:
    """Return a report's text. Raises `InputError` for one that is too large or not UTF-8."""
    with path.open("rb") as file:
        body = file.read(MAX_MEMBER + 1)
    if len(body) > MAX_MEMBER:
        raise InputError(f"larger than {MAX_MEMBER} bytes")
    text = body.decode("utf-8-sig", "replace")
    if "\0" in text:
        raise InputError("holds a NUL")
    return text


def _kind(site: str, url: str) -> PlatformKind:
    by_name = kind_of(site)
    if by_name is not PlatformKind.OTHER:
        return by_name
    try:
        return kind_of(urlsplit(url).hostname or "")
    except ValueError:
        return PlatformKind.OTHER
