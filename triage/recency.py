"""How long ago something was said is told in bands: an exact date says more than is allowed."""

from datetime import datetime
from typing import Final

from models.finding import Recency

REPORTABLE_YEARS: Final = 7
"""Older adverse items are not reported: 15 USC 1681c(a)(5)."""

_BANDS: Final = (
    (1, Recency.UNDER_ONE_YEAR),
    (3, Recency.ONE_TO_THREE_YEARS),
    (5, Recency.THREE_TO_FIVE_YEARS),
    (REPORTABLE_YEARS, Recency.FIVE_TO_SEVEN_YEARS),
)


def band(said_at: datetime, now: datetime, *, beyond: bool = False) -> Recency | None:
    """Return the band in which a moment lies, both moments being aware.

    None for a moment in the future, or seven years back and more unless what is older counts too.
    """
    if said_at > now:
        return None
    older = Recency.OVER_SEVEN_YEARS if beyond else None
    return next((found for years, found in _BANDS if said_at > years_before(now, years)), older)


def years_before(now: datetime, years: int) -> datetime:
    """Return the same day that many years earlier; 29 February becomes 28 February."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, day=28)
