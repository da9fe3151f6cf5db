"""A business day is one from Monday to Friday that is a holiday of neither country nor state.

Holidays after 5 USC 6103(a), with the days in lieu of 6103(b) for a week from Monday to Friday, and
those of `policy.state_holidays`, which count for an applicant's time and not for an agency's duty.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from models.errors import PolicyError
from policy.state_holidays import state_holidays

_DAY: Final = timedelta(days=1)
_WEST: Final = timedelta(hours=11)
"""How far the westernmost place of the United States is behind UTC (American Samoa, 15 USC 263)."""
_MONDAY: Final = 0
_THURSDAY: Final = 3
_SATURDAY: Final = 5
_SUNDAY: Final = 6

JUNETEENTH_SINCE: Final = 2021
"""Public Law 117-17, in force on 17 June 2021."""


def add_business_days(
    moment: datetime,
    count: int,
    jurisdiction: str,
    *,
    rest: AbstractSet[date] = frozenset(),
    state_rests: bool = True,
) -> datetime:
    """Return the same time of day on the `count`-th business day after the moment's day.

    `rest` are days on which the place rests besides, which only make it longer. Without
    `state_rests` the state's own holidays count as business days: what an agency owes is not put
    off by a table from memory.
    The day of the moment itself never counts. It is that of UTC, or of the west of the country
    where that makes it longer: whoever is told on a Friday evening would else have a day less.
    `count` is at least 0, and 0 gives the moment itself. Raises `PolicyError` for a jurisdiction
    whose holidays are not known: a waiting time that is too short would be unlawful.
    """
    if jurisdiction != "US" and not jurisdiction.startswith("US-"):
        raise PolicyError(f"the business days of {jurisdiction} are not known")
    if count < 0:
        raise ValueError("business days are counted forward")
    place = jurisdiction if state_rests else None
    return max(_counted(moment, count, behind, rest, place) for behind in (timedelta(), _WEST))


def _counted(
    moment: datetime, count: int, behind: timedelta, rest: AbstractSet[date], place: str | None
) -> datetime:
    """Count in days of a place where it is still so much earlier."""
    result = moment
    while count:
        result += _DAY
        day = (result - behind).date()
        if day in rest or (place is not None and day in state_holidays(place, day.year)):
            continue
        count -= is_business_day(day)
    return result


def is_business_day(day: date) -> bool:
    """Say whether a day counts, as far as weekends and federal holidays go."""
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """Return the days of a year on which federal offices rest for a holiday.

    New Year's Day of the next year is among them where it is kept on 31 December.
    """
    kept = {_kept(day) for day in _legal(year)}
    kept |= {_kept(date(year + 1, 1, 1))} if year < date.max.year else set()
    return frozenset(day for day in kept if day.year == year)


def _legal(year: int) -> Iterator[date]:
    yield date(year, 1, 1)
    yield _nth(year, 1, _MONDAY, 3)  # Birthday of Martin Luther King, Jr.
    yield _nth(year, 2, _MONDAY, 3)  # Washington's Birthday
    yield _last_monday_of_may(year)  # Memorial Day
    if year >= JUNETEENTH_SINCE:
        yield date(year, 6, 19)
    yield date(year, 7, 4)
    yield _nth(year, 9, _MONDAY, 1)  # Labor Day
    yield _nth(year, 10, _MONDAY, 2)  # Columbus Day
    yield date(year, 11, 11)  # Veterans Day
    yield _nth(year, 11, _THURSDAY, 4)  # Thanksgiving Day
    yield date(year, 12, 25)


def _kept(day: date) -> date:
    if day.weekday() == _SATURDAY:
        return day - _DAY
    return day + _DAY if day.weekday() == _SUNDAY else day


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - timedelta(days=last.weekday())
