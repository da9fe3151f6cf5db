"""Two clocks from every rule that applies: keep until the latest, destroy by the earliest.

Where one rule says destroy before another allows it, both are named and neither is chosen.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from models.case import CaseState
from models.ids import CaseId
from models.requisition import Policy
from models.retention import AppliedRule, Clock, RetentionRule, RetentionSchedule

WHILE_OPEN: Final = "while-open"
_LAST: Final = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionFacts:
    """What retention depends on in one case. Holds no word about the applicant."""

    case_id: CaseId
    outcome: CaseState
    """The state in which the case ended."""
    record_made: date
    """The day on which the newest record of the case was made."""
    action: date | None
    """The day of the personnel action: decision, refusal, withdrawal. None while undecided."""
    adverse_notice: date | None = None
    hired: bool | None = None
    """None where the agency has not said."""
    open_matters: int = 0
    """Charges, suits and disputes that are not settled."""
    holds: int = 0


def schedule(facts: RetentionFacts, policy: Policy, *, now: datetime) -> RetentionSchedule:
    """Compute both dates of a case.

    `keep_until` is None while it has no end: a matter or a hold is open, the case is undecided,
    or a rule keeps for as long as the employment lasts. Such a stop is no conflict with a rule
    that says destroy, except for the employment. `destroy_by` is None if no rule sets it.
    """
    applied = tuple(_apply(rule, facts) for rule in policy.retention if _concerns(rule, facts))
    started = [item for item in applied if item.since is not None]
    keeping = [item for item in started if item.rule.clock is Clock.KEEP_UNTIL]
    destroying = [
        item for item in started if item.rule.clock is Clock.DESTROY_BY and item.until is not None
    ]
    longest = max(keeping, key=_end, default=None)
    soonest = min(destroying, key=_end, default=None)
    stopped = facts.open_matters > 0 or facts.holds > 0 or facts.action is None
    conflict = None
    if longest and soonest and not stopped and _end(soonest) < _end(longest):
        conflict = (longest.rule.id, soonest.rule.id)
    return RetentionSchedule(
        case_id=facts.case_id,
        computed_at=now,
        applied=applied,
        keep_until=None if stopped or longest is None else longest.until,
        destroy_by=soonest.until if soonest else None,
        conflict=conflict,
    )


def add_period(since: date, period: str, clock: Clock) -> date:
    """Return the end of a period such as `2 years`, `6 months` or `60 days`.

    Where the day does not exist in the last month (31 June, 29 February), a record is kept until
    the first of the next month, and destroyed by the last of that month: each to the safe side.
    """
    count_text, _, unit = period.partition(" ")
    count = int(count_text)
    if unit == "days":
        return since + timedelta(days=count)
    months = since.year * 12 + since.month - 1 + count * (12 if unit == "years" else 1)
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    end = first + timedelta(days=since.day - 1)
    if end < following:
        return end
    return following if clock is Clock.KEEP_UNTIL else following - timedelta(days=1)


def _apply(rule: RetentionRule, facts: RetentionFacts) -> AppliedRule:
    since = _STARTS.get(rule.id, _record_or_action)(facts)
    if since is None or rule.period == WHILE_OPEN:
        return AppliedRule(rule=rule, since=since, until=None)
    return AppliedRule(rule=rule, since=since, until=add_period(since, rule.period, rule.clock))


def _concerns(rule: RetentionRule, facts: RetentionFacts) -> bool:
    return _ONLY_IF.get(rule.id, _always)(facts)


def _record_or_action(facts: RetentionFacts) -> date | None:
    """29 CFR 1602.14 and .31: from the record or the personnel action, whichever is later."""
    return _latest((facts.record_made, facts.action))


def _action(facts: RetentionFacts) -> date | None:
    return facts.action


def _notice(facts: RetentionFacts) -> date | None:
    return facts.adverse_notice


def _last_event(facts: RetentionFacts) -> date | None:
    return _latest((facts.record_made, facts.action, facts.adverse_notice))


def _open_matter(facts: RetentionFacts) -> date | None:
    return facts.record_made if facts.open_matters > 0 else None


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _always(_facts: RetentionFacts) -> bool:
    return True


def _maybe_hired(facts: RetentionFacts) -> bool:
    """Count a favourable outcome as an employment as long as nobody says otherwise."""
    return facts.hired is True or (facts.hired is None and facts.outcome is CaseState.FAVOURABLE)


def _maybe_not_hired(facts: RetentionFacts) -> bool:
    return facts.hired is not True


_STARTS: Final[dict[str, Callable[[RetentionFacts], date | None]]] = {
    "FCRA-08": _notice,
    "FCRA-18": _last_event,
    "REC-03": _open_matter,
    "REC-05": _action,
    "REC-10": _action,
    "REC-11": _action,
    "REC-13": lambda facts: facts.record_made,
    "REC-14": _action,
}
"""What starts a rule, by its row in legal_params.csv; any other starts as REC-01 does."""

_ONLY_IF: Final[dict[str, Callable[[RetentionFacts], bool]]] = {
    "REC-10": _maybe_not_hired,
    "REC-11": _maybe_hired,
}


def _end(applied: AppliedRule) -> date:
    """Return the rule's date; a rule without an end outlasts every other."""
    return _LAST if applied.until is None else applied.until
