"""An item is reportable if it has a date, and the date lies within every lookback that applies."""

from datetime import datetime
from enum import StrEnum

from models.criteria import Criterion
from models.evidence import SourceItem
from triage.recency import REPORTABLE_YEARS, years_before


class Reason(StrEnum):
    """Why an item is not reportable. A code for the audit log, never shown to a manager."""

    NO_DATE = "no-date"
    IN_THE_FUTURE = "in-the-future"
    TOO_OLD = "too-old"


def unreportable(
    item: SourceItem, *, criterion: Criterion, now: datetime, lookback_years: int
) -> Reason | None:
    """Return why an item must not be reported under a criterion, or None if it may be.

    The shortest lookback binds: the policy's, the criterion's, and the seven years of
    15 USC 1681c(a)(5), which also bars an item whose date is unknown.
    """
    if item.created_at is None:
        return Reason.NO_DATE
    if item.created_at > now:
        return Reason.IN_THE_FUTURE
    years = min(lookback_years, criterion.lookback_years, REPORTABLE_YEARS)
    if item.created_at <= years_before(now, years):
        return Reason.TOO_OLD
    return None
