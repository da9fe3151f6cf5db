"""A waiting time is the longer of the policy's and the law's, in days of the place.

The law's rows are waiting.toml's, of country, states and cities. Those of the Act bind a vendor's
reports alone, and the same times are kept in every mode by default, because the policy asks for an
answer and a copy anyway. A city's row holds in the whole of its state: no policy names a city.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from models.deadlines import ClockKind
from models.decision_rules import CAUTIOUS, DecisionRules
from models.errors import PolicyError
from models.requisition import Policy, VettingMode
from models.value import Value
from policy.calendar import add_business_days
from policy.law import legal_param
from policy.toml_file import TomlFile

WAITING_FILE: Final = Path(__file__).parent / "data" / "waiting.toml"
OF_POLICY: Final = "policy"
"""What names the policy where a rule is named."""
OWED_BY_THE_AGENCY: Final = frozenset(
    {ClockKind.DISPUTE, ClockKind.DISPUTE_EXTENSION, ClockKind.DISPUTE_RESULT}
)
"""Where the time binds the agency, not the applicant: of several the shortest holds, and no holiday
of a state or of the policy puts it off."""


class Unit(StrEnum):
    """How days are counted."""

    DAYS = "days"
    BUSINESS_DAYS = "business-days"


class WaitingRule(Value):
    """One row of waiting.toml."""

    id: str
    clock: ClockKind
    jurisdictions: frozenset[str]
    length: int = Field(ge=1)
    unit: Unit
    law_modes: frozenset[VettingMode]
    """Where the statute binds of itself."""
    stated: str = ""
    """What must be so for it to bind; an agency of which it is names the row in its policy."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long one clock runs, and by which rules."""

    length: int
    unit: Unit
    rules: tuple[str, ...]
    citation: str


def rules_of(policy: Policy) -> DecisionRules:
    """Return what a policy says about decisions, or the cautious default."""
    return policy.decision or CAUTIOUS


def waiting_of(clock: ClockKind, policy: Policy) -> Waiting:
    """Return how long a clock runs under a policy: the longest of all that bind.

    Of what the agency owes by a day, the shortest. Raises `PolicyError` for a place where no row
    says how long: unknown law is no permission.
    """
    found = _binding(clock, policy)
    if not found:
        raise PolicyError(f"no row in waiting.toml for {clock} in {policy.jurisdiction}")
    own = _policy_days(clock, policy)
    times = [(rule.length, rule.unit, rule.id) for rule in found]
    times += [(own, Unit.BUSINESS_DAYS, OF_POLICY)] if own else []
    pick = min if clock in OWED_BY_THE_AGENCY else max
    length, unit, _rule = pick(
        times, key=lambda one: (_reach(one[0], one[1]), one[1] is Unit.BUSINESS_DAYS)
    )
    names = tuple(rule for ours, of, rule in times if (ours, of) == (length, unit))
    law = next((rule for rule in names if rule != OF_POLICY), found[0].id)
    return Waiting(length, unit, names, legal_param(law).citation)


def due(clock: ClockKind, policy: Policy, since: datetime) -> datetime:
    """Return when a clock that started at a time has run. Raises `PolicyError`.

    Days and business days are both counted out, and the later end holds (of what the agency owes,
    the earlier one).
    """
    waiting_of(clock, policy)
    times = [(rule.length, rule.unit) for rule in _binding(clock, policy)]
    times += [(_policy_days(clock, policy), Unit.BUSINESS_DAYS)]
    owed = clock in OWED_BY_THE_AGENCY
    ends = [_end(length, unit, policy, since, owed=owed) for length, unit in times if length]
    return min(ends) if owed else max(ends)


def notice_lead_until(policy: Policy, delivered_at: datetime) -> datetime:
    """Return when the time between notice and search is over: the policy's days, or the law's.

    New York City asks for ten business days where the policy names AI-01.
    """
    own = delivered_at + timedelta(days=policy.notice_lead_days)
    law = _binding(ClockKind.NOTICE_LEAD, policy)
    ends = (_end(rule.length, rule.unit, policy, delivered_at, owed=False) for rule in law)
    return max((own, *ends))


def _binding(clock: ClockKind, policy: Policy) -> list[WaitingRule]:
    country = policy.jurisdiction.partition("-")[0]
    named = frozenset() if policy.applicant is None else policy.applicant.confirmed_rows
    return [
        rule
        for rule in waiting_rules()
        if rule.clock is clock
        and rule.jurisdictions & {country, policy.jurisdiction}
        and (not rule.stated or rule.id in named)
    ]


def _end(length: int, unit: Unit, policy: Policy, since: datetime, *, owed: bool) -> datetime:
    if unit is Unit.DAYS:
        return since + timedelta(days=length)
    rest = frozenset() if owed else rules_of(policy).rest_days
    return add_business_days(since, length, policy.jurisdiction, rest=rest, state_rests=not owed)


def _reach(length: int, unit: Unit) -> tuple[float, bool]:
    """Return about how many days a time takes: five business days are a week, and often more."""
    business = unit is Unit.BUSINESS_DAYS
    return (length * 7 / 5 if business else float(length)), business


@lru_cache(maxsize=1)
def waiting_rules() -> tuple[WaitingRule, ...]:
    """Return the rows of waiting.toml. Raises `PolicyError` for one that the law does not have."""
    file = TomlFile(WAITING_FILE)
    rows: Any = file.fields.get("waiting", [])
    rules = []
    for at, row in enumerate(rows):
        rule = file.model(WaitingRule, row, "waiting", at)
        try:
            legal_param(rule.id)
        except PolicyError as unknown:
            raise file.fault(unknown.fault, "waiting", at, "id") from unknown
        rules.append(rule)
    return tuple(rules)


def _policy_days(clock: ClockKind, policy: Policy) -> int:
    match clock:
        case ClockKind.REBUTTAL:
            return policy.rebuttal_business_days
        case ClockKind.PRE_ADVERSE:
            return policy.pre_adverse_business_days
        case _:
            return 0
