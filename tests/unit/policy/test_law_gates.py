"""A row that a policy relies on is met, or nothing opens: AI-02, FCRA-14, -19, POL-10, -12."""

from datetime import date, timedelta
from typing import Any

import pytest

from models.after_hire_rules import AfterHireRules
from models.applicant_rules import ApplicantRules
from models.consent import ConsentItem
from models.criteria import CriteriaPack
from models.errors import PolicyError
from models.law_rules import BiasAudit, LawRules
from models.requisition import Policy, VettingMode
from policy.checking import check_policy
from policy.criteria import load_pack
from policy.law_gates import beyond_seven_allowed, least_salary, require_law_met, unmet
from policy.requisition import load_policy

TODAY = date(2026, 11, 21)
PACK = load_pack("ca-post-2024")


def policy(*rows: str, **changes: Any) -> Policy:
    rules = ApplicantRules(employer_name="Sampleton", confirmed_rows=frozenset(rows))
    return load_policy("us-private").model_copy(update={"applicant": rules} | changes)


def audit(on: date) -> LawRules:
    return LawRules(
        bias_audit=BiasAudit(made_on=on, auditor="Outside Ltd", published_at="audit.org")
    )


def rows_of(one: Policy, pack: CriteriaPack = PACK, on: date = TODAY) -> list[str]:
    return [found.row for found in unmet(one, on, pack)]


def test_a_policy_that_relies_on_no_row_opens() -> None:
    require_law_met(load_policy("us-private"), PACK, TODAY)
    require_law_met(policy(), PACK, TODAY)


@pytest.mark.parametrize(
    ("made", "met"),
    [
        (TODAY, True),
        (TODAY - timedelta(days=364), True),
        (TODAY - timedelta(days=365), False),
        (TODAY + timedelta(days=1), False),
    ],
)
def test_new_york_city_asks_for_an_audit_of_the_last_year(made: date, met: bool) -> None:
    """AI-02: annual, independent, published."""
    here = policy("AI-02", jurisdiction="US-NY", law=audit(made))
    assert (rows_of(here) == []) is met


def test_an_audit_is_asked_for_only_where_the_row_binds() -> None:
    """AI-02: named, and in New York; there without an audit nothing opens."""
    with pytest.raises(PolicyError, match="AI-02"):
        require_law_met(policy("AI-02", jurisdiction="US-NY"), PACK, TODAY)
    assert rows_of(policy("AI-02", jurisdiction="US-CA")) == []
    assert rows_of(policy(jurisdiction="US-NY")) == []
    assert rows_of(policy("AI-02", jurisdiction="US-NY", law=audit(date(2024, 2, 29)))) == ["AI-02"]
    leap = policy("AI-02", jurisdiction="US-NY", law=audit(date(2024, 2, 29)))
    assert rows_of(leap, on=date(2025, 2, 28)) == []
    assert rows_of(leap, on=date(2025, 3, 1)) == ["AI-02"]


def older() -> CriteriaPack:
    first, *rest = PACK.criteria
    beyond = first.model_copy(update={"beyond_seven_years": "15 USC 1681c(b)(3)"})
    return PACK.model_copy(update={"criteria": (beyond, *rest)})


@pytest.mark.parametrize(
    ("named", "salary", "allowed"),
    [
        (("FCRA-14",), 75_000, True),
        (("FCRA-14",), 74_999, False),
        (("FCRA-14",), None, False),
        ((), 200_000, False),
    ],
)
def test_a_vendor_looks_beyond_seven_years_by_the_salary_exception_alone(
    named: tuple[str, ...], salary: int | None, allowed: bool
) -> None:
    """FCRA-14: counsel confirmed the row, and the policy states the salary."""
    rules = LawRules(annual_salary=salary)
    one = policy(*named, mode=VettingMode.VENDOR, law=rules, lookback_years=10)
    assert beyond_seven_allowed(one) is allowed
    assert ("FCRA-14" not in rows_of(one, older())) is allowed
    faults = {fault.row for fault in check_policy(one, TODAY) if fault.key == "lookback_years"}
    assert ("FCRA-13" not in faults) is allowed
    assert least_salary() == 75_000


def test_whoever_looks_itself_is_not_bound_by_the_seven_years_of_a_vendor() -> None:
    assert rows_of(policy(), older()) == []


def test_the_exception_for_misconduct_is_not_for_applicants() -> None:
    """FCRA-19: incumbents only."""
    with pytest.raises(PolicyError, match="FCRA-19"):
        require_law_met(policy("FCRA-19"), PACK, TODAY)
    assert rows_of(policy("FCRA-19", after_hire=AfterHireRules())) == []


@pytest.mark.parametrize(
    "item",
    [
        ConsentItem.SUPERVISED_VIEWING,
        ConsentItem.CONTACT_OF_FRIENDS,
        ConsentItem.LIKES_AND_FOLLOWS,
    ],
)
def test_a_federal_clearance_looks_at_public_content_of_the_subject_alone(
    item: ConsentItem,
) -> None:
    """POL-12: no passwords, no friend requests, the subject's own accounts only."""
    items = policy().consent_items
    assert rows_of(policy("POL-12")) == []
    assert rows_of(policy("POL-12", consent_items=items | {item})) == ["POL-12"]
    assert rows_of(policy(consent_items=items | {item})) == []


def test_the_factors_are_those_of_their_pack() -> None:
    """POL-10: who names the row weighs by the pack of its factors."""
    assert rows_of(policy("POL-10")) == ["POL-10"]
    assert rows_of(policy("POL-10"), load_pack("us-5cfr731-2008")) == []


def test_what_is_relied_on_and_not_met_is_told_with_its_row() -> None:
    """The same by `walloff policy check`, before anybody opens a requisition."""
    found = check_policy(policy("AI-02", "FCRA-14", "FCRA-19", jurisdiction="US-NY"), TODAY)
    assert {"AI-02", "FCRA-14", "FCRA-19"} <= {one.row for one in found}
