"""A finding is reported if it is dated, young enough, an adult's, and behind no closed gate."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from models.criteria import Criterion
from models.evidence import SourceItem
from models.finding import Proposal
from models.redaction import Redaction
from models.reportable import Gates
from triage.activity import SHIELDS, activities, tells_criminal_history, traits
from triage.recency import REPORTABLE_YEARS, years_before


class Reason(StrEnum):
    """Why an item is not reportable by its date. A code for reviewers, never for a manager."""

    NO_DATE = "no-date"
    IN_THE_FUTURE = "in-the-future"
    TOO_OLD = "too-old"


OPEN: Final = Gates()
"""No gate at all."""


def unreportable(
    item: SourceItem, *, criterion: Criterion, now: datetime, lookback_years: int
) -> Reason | None:
    """Return why an item must not be reported under a criterion, or None if it may be.

    The shortest lookback binds: the policy's, the criterion's, and the seven years of
    15 USC 1681c(a)(5), which also bars an item whose date is unknown. A criterion that cites what
    lets it look further back is not bound by the seven.
    """
    if item.created_at is None:
        return Reason.NO_DATE
    if item.created_at > now:
        return Reason.IN_THE_FUTURE
    years = min(lookback_years, criterion.lookback_years)
    if criterion.beyond_seven_years is None:
        years = min(years, REPORTABLE_YEARS)
    if item.created_at <= years_before(now, years):
        return Reason.TOO_OLD
    return None


def excluded_by(
    item: SourceItem, redaction: Redaction, proposal: Proposal, gates: Gates
) -> str | None:
    """Return the rule by which a dated proposal is not reported, or None if it is."""
    if gates.too_early is not None:
        return gates.too_early
    if not _of_an_adult(item, gates):
        return gates.adult_rule
    if gates.criminal_history is not None and tells_criminal_history(redaction, proposal):
        return gates.criminal_history
    return next(iter(_shields(redaction, proposal, gates)), None)


def _shields(redaction: Redaction, proposal: Proposal, gates: Gates) -> Sequence[str]:
    if not any(proposal.conduct in SHIELDS[activity] for activity in gates.protected):
        return ()
    found = activities(redaction.coded, proposal.passage, traits(redaction.spans))
    return [
        gates.protected[activity]
        for activity in sorted(found)
        if activity in gates.protected and proposal.conduct in SHIELDS[activity]
    ]


def _of_an_adult(item: SourceItem, gates: Gates) -> bool:
    if gates.adult_from is None:
        return gates.adult_unknown
    return item.created_at is not None and item.created_at.date() >= gates.adult_from
