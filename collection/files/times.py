"""Times are read strictly where a format promises RFC 3339, and leniently in HTML."""

import re
from datetime import UTC, datetime
from typing import Final

from models.errors import InputError

_RFC3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_HTML: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.\d{1,9})?)?"
    r"\s*([Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)


def rfc3339(text: str) -> datetime:
    """Return the moment that an RFC 3339 time names, in UTC.

    A leap second counts as the second before it. Raises `InputError` for anything else.
    """
    if _RFC3339.fullmatch(text) is None:
        raise InputError("not a time in the form of RFC 3339")
    stamp = text[:19].upper().replace(" ", "T")
    if stamp.endswith(":60"):
        stamp = stamp[:-2] + "59"
    offset = "+00:00" if text[-1] in "Zz" else text[-6:]
    return _moment(stamp + offset)


def html_time(text: str) -> datetime | None:
    """Return the moment of an HTML `datetime` attribute, in UTC, or None if it names no day.

    A time without an offset counts as UTC, a bare date as its first moment in UTC.
    """
    found = _HTML.fullmatch(text.strip())
    if found is None:
        return None
    day, clock, offset = found.groups()
    stamp = f"{day}T{clock or '00:00'}"
    try:
        return _moment(stamp + ("+00:00" if offset in (None, "Z", "z") else offset))
    except InputError:
        return None


def _moment(stamp: str) -> datetime:
    try:
        return datetime.fromisoformat(stamp).astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise InputError("a time that no calendar has") from exc
