"""A policy that relies on a row of the law meets what the row asks, or opens no requisition.

A row with a condition binds where the policy names it under `confirmed_rows`. What it then asks
for stands in the table `[law]`, in the consent items or in the criteria, and is held against the
row when a requisition opens and by `walloff policy check`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from models.consent import ConsentItem
from models.criteria import CriteriaPack
from models.errors import PolicyError
from models.law_rules import LawRules
from models.requisition import Policy, VettingMode
from policy.law import legal_param
from policy.retention_law import levels

SALARY: Final = "FCRA-14"
MISCONDUCT: Final = "FCRA-19"
BIAS_AUDIT: Final = "AI-02"
CLEARANCE: Final = "POL-12"
FACTORS: Final = "POL-10"
FACTORS_PACK: Final = "us-5cfr731-2008"
_SEVEN: Final = 7
_NOT_OF_THEIR_OWN: Final = frozenset(
    {
        ConsentItem.SUPERVISED_VIEWING,
        ConsentItem.CONTACT_OF_FRIENDS,
        ConsentItem.LIKES_AND_FOLLOWS,
    }
)


@dataclass(frozen=True, slots=True)
class Unmet:
    """One row that a policy relies on, and what is missing for it."""

    row: str
    rule: str
    key: str
    """The field of the policy."""


def require_law_met(policy: Policy, criteria: CriteriaPack, on: date) -> None:
    """Raise `PolicyError` naming the first row that is relied on and not met."""
    for one in unmet(policy, on, criteria):
        raise PolicyError(f"{one.row} ({legal_param(one.row).citation}): {one.rule}")


def unmet(policy: Policy, on: date, criteria: CriteriaPack | None = None) -> Iterator[Unmet]:
    """Return what is missing; without criteria, only what the policy itself shows."""
    named = confirmed_rows(policy)
    for row, check in _CHECKS.items():
        if row in named:
            yield from check(policy, policy.law or LawRules(), on)
    if criteria is not None:
        yield from _of_criteria(policy, criteria, named)


def confirmed_rows(policy: Policy) -> frozenset[str]:
    """Return the rows whose reading the agency's counsel has confirmed."""
    return frozenset() if policy.applicant is None else policy.applicant.confirmed_rows


def beyond_seven_allowed(policy: Policy) -> bool:
    """Say whether a report may go back further than 15 USC 1681c(a)(5) lets others.

    A vendor's only by the exception for a salary; whoever looks itself is not bound by the Act.
    """
    if policy.mode is not VettingMode.VENDOR:
        return True
    rules = policy.law or LawRules()
    return SALARY in confirmed_rows(policy) and (rules.annual_salary or 0) >= least_salary()


def least_salary() -> int:
    """Return the salary of row FCRA-14. Raises `PolicyError` for a row without a number."""
    found = re.match(r"[0-9]+", legal_param(SALARY).value)
    if found is None:
        raise PolicyError(f"{SALARY}: the row begins with no number")
    return int(found[0])


def _salary(_policy: Policy, rules: LawRules, _on: date) -> Iterator[Unmet]:
    if (rules.annual_salary or 0) < least_salary():
        rule = f"the exception needs a stated salary of ${least_salary()} or more"
        yield Unmet(SALARY, rule, "law.annual_salary")


def _misconduct(policy: Policy, _rules: LawRules, _on: date) -> Iterator[Unmet]:
    if policy.after_hire is None:
        rule = "the exception is of people who work here, and never of applicants"
        yield Unmet(MISCONDUCT, rule, "applicant.confirmed_rows")


def _audit(policy: Policy, rules: LawRules, on: date) -> Iterator[Unmet]:
    if "US-NY" not in levels(policy.jurisdiction):
        return
    audit = rules.bias_audit
    if audit is None or not audit.made_on <= on < _a_year_after(audit.made_on):
        rule = "an independent audit for bias within the last year, with its summary published"
        yield Unmet(BIAS_AUDIT, rule, "law.bias_audit")


def _clearance(policy: Policy, _rules: LawRules, _on: date) -> Iterator[Unmet]:
    for item in sorted(policy.consent_items & _NOT_OF_THEIR_OWN):
        rule = f"public content of the subject's own accounts only, and so no {item}"
        yield Unmet(CLEARANCE, rule, "consent_items")


def _of_criteria(policy: Policy, criteria: CriteriaPack, named: frozenset[str]) -> Iterator[Unmet]:
    older = [one.code for one in criteria.criteria if one.beyond_seven_years is not None]
    if older and not beyond_seven_allowed(policy):
        rule = f"a vendor's report goes back seven years: {', '.join(older)} looks further"
        yield Unmet(SALARY, rule, "criteria")
    if FACTORS in named and criteria.id != FACTORS_PACK:
        yield Unmet(FACTORS, f"the factors are those of the pack {FACTORS_PACK}", "criteria")


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


_CHECKS: Final[dict[str, Callable[[Policy, LawRules, date], Iterator[Unmet]]]] = {
    SALARY: _salary,
    MISCONDUCT: _misconduct,
    BIAS_AUDIT: _audit,
    CLEARANCE: _clearance,
}
