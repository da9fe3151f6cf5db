"""Two clocks from every rule that applies: keep until the latest, destroy by the earliest.

Where one rule says destroy before another allows it, both are named and neither is chosen. Where
nobody wrote down what the law of a place asks for, that is named, and nothing is destroyed.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from models.case import CaseState
from models.errors import PolicyError
from models.requisition import Policy
from models.retention import (
    AppliedRule,
    Clock,
    Considered,
    RetentionFacts,
    RetentionOutcome,
    RetentionRule,
    RetentionSchedule,
)
from policy.retention_law import LawRule, Start, law_rules, levels
from policy.retention_periods import since, until

OPEN: Final = "open-matter-or-hold"
UNDECIDED: Final = "undecided"

_EVERYWHERE: Final = timedelta(days=1, hours=12)
"""A day is over in the last place on Earth this long after it began in UTC."""

_NAMES_SHOWN: Final = 6
_ENDED: Final = {
    CaseState.WITHDRAWN: RetentionOutcome.WITHDRAWN,
    CaseState.REFUSED: RetentionOutcome.REFUSED,
    CaseState.EXPIRED: RetentionOutcome.EXPIRED,
}


class Disposition(StrEnum):
    """What is to happen to a retained case today."""

    DESTROY = "destroy"
    KEEP = "keep"
    HELD = "held"
    SEALED = "sealed"
    """A conflict or a gap in the law: a person has to settle it."""


def schedule(
    facts: RetentionFacts,
    policy: Policy,
    *,
    now: datetime,
    law: Sequence[LawRule] | None = None,
) -> RetentionSchedule:
    """Compute both dates of a case by the rules in force at a moment.

    `keep_until` is None while it has no end (`endless` says by what), or if no rule asks to keep.
    A matter, a hold or a missing decision is no conflict with a rule that says destroy; a rule
    that keeps for as long as an employment lasts is. `destroy_by` is None if no rule sets it.
    """
    table = law_rules() if law is None else law
    applied = [one for one in consider(facts, policy, on=now.date(), law=table) if one.applies]
    keeping = [one for one in applied if one.rule.clock is Clock.KEEP_UNTIL and _keeps(one)]
    destroying = [one for one in applied if one.rule.clock is Clock.DESTROY_BY and one.until]
    longest = max(keeping, key=_end, default=None)
    soonest = min(destroying, key=_end, default=None)
    stops = _stops(facts)
    conflict = None
    if longest and soonest and not stops and _end(soonest) < _end(longest):
        conflict = (longest.rule.id, soonest.rule.id)
    return RetentionSchedule(
        case_id=facts.case_id,
        computed_at=now,
        applied=tuple(
            AppliedRule(rule=one.rule, since=one.since, until=one.until) for one in applied
        ),
        keep_until=None if stops or longest is None else longest.until,
        destroy_by=soonest.until if soonest else None,
        conflict=conflict,
        missing=(*_unwritten(facts, policy, now.date(), table), *_uncounted(applied, policy)),
        endless=(*stops, *(one.rule.id for one in keeping if one.until is None)),
        facts=facts,
    )


def consider(
    facts: RetentionFacts,
    policy: Policy,
    *,
    on: date,
    law: Sequence[LawRule] | None = None,
) -> tuple[Considered, ...]:
    """Weigh every rule of law and of the policy for a case: applies or not, why, and its date.

    A policy that names a rule of law may lengthen what the law asks to keep, never shorten it.
    """
    left = {(rule.id, rule.clock): rule for rule in policy.retention}
    weighed = []
    for one in law_rules() if law is None else law:
        key = (one.rule.id, one.rule.clock)
        weighed.append(_of_law(one, left.get(key), facts, policy, on))
        if one.in_force(on):
            left.pop(key, None)
    return (*weighed, *(_of_agency(rule, facts, policy) for rule in left.values()))


def disposition(dates: RetentionSchedule, *, held: bool, now: datetime) -> Disposition:
    """Say what is to happen to a case with these dates."""
    if held:
        return Disposition.HELD
    if dates.conflict is not None or dates.missing:
        return Disposition.SEALED
    if dates.endless:
        return Disposition.KEEP
    free = dates.keep_until is None or day_is_over(dates.keep_until, now)
    return Disposition.DESTROY if free else Disposition.KEEP


def day_is_over(day: date, now: datetime) -> bool:
    """Say whether a day has ended everywhere on Earth: what is kept until it may go then."""
    return now >= datetime.combine(day, time(), UTC) + _EVERYWHERE


def outcomes_of(facts: RetentionFacts) -> frozenset[RetentionOutcome]:
    """Return how the case may have ended: more than one where the agency has not said."""
    if facts.monitored:
        return frozenset({RetentionOutcome.MONITORED})
    if facts.hired:
        return frozenset({RetentionOutcome.HIRED})
    if facts.hired is None and facts.outcome is CaseState.FAVOURABLE:
        return frozenset({RetentionOutcome.HIRED, RetentionOutcome.NOT_HIRED})
    return frozenset({_ENDED.get(facts.outcome, RetentionOutcome.NOT_HIRED)})


def _of_law(
    one: LawRule, own: RetentionRule | None, facts: RetentionFacts, policy: Policy, on: date
) -> Considered:
    why = _why_not(one, own, facts, policy, on)
    begun = since(one.starts, facts)
    if why is None and begun is None:
        why = f"has not started: no {one.starts.replace('-', ' ')}"
    if why is not None or begun is None:
        return Considered(rule=one.rule, effective=one.effective, applies=False, why=str(why))
    if not one.binds(policy):
        why = "the policy names it"
    else:
        why = f"binds in {_listed(one.jurisdictions & set(levels(policy.jurisdiction)))}"
    chosen = _considered(one.rule, one.starts, begun, facts, policy, why)
    if own is not None:
        stated = _considered(
            own, one.starts, begun, facts, policy, f"{why}; {own.period} by policy"
        )
        further = _end(stated) > _end(chosen)
        chosen = stated if further is (own.clock is Clock.KEEP_UNTIL) else chosen
    return chosen.model_copy(update={"effective": one.effective})


def _of_agency(rule: RetentionRule, facts: RetentionFacts, policy: Policy) -> Considered:
    begun = since(Start.RECORD_OR_ACTION, facts) or facts.record_made
    return _considered(rule, Start.RECORD_OR_ACTION, begun, facts, policy, "the agency's own")


def _considered(
    rule: RetentionRule,
    starts: Start,
    begun: date,
    facts: RetentionFacts,
    policy: Policy,
    why: str,
) -> Considered:
    try:
        end = until(starts, rule, begun, facts, policy.jurisdiction)
    except PolicyError as unknown:
        end, why = None, unknown.fault
    return Considered(rule=rule, effective=None, applies=True, why=why, since=begun, until=end)


def _why_not(
    one: LawRule, own: RetentionRule | None, facts: RetentionFacts, policy: Policy, on: date
) -> str | None:
    """Return why a rule of law does not apply, or None if nothing speaks against it."""
    if one.effective is not None and on < one.effective:
        return f"in force only from {one.effective}"
    if not one.in_force(on):
        return f"no longer in force since {one.expires}"
    if own is None and not one.jurisdictions & set(levels(policy.jurisdiction)):
        return f"only in {_listed(one.jurisdictions)}"
    if own is None and policy.employer_type not in one.employers:
        return f"only for employers that are {_listed(one.employers)}"
    if own is None and policy.mode not in one.modes:
        return f"only for vetting by {_listed(one.modes)}"
    if own is None and one.stated:
        return f"only for {one.stated}; the policy does not name it"
    ended = outcomes_of(facts)
    if not ended & one.outcomes:
        return f"only if {_listed(one.outcomes)}, and this case is {_listed(ended)}"
    return None


def _unwritten(
    facts: RetentionFacts, policy: Policy, on: date, law: Sequence[LawRule]
) -> tuple[str, ...]:
    """Name each place whose minimum for this employer and outcome nobody wrote down.

    A rule of the agency's own that is named after the place, such as `US-TX-01`, fills the gap.
    """
    named = {rule.id for rule in policy.retention if rule.clock is Clock.KEEP_UNTIL}
    own = {rule_id.rpartition("-")[0] for rule_id in named}
    known = [
        one
        for one in law
        if one.basic
        and one.rule.clock is Clock.KEEP_UNTIL
        and one.in_force(on)
        and (one.binds(policy) or one.rule.id in named)
        and (not one.stated or one.rule.id in named)
    ]
    return tuple(
        f"{place}:{policy.employer_type}"
        for place in levels(policy.jurisdiction)
        if place not in own
        and not all(
            any(place in one.jurisdictions and outcome in one.outcomes for one in known)
            for outcome in outcomes_of(facts)
        )
    )


def _uncounted(applied: Iterable[Considered], policy: Policy) -> tuple[str, ...]:
    """Name the place whose business days a rule counts and nobody knows."""
    unknown = any("business" in one.rule.period and one.until is None for one in applied)
    return (f"{policy.jurisdiction}:business-days",) if unknown else ()


def _stops(facts: RetentionFacts) -> tuple[str, ...]:
    opened = facts.open_matters > 0 or facts.holds > 0 or facts.charge_filed is not None
    return (*((OPEN,) if opened else ()), *((UNDECIDED,) if facts.action is None else ()))


def _keeps(one: Considered) -> bool:
    """Say whether a rule asks for any time at all: one of no days says that no minimum exists."""
    return one.until is None or one.since is None or one.until > one.since


def _end(one: Considered) -> date:
    """Return the rule's date; a rule without an end outlasts every other."""
    return date.max if one.until is None else one.until


def _listed(names: Iterable[str]) -> str:
    found = sorted(str(name) for name in names)
    more = len(found) - _NAMES_SHOWN
    return ", ".join(found[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
