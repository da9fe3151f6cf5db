"""Business days skip weekends and holidays; an unknown calendar is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import PolicyError
from policy.calendar import add_business_days, holidays, is_business_day
from policy.state_holidays import day_of, easter_sunday, known_states, state_holidays


def after(day: str, count: int) -> str:
    moment = datetime.fromisoformat(f"{day}T16:30:00+00:00")
    result = add_business_days(moment, count, "US-CA")
    assert result.time() == moment.time()
    return result.date().isoformat()


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        pytest.param("2026-11-16", 5, "2026-11-23", id="plain week"),
        pytest.param("2026-11-20", 5, "2026-12-01", id="Thanksgiving and the day after"),
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
    end = add_business_days(moment, count, "US-AZ")

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


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ("02-12", "2026-02-12"),
        ("3 mon apr", "2026-04-20"),
        ("last fri oct", "2026-10-30"),
        ("day-after thanksgiving", "2026-11-27"),
        ("election-day", "2026-11-03"),
        ("easter-2", "2026-04-03"),
    ],
)
def test_a_state_s_rule_names_a_day(rule: str, day: str) -> None:
    assert day_of(rule, 2026).isoformat() == day
    assert easter_sunday(2027).isoformat() == "2027-03-28"


@pytest.mark.parametrize("rule", ["", "sometimes", "6 mon apr", "1 xyz apr", "1 mon xyz"])
def test_what_names_no_day_is_refused(rule: str) -> None:
    with pytest.raises(PolicyError):
        day_of(rule, 2026)


def test_a_state_s_own_holidays_do_not_count_for_its_applicants() -> None:
    """31 March in California; in Arizona, whose row has none, it counts."""
    moment = datetime(2026, 3, 30, 12, tzinfo=UTC)
    assert add_business_days(moment, 1, "US-CA").date() == date(2026, 4, 1)
    assert add_business_days(moment, 1, "US-AZ").date() == date(2026, 3, 31)
    owed = add_business_days(moment, 1, "US-CA", state_rests=False)
    assert owed.date() == date(2026, 3, 31), "what an agency owes is not put off"


def test_where_a_state_s_days_are_unknown_every_listed_day_is_one_of_rest() -> None:
    everywhere = state_holidays("US", 2026)
    assert "US-WY" not in known_states()
    assert state_holidays("US-WY", 2026) == everywhere
    assert all(state_holidays(place, 2026) <= everywhere for place in known_states())


@given(
    st.integers(1_577_836_800, 2_208_988_800).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.integers(1, 30),
)
def test_a_state_s_days_only_make_it_longer(at: datetime, count: int) -> None:
    shortest = add_business_days(at, count, "US", state_rests=False)
    for place in ("US", "US-CA", "US-WY", "US-AZ"):
        assert add_business_days(at, count, place) >= shortest


@given(st.integers(1971, 2200))
def test_a_day_that_falls_on_a_weekend_is_kept_on_a_working_day(year: int) -> None:
    assert all(day.weekday() < 5 for day in state_holidays("US-TX", year))
