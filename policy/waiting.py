"""A waiting time is the longer of the policy's and the law's, in days of the place.

The law's rows are waiting.toml's; the statutes bind a vendor's reports alone, and the same times
are kept in every mode by default, because the policy asks for an answer and a copy anyway.
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
    """Return how long a clock runs under a policy.

    Raises `PolicyError` for a place where no row says how long: unknown law is no permission.
    """
    country = policy.jurisdiction.partition("-")[0]
    found = [
        rule
        for rule in waiting_rules()
        if rule.clock is clock and rule.jurisdictions & {country, policy.jurisdiction}
    ]
    if not found:
        raise PolicyError(f"no row in waiting.toml for {clock} in {policy.jurisdiction}")
    longest = max(found, key=lambda rule: rule.length)
    own = _policy_days(clock, policy)
    names = tuple(rule.id for rule in found if rule.length == longest.length)
    if own >= longest.length:
        names = (*names, OF_POLICY) if own == longest.length else (OF_POLICY,)
    law = legal_param(longest.id)
    return Waiting(max(own, longest.length), longest.unit, names, law.citation)


def due(clock: ClockKind, policy: Policy, since: datetime) -> datetime:
    """Return when a clock that started at a time has run. Raises `PolicyError`."""
    waiting = waiting_of(clock, policy)
    if waiting.unit is Unit.DAYS:
        return since + timedelta(days=waiting.length)
    rest = rules_of(policy).rest_days
    return add_business_days(since, waiting.length, policy.jurisdiction, rest=rest)


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
