"""How long a request of an applicant may wait: by the law's row, or else by the policy's days."""

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from models.counsel import RequestKind
from models.counsel_rules import CAUTIOUS_COUNSEL
from models.errors import PolicyError
from models.law_rules import LawRules
from models.requisition import Policy
from models.value import Value
from policy.law import legal_param
from policy.toml_file import TomlFile
from policy.waiting import OF_POLICY

CLOCKS_FILE: Final = Path(__file__).parent / "data" / "request_clocks.toml"
_VALUE: Final = re.compile(r"([0-9]+)(?: \(\+([0-9]+)\))?")


class ClockUnit(StrEnum):
    """How a row counts."""

    DAYS = "days"
    MONTHS = "months"


class RequestClock(Value):
    """One row of request_clocks.toml."""

    row: str
    unit: ClockUnit
    kinds: frozenset[RequestKind]
    jurisdictions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Allowed:
    """How long, and by which rule; `longer` is None where nothing allows an extension."""

    due: datetime
    longer: datetime | None
    rule: str
    citation: str
    missing: str = ""
    """The row of the law that nobody wrote down, where the agency's policy stands in for it."""


def allowed_for(kind: RequestKind, policy: Policy, since: datetime) -> Allowed:
    """Return when a request that came at a time is to be answered, and at the very latest.

    Raises `PolicyError` for a row whose value gives no number.
    """
    places = {policy.jurisdiction, policy.jurisdiction.partition("-")[0]}
    for clock in request_clocks():
        if kind in clock.kinds and clock.jurisdictions & places:
            law = legal_param(clock.row)
            found = _VALUE.match(law.value)
            if found is None:
                raise PolicyError(f"{clock.row}: the row begins with no number")
            first, more = int(found[1]), int(found[2] or 0)
            return Allowed(
                due=_after(since, first, clock.unit),
                longer=_after(since, first + more, clock.unit) if more else None,
                rule=clock.row,
                citation=law.citation,
            )
    due = since + timedelta(days=(policy.counsel or CAUTIOUS_COUNSEL).request_days)
    more = (policy.law or LawRules()).request_extension_days
    return Allowed(
        due=due,
        longer=due + timedelta(days=more) if more else None,
        rule=OF_POLICY,
        citation="the agency's policy",
        missing=missing_row(policy.jurisdiction, "requests"),
    )


def missing_row(jurisdiction: str, about: str) -> str:
    """Return how a row that nobody wrote down is named."""
    return f"legal_params.csv:{jurisdiction}:{about}"


def answered_here(jurisdiction: str) -> bool:
    """Say whether a row says how long a request may wait in a place."""
    places = {jurisdiction, jurisdiction.partition("-")[0]}
    return any(clock.jurisdictions & places for clock in request_clocks())


@lru_cache(maxsize=1)
def request_clocks() -> tuple[RequestClock, ...]:
    """Return the rows of request_clocks.toml. Raises `PolicyError` for one without law."""
    file = TomlFile(CLOCKS_FILE)
    rows: Any = file.fields.get("clock", [])
    clocks = tuple(file.model(RequestClock, row, "clock", at) for at, row in enumerate(rows))
    for clock in clocks:
        legal_param(clock.row)
    return clocks


def _after(since: datetime, length: int, unit: ClockUnit) -> datetime:
    if unit is ClockUnit.DAYS:
        return since + timedelta(days=length)
    months = since.month - 1 + length
    year, month = since.year + months // 12, months % 12 + 1
    day = min(since.day, calendar.monthrange(year, month)[1])
    return since.replace(year=year, month=month, day=day)
