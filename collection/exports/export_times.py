"""The times of exports that are not RFC 3339: seconds since 1970, and X's own form."""

import re
from datetime import UTC, datetime
from typing import Final

from models.errors import InputError

_X: Final = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) (\d\d) (\d\d):(\d\d):(\d\d) \+0000 (\d{4})",
    re.ASCII,
)
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_LATEST: Final = 32_503_680_000
"""The year 3000: what lies behind it counts milliseconds, or nothing."""


def from_epoch(value: object) -> datetime | None:
    """Return the moment of seconds since 1970; None for 0 or nothing, which stand for no time."""
    if value is None or value == 0:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < _LATEST:
        raise InputError("a time that is no number of seconds")
    return datetime.fromtimestamp(value, UTC)


def x_time(value: object) -> datetime:
    """Return the moment of a time such as `Sat Feb 18 12:33:11 +0000 2023`."""
    found = _X.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[1] not in _MONTHS:
        raise InputError("not a time in the form of X")
    month, (_, day, hour, minute, second, year) = _MONTHS.index(found[1]) + 1, found.groups()
    return _moment(year, month, day, hour, minute, second)


def _moment(*parts: str | int) -> datetime:
    year, month, day, hour, minute, second = (int(part) for part in parts)
    try:
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        pass
    raise InputError("a time that no calendar has")
