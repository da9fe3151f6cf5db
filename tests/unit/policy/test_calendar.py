"""Business days skip weekends and federal holidays; an unknown calendar is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import PolicyError
from policy.calendar import add_business_days, holidays, is_business_day


def after(day: str, count: int) -> str:
    moment = datetime.fromisoformat(f"{day}T16:30:00+00:00")
    result = add_business_days(moment, count, "US-CA")
    assert result.time() == moment.time()
    return result.date().isoformat()


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        pytest.param("2026-11-16", 5, "2026-11-23", id="plain week"),
        pytest.param("2026-11-20", 5, "2026-11-30", id="Thanksgiving"),
        pytest.param("2026-11-21", 1, "2026-11-23", id="from a Saturday"),
        pytest.param("2026-12-24", 1, "2026-12-28", id="Christmas on Friday"),
        pytest.param("2026-12-31", 1, "2027-01-04", id="New Year on Friday"),
        pytest.param("2026-07-02", 1, "2026-07-06", id="4 July on Saturday, kept on Friday"),
        pytest.param("2027-07-02", 1, "2027-07-06", id="4 July on Sunday, kept on Monday"),
        pytest.param(
            "2021-12-30", 1, "2022-01-03", id="New Year on Saturday, kept the year before"
        ),
        pytest.param("2022-12-30", 1, "2023-01-03", id="New Year on Sunday, kept on Monday"),
        pytest.param("2026-06-18", 1, "2026-06-22", id="Juneteenth"),
        pytest.param("2020-06-18", 1, "2020-06-19", id="before Juneteenth was a holiday"),
        pytest.param("2024-02-28", 2, "2024-03-01", id="leap day"),
        pytest.param("2026-10-09", 1, "2026-10-13", id="Columbus Day"),
        pytest.param("2026-05-22", 1, "2026-05-26", id="Memorial Day"),
        pytest.param("2026-11-16", 0, "2026-11-16", id="none"),
    ],
)
def test_weekends_and_holidays_do_not_count(start: str, count: int, end: str) -> None:
    assert after(start, count) == end


def test_the_holidays_of_a_year_are_those_of_the_statute() -> None:
    """5 USC 6103; the list for 2026 as the Office of Personnel Management publishes it."""
    assert sorted(day.isoformat() for day in holidays(2026)) == [
        *("2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03"),
        *("2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25"),
    ]


@pytest.mark.parametrize("jurisdiction", ["GB", "CA", "US2", "USA-CA", ""])
def test_unknown_holidays_are_refused(jurisdiction: str) -> None:
    with pytest.raises(PolicyError):
        add_business_days(datetime(2026, 1, 1, tzinfo=UTC), 1, jurisdiction)


def test_nothing_is_counted_backward() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_business_days(datetime(2026, 1, 1, tzinfo=UTC), -1, "US")


@given(
    st.integers(946_684_800, 4_102_444_800).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.integers(1, 60),
)
def test_the_end_is_a_business_day_with_the_right_number_before_it(
    moment: datetime, count: int
) -> None:
    """Wherever in the country the days are counted, there are enough, and somewhere no more."""
    end = add_business_days(moment, count, "US")

    def counted(hours_behind: int) -> int:
        first = moment - timedelta(hours=hours_behind)
        days = [(first + timedelta(days=n + 1)).date() for n in range((end - moment).days)]
        return sum(is_business_day(day) for day in days)

    assert min(counted(hours) for hours in range(12)) == count


def test_a_friday_evening_is_no_saturday() -> None:
    """20:00 in New York is Saturday in UTC: five business days end the next Friday at 20:00."""
    evening = datetime(2026, 9, 12, 0, tzinfo=UTC)
    assert add_business_days(evening, 5, "US-NY") == datetime(2026, 9, 19, 0, tzinfo=UTC)
    sunday = datetime(2026, 9, 14, 0, tzinfo=UTC)
    assert add_business_days(sunday, 5, "US-NY") == datetime(2026, 9, 21, 0, tzinfo=UTC)


@given(st.integers(1971, 2200))
def test_no_holiday_is_kept_on_a_weekend(year: int) -> None:
    assert all(day.weekday() < 5 for day in holidays(year))
    assert all(day.year == year for day in holidays(year))
    assert date(year, 12, 25).weekday() >= 5 or date(year, 12, 25) in holidays(year)
