"""The times of exports that are not RFC 3339: seconds or milliseconds of 1970, and X's own form."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from models.errors import InputError

_X: Final = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) (\d\d) (\d\d):(\d\d):(\d\d) \+0000 (\d{4})",
    re.ASCII,
)
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST: Final = datetime(1, 1, 2, tzinfo=UTC)
_LATEST: Final = datetime(3000, 1, 1, tzinfo=UTC)
_MILLISECONDS: Final = 100_000_000_000
"""What is further from 1970 than so many counts milliseconds: as seconds, it is the year 5138."""


def from_epoch(value: object) -> datetime | None:
    """Return the moment of seconds or milliseconds since 1970, or before it where negative.

    None for 0 or nothing, which stand for no time: what was made before 1970 was dated back by its
    owner, and is read. Raises `InputError` for what is no time in either.
    """
    if value is None or value == 0:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError("a time that is no number of seconds")
    thousandths = value if abs(value) > _MILLISECONDS else value * 1000
    if not _EARLIEST <= _at(thousandths) < _LATEST:
        raise InputError("a time that is no number of seconds")
    return _at(thousandths)


def x_time(value: object) -> datetime:
    """Return the moment of a time such as `Sat Feb 18 12:33:11 +0000 2023`."""
    found = _X.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[1] not in _MONTHS:
        raise InputError("not a time in the form of X")
    month, (_, day, hour, minute, second, year) = _MONTHS.index(found[1]) + 1, found.groups()
    return _moment(year, month, day, hour, minute, second)


def _at(thousandths: int) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=thousandths)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _moment(*parts: str | int) -> datetime:
    year, month, day, hour, minute, second = (int(part) for part in parts)
    try:
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        pass
    raise InputError("a time that no calendar has")
