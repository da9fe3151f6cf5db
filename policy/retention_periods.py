"""A rule's period runs from an event of the case; a month without the day errs to the safe side."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from models.retention import Clock, RetentionFacts, RetentionRule
from policy.calendar import add_business_days
from policy.retention_law import Start

WHILE_OPEN: Final = "while-open"

_REINVESTIGATION: Final = timedelta(days=30)
"""15 USC 1681i(a)(1)(A): row FCRA-09; the fifteen days of FCRA-10 begin where these end."""


def add_period(since: date, period: str, clock: Clock, jurisdiction: str = "US") -> date:
    """Return the end of a period such as `2 years`, `6 months`, `60 days` or `5 business-days`.

    Where the day does not exist in the last month (31 June, 29 February), a record is kept until
    the first of the next month, and destroyed by the last of that month: each to the safe side.
    Raises `PolicyError` for business days of a place whose holidays are not known.
    """
    count_text, _, unit = period.partition(" ")
    count = int(count_text)
    if unit == "days":
        return since + timedelta(days=count)
    if unit == "business-days":
        start = datetime.combine(since, time(), UTC)
        keeps = clock is Clock.KEEP_UNTIL
        return add_business_days(start, count, jurisdiction, state_rests=keeps).date()
    months = since.year * 12 + since.month - 1 + count * (12 if unit == "years" else 1)
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    end = first + timedelta(days=since.day - 1)
    if end < following:
        return end
    return following if clock is Clock.KEEP_UNTIL else following - timedelta(days=1)


def since(start: Start, facts: RetentionFacts) -> date | None:
    """Return the day of the event that starts a rule, or None if it has not happened.

    A rule that waits for the end of an employment has started: it keeps as long as that lasts.
    """
    return _EVENTS[start](facts)


def until(
    start: Start, rule: RetentionRule, begun: date, facts: RetentionFacts, jurisdiction: str
) -> date | None:
    """Return the day on which a started rule ends, or None while it has no end.

    Raises `PolicyError` as `add_period` does.
    """
    if start is Start.EMPLOYMENT:
        return facts.separated
    if rule.period == WHILE_OPEN or (start is Start.SEPARATION and facts.separated is None):
        return None
    return add_period(begun, rule.period, rule.clock, jurisdiction)


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _dispute_deadline(facts: RetentionFacts) -> date | None:
    received = facts.dispute_received
    return None if received is None else received + _REINVESTIGATION


_EVENTS: Final[dict[Start, Callable[[RetentionFacts], date | None]]] = {
    # 29 CFR 1602.14 and .31: from the record or the personnel action, whichever is later.
    Start.RECORD_OR_ACTION: lambda facts: _latest((facts.record_made, facts.action)),
    Start.RECORD_MADE: lambda facts: facts.record_made,
    Start.ACTION: lambda facts: facts.action,
    Start.LAST_EVENT: lambda facts: _latest(
        (facts.record_made, facts.action, facts.adverse_notice, facts.dispute_settled)
    ),
    Start.REPORT_PROVIDED: lambda facts: facts.report_provided,
    Start.PRE_ADVERSE_NOTICE: lambda facts: facts.pre_adverse_notice,
    Start.ADVERSE_NOTICE: lambda facts: facts.adverse_notice,
    Start.CHARGE_FILED: lambda facts: facts.charge_filed,
    Start.DISPUTE_RECEIVED: lambda facts: facts.dispute_received,
    Start.DISPUTE_DEADLINE: _dispute_deadline,
    Start.DISPUTE_SETTLED: lambda facts: facts.dispute_settled,
    Start.EMPLOYMENT: lambda facts: facts.action,
    Start.SEPARATION: lambda facts: facts.separated or facts.action,
}
