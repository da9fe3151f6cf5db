"""Dates cross the wall as bands, and not at all beyond seven years."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.consent import PlatformKind
from models.criteria import Conduct, Criterion
from models.evidence import AccessGate, SourceItem
from models.finding import Recency
from models.text import RawText
from triage.recency import band, years_before
from triage.reportable import Reason, unreportable

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
MOMENTS = st.integers(0, 40 * 365).map(lambda days: NOW - timedelta(days=days))


@pytest.mark.parametrize(
    ("said_at", "expected"),
    [
        (NOW, Recency.UNDER_ONE_YEAR),
        (datetime(2025, 6, 15, 12, 0, 1, tzinfo=UTC), Recency.UNDER_ONE_YEAR),
        (datetime(2025, 6, 15, 12, tzinfo=UTC), Recency.ONE_TO_THREE_YEARS),
        (datetime(2023, 6, 15, 12, tzinfo=UTC), Recency.THREE_TO_FIVE_YEARS),
        (datetime(2021, 6, 15, 12, tzinfo=UTC), Recency.FIVE_TO_SEVEN_YEARS),
        (datetime(2019, 6, 15, 12, 0, 1, tzinfo=UTC), Recency.FIVE_TO_SEVEN_YEARS),
        (datetime(2019, 6, 15, 12, tzinfo=UTC), None),
        (NOW + timedelta(seconds=1), None),
    ],
)
def test_bands_meet_without_a_gap(said_at: datetime, expected: Recency | None) -> None:
    assert band(said_at, NOW) is expected


@given(MOMENTS, MOMENTS)
def test_older_never_means_a_newer_band(one: datetime, other: datetime) -> None:
    order = [*Recency, None]
    older, newer = sorted((one, other))
    assert order.index(band(older, NOW)) >= order.index(band(newer, NOW))


def test_a_leap_day_has_an_anniversary() -> None:
    assert years_before(datetime(2024, 2, 29, tzinfo=UTC), 1) == datetime(2023, 2, 28, tzinfo=UTC)


def item(created_at: datetime | None) -> SourceItem:
    return SourceItem(
        native_id=RawText("1"),
        platform=RawText("x"),
        kind=PlatformKind.SOCIAL,
        author=RawText("sam"),
        created_at=created_at,
        url=RawText(""),
        text=RawText("hello"),
        gate=AccessGate.NONE,
        pointer="line:1",
    )


def criterion(years: int) -> Criterion:
    return Criterion(
        code="harassment",
        dimension="Interpersonal Skills",
        text="…",
        job_relevance="…",
        lookback_years=years,
        conduct=(Conduct.HARASSES_A_PERSON,),
    )


@pytest.mark.parametrize(
    ("created_at", "policy_years", "criterion_years", "expected"),
    [
        (NOW - timedelta(days=30), 7, 7, None),
        (None, 7, 7, Reason.NO_DATE),
        (NOW + timedelta(days=1), 7, 7, Reason.IN_THE_FUTURE),
        (NOW - timedelta(days=4 * 366), 3, 7, Reason.TOO_OLD),
        (NOW - timedelta(days=4 * 366), 7, 3, Reason.TOO_OLD),
        (NOW - timedelta(days=4 * 366), 7, 7, None),
        (NOW - timedelta(days=8 * 366), 20, 20, Reason.TOO_OLD),
    ],
)
def test_the_shortest_lookback_binds(
    created_at: datetime | None,
    policy_years: int,
    criterion_years: int,
    expected: Reason | None,
) -> None:
    """15 USC 1681c(a)(5): seven years whatever a policy says, and no date means too old."""
    found = unreportable(
        item(created_at),
        criterion=criterion(criterion_years),
        now=NOW,
        lookback_years=policy_years,
    )
    assert found is expected
