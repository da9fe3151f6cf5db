"""A state's own holidays make an applicant's time longer; where they are unknown, all states' do.

The days are holidays.toml's, every one from memory, and each only ever adds rest.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from models.errors import PolicyError
from models.retention import Confidence
from models.value import Value
from policy.toml_file import TomlFile

HOLIDAYS_FILE: Final = Path(__file__).parent / "data" / "holidays.toml"
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS: Final = tuple(name.casefold() for name in calendar.month_abbr)
_NAMED: Final = re.compile(r"([1-5]|last) (\w{3}) (\w{3})")
_FIXED: Final = re.compile(r"([0-9]{2})-([0-9]{2})")
_EASTER: Final = re.compile(r"easter-([0-9]{1,2})")
_FRIDAY: Final = 4


class StateHolidays(Value):
    """The days of one state."""

    place: str = Field(pattern=r"^US-[A-Z]{2}$")
    days: tuple[str, ...]
    citation: str
    confidence: Confidence


@lru_cache(maxsize=512)
def state_holidays(jurisdiction: str, year: int) -> frozenset[date]:
    """Return the days of a year on which a state rests, federal holidays aside.

    Where no row has the state, or none is named, they are the days of every state in the table.
    """
    rows = known_states()
    chosen = [rows[jurisdiction]] if jurisdiction in rows else list(rows.values())
    rules = {rule for one in chosen for rule in one.days}
    return frozenset(kept for rule in rules for kept in _kept(day_of(rule, year)))


@lru_cache(maxsize=1)
def known_states() -> dict[str, StateHolidays]:
    """Return the rows by place. Raises `PolicyError` with the line of one that is no rule."""
    file = TomlFile(HOLIDAYS_FILE)
    rows: Any = file.fields.get("state", [])
    found = {}
    for at, row in enumerate(rows):
        one = file.model(StateHolidays, row, "state", at)
        for rule in one.days:
            try:
                day_of(rule, 2024)
            except PolicyError as fault:
                raise file.fault(fault.fault, "state", at, "days") from fault
        if one.place in found:
            raise file.fault("place: a state stands twice", "state", at, "place")
        found[one.place] = one
    return found


def day_of(rule: str, year: int) -> date:
    """Return the day that a rule names in a year. Raises `PolicyError` for one that is none."""
    if fixed := _FIXED.fullmatch(rule):
        return date(year, int(fixed[1]), int(fixed[2]))
    if easter := _EASTER.fullmatch(rule):
        return easter_sunday(year) - timedelta(days=int(easter[1]))
    if rule == "day-after thanksgiving":
        return _nth(year, 11, _DAYS.index("thu"), 4) + timedelta(days=1)
    if rule == "election-day":  # the Tuesday after the first Monday of November
        return _nth(year, 11, 0, 1) + timedelta(days=1)
    named = _NAMED.fullmatch(rule)
    if named is None or named[2] not in _DAYS or named[3] not in _MONTHS:
        raise PolicyError(f"days: {rule!r} names no day")
    weekday, month = _DAYS.index(named[2]), _MONTHS.index(named[3])
    if named[1] == "last":
        last = date(year, month, calendar.monthrange(year, month)[1])
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return _nth(year, month, weekday, int(named[1]))


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the anonymous rule of 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _kept(day: date) -> Iterator[date]:
    """Yield the day, or both days on which one of a weekend may be kept."""
    if day.weekday() <= _FRIDAY:
        yield day
        return
    yield day - timedelta(days=day.weekday() - _FRIDAY)
    yield day + timedelta(days=7 - day.weekday())
