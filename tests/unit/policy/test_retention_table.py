"""Jurisdictions, employers and outcomes against the law as the product holds it, by hand."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case import CaseState
from models.errors import PolicyError
from models.ids import CaseId
from models.requisition import EmployerType, Policy, VettingMode
from models.retention import Clock, RetentionFacts, RetentionRule
from policy.law import legal_param, legal_params
from policy.requisition import load_policy
from policy.retention import Disposition, consider, disposition, schedule
from policy.retention_law import RETENTION_FILE, law_rules, read_law_rules

NOW = datetime(2026, 11, 20, tzinfo=UTC)
S = CaseState
PRIVATE, PUBLIC, POLICE = EmployerType
VENDOR = VettingMode.VENDOR


def day(text: str) -> date:
    return date.fromisoformat(text)


def policy(place: str, employer: EmployerType, *own: str, **changes: Any) -> Policy:
    """A policy of a place with own rules, each `ID period`, kept unless it says destroy."""
    rules = []
    for text in own:
        rule_id, clock, period = re.fullmatch(r"(\S+) (keep|destroy) (.+)", text).groups()  # type: ignore[union-attr] # a test's shorthand
        known = legal_params().get(rule_id)
        rules.append(
            RetentionRule(
                id=rule_id,
                clock=Clock.KEEP_UNTIL if clock == "keep" else Clock.DESTROY_BY,
                period=period,
                citation=known.citation if known else "c",
                confidence="V",
            )
        )
    fields = {"jurisdiction": place, "employer_type": employer, "retention": tuple(rules)}
    return load_policy("us-private").model_copy(update=fields | changes)


def facts(outcome: CaseState = S.ADVERSE, **changes: Any) -> RetentionFacts:
    fields: dict[str, Any] = {
        "case_id": CaseId("c" * 32),
        "outcome": outcome,
        "record_made": day("2026-03-30"),
        "action": day("2026-03-31"),
        "report_provided": day("2026-03-10"),
    }
    return RetentionFacts(**fields | changes)


US = policy("US", PRIVATE)
US_PUBLIC = policy("US", PUBLIC)
CA = policy("US-CA", PRIVATE)
CA_POLICE = policy("US-CA", POLICE)
CA_VENDOR = policy("US-CA", PRIVATE, mode=VENDOR)
MN_POLICE = policy("US-MN", POLICE)
LEAP = {"action": day("2024-02-29"), "record_made": day("2024-02-29")}

DATES = [
    # policy, outcome, facts, keep until, the rule that says so
    (US, S.ADVERSE, {}, "2027-03-31", "REC-01"),
    (US, S.WITHDRAWN, {}, "2027-03-31", "REC-01"),
    (US, S.REFUSED, {}, "2027-03-31", "REC-01"),
    (US, S.EXPIRED, {}, "2027-03-31", "REC-01"),
    (US, S.FAVOURABLE, {}, "2027-03-31", "REC-01"),
    (US, S.FAVOURABLE, {"hired": True}, "2027-03-31", "REC-01"),
    (US, S.FAVOURABLE, {"monitored": True}, "2027-03-31", "REC-01"),
    (US, S.ADVERSE, LEAP, "2025-03-01", "REC-01"),
    # A record made after the action counts for REC-01, not for REC-05.
    (US, S.ADVERSE, {"record_made": day("2026-05-31")}, "2027-05-31", "REC-01"),
    # The free copy: sixty days from a notice that came late.
    (US, S.ADVERSE, {"adverse_notice": day("2027-02-15")}, "2027-04-16", "FCRA-08"),
    (US, S.ADVERSE, {"adverse_notice": day("2028-01-01")}, "2028-03-01", "FCRA-08"),
    # Five business days from a Monday; Thanksgiving is none, nor is a day of rest of any state.
    (US, S.ADVERSE, {"pre_adverse_notice": day("2027-03-29")}, "2027-04-07", "FCRA-06"),
    (US, S.ADVERSE, {"pre_adverse_notice": day("2027-11-24")}, "2027-12-03", "FCRA-06"),
    # A dispute: thirty days, fifteen more, and five business days after it is settled, in a year
    # in which Christmas and New Year's Day fall on a Saturday and are kept on the Friday before.
    (
        US,
        S.ADVERSE,
        {"dispute_received": day("2027-03-01"), "dispute_settled": day("2027-03-26")},
        "2027-04-15",
        "FCRA-10",
    ),
    (
        US,
        S.ADVERSE,
        {"dispute_received": day("2027-03-01"), "dispute_settled": day("2027-12-23")},
        "2028-01-04",
        "FCRA-12",
    ),
    (policy("US", PRIVATE, "REC-04 keep 2 years"), S.ADVERSE, {}, "2028-03-31", "REC-04"),
    (policy("US", PRIVATE, "FCRA-18 keep 5 years"), S.ADVERSE, {}, "2031-03-31", "FCRA-18"),
    (policy("US", PRIVATE, "REC-01 keep 3 years"), S.ADVERSE, {}, "2029-03-31", "REC-01"),
    (US_PUBLIC, S.ADVERSE, {}, "2028-03-31", "REC-02"),
    (US_PUBLIC, S.WITHDRAWN, LEAP, "2026-03-01", "REC-02"),
    (policy("US", POLICE), S.FAVOURABLE, {}, "2028-03-31", "REC-02"),
    (CA, S.ADVERSE, {}, "2030-03-31", "REC-07"),
    (CA, S.WITHDRAWN, {}, "2030-03-31", "REC-07"),
    (CA, S.ADVERSE, LEAP, "2028-02-29", "REC-07"),
    (CA_POLICE, S.FAVOURABLE, {"hired": True}, "2030-03-31", "REC-07"),
    (CA_VENDOR, S.ADVERSE, {}, "2030-03-31", "REC-07"),
    (CA_VENDOR, S.ADVERSE, {"report_provided": day("2028-07-01")}, "2030-07-01", "REC-13"),
    (policy("US-CA", PUBLIC, "REC-09 keep 5 years"), S.ADVERSE, {}, "2031-03-30", "REC-09"),
    (MN_POLICE, S.ADVERSE, {}, "2032-03-31", "REC-10"),
    (MN_POLICE, S.WITHDRAWN, {}, "2032-03-31", "REC-10"),
    (MN_POLICE, S.REFUSED, {}, "2032-03-31", "REC-10"),
    (MN_POLICE, S.EXPIRED, LEAP, "2030-03-01", "REC-10"),
    (MN_POLICE, S.FAVOURABLE, {"hired": False}, "2032-03-31", "REC-10"),
    (
        MN_POLICE,
        S.FAVOURABLE,
        {"hired": True, "separated": day("2035-06-30")},
        "2035-06-30",
        "REC-11",
    ),
    (
        MN_POLICE,
        S.FAVOURABLE,
        {"hired": True, "separated": day("2026-06-30")},
        "2028-03-31",
        "REC-02",
    ),
    (
        policy("US-UT", POLICE, "REC-12 keep 5 years"),
        S.FAVOURABLE,
        {"hired": True, "separated": day("2028-02-29")},
        "2033-03-01",
        "REC-12",
    ),
    (policy("US-TX", PRIVATE, "US-TX-01 keep 3 years"), S.ADVERSE, {}, "2029-03-31", "US-TX-01"),
    (policy("GB", PRIVATE, "GB-01 keep 6 months"), S.FAVOURABLE, {"hired": True}, "2026-10-01", ""),
]


@pytest.mark.parametrize(("here", "outcome", "changes", "keep_until", "by"), DATES)
def test_a_case_is_kept_until_the_day_that_its_law_says(
    here: Policy, outcome: CaseState, changes: dict[str, Any], keep_until: str, by: str
) -> None:
    found = schedule(facts(outcome, **changes), here, now=NOW)
    assert found.keep_until == day(keep_until)
    assert found.missing == ()
    assert found.endless == ()
    decisive = {item.rule.id for item in found.applied if item.until == found.keep_until}
    assert by in decisive or not by


@pytest.mark.parametrize(
    ("here", "outcome", "changes", "endless"),
    [
        (MN_POLICE, S.FAVOURABLE, {"hired": True}, "REC-11"),
        (MN_POLICE, S.FAVOURABLE, {"monitored": True}, "REC-11"),
        # Nobody has said whether the applicant was hired: the longer rule stands.
        (MN_POLICE, S.FAVOURABLE, {}, "REC-11"),
        (policy("US-UT", POLICE, "REC-12 keep 5 years"), S.FAVOURABLE, {"hired": True}, "REC-12"),
        (US, S.ADVERSE, {"charge_filed": day("2026-04-02"), "open_matters": 1}, "REC-03"),
        (US, S.ADVERSE, {"open_matters": 1}, "open-matter-or-hold"),
        (CA, S.WITHDRAWN, {"holds": 1}, "open-matter-or-hold"),
        (CA, S.FAVOURABLE, {"action": None}, "undecided"),
    ],
)
def test_some_cases_have_no_last_day_yet(
    here: Policy, outcome: CaseState, changes: dict[str, Any], endless: str
) -> None:
    found = schedule(facts(outcome, **changes), here, now=NOW)
    assert found.keep_until is None
    assert endless in found.endless
    far = datetime(2199, 1, 1, tzinfo=UTC)
    assert disposition(found, held=False, now=far) is Disposition.KEEP


@pytest.mark.parametrize(
    ("here", "outcome", "missing"),
    [
        (policy("US-MN", PRIVATE), S.ADVERSE, "US-MN:private"),
        (policy("US-NY", POLICE), S.ADVERSE, "US-NY:law-enforcement"),
        (policy("US-PR", PUBLIC), S.WITHDRAWN, "US-PR:public"),
        (policy("US-UT", POLICE), S.FAVOURABLE, "US-UT:law-enforcement"),
        # The one schedule that is known speaks of those hired only.
        (policy("US-UT", POLICE, "REC-12 keep 5 years"), S.ADVERSE, "US-UT:law-enforcement"),
        (policy("GB", PRIVATE), S.ADVERSE, "GB:private"),
        (policy("DE", PUBLIC), S.FAVOURABLE, "DE:public"),
        (policy("CA-QC", PRIVATE, "CA-01 keep 1 years"), S.ADVERSE, "CA-QC:private"),
    ],
)
def test_law_that_nobody_wrote_down_is_named_and_seals(
    here: Policy, outcome: CaseState, missing: str
) -> None:
    found = schedule(facts(outcome), here, now=NOW)
    assert found.missing == (missing,)
    far = datetime(2199, 1, 1, tzinfo=UTC)
    assert disposition(found, held=False, now=far) is Disposition.SEALED


@pytest.mark.parametrize("place", ["GB", "DE", "IE"])
def test_european_law_destroys_where_no_minimum_stands_against_it(place: str) -> None:
    here = policy(place, PRIVATE, f"{place}-01 keep 0 days")
    found = schedule(facts(S.WITHDRAWN), here, now=NOW)
    assert (found.keep_until, found.destroy_by) == (None, day("2026-03-31"))
    assert disposition(found, held=False, now=NOW) is Disposition.DESTROY
    against = policy(place, PRIVATE, f"{place}-01 keep 6 months")
    found = schedule(facts(S.WITHDRAWN), against, now=NOW)
    assert found.conflict == (f"{place}-01", "REC-14")
    hired = schedule(facts(S.FAVOURABLE, hired=True), against, now=NOW)
    assert (hired.destroy_by, hired.conflict) == (None, None)


def test_an_employment_without_end_conflicts_with_a_duty_to_destroy() -> None:
    here = policy("US-MN", POLICE, "AGENCY-01 destroy 8 years")
    found = schedule(facts(S.FAVOURABLE, hired=True), here, now=NOW)
    assert found.conflict == ("REC-11", "AGENCY-01")
    said = schedule(facts(S.FAVOURABLE, hired=False), here, now=NOW)
    assert (said.conflict, said.destroy_by) == (None, day("2034-03-31"))


@pytest.mark.parametrize(
    ("here", "row", "before", "since"),
    [
        (CA, "REC-08", "2025-09-30", "2025-10-01"),
        (MN_POLICE, "REC-10", "2023-05-29", "2023-05-30"),
        (CA, "REC-07", "2021-12-31", "2022-01-01"),
    ],
)
def test_law_binds_from_the_day_it_is_in_force(
    here: Policy, row: str, before: str, since: str
) -> None:
    def applied(on: str) -> bool:
        weighed = consider(facts(), here, on=day(on))
        return {item.rule.id: item.applies for item in weighed}[row]

    assert not applied(before)
    assert applied(since)


@pytest.mark.parametrize("pack", ["us-private", "us-ca-law-enforcement"])
@pytest.mark.parametrize("outcome", [S.ADVERSE, S.FAVOURABLE, S.WITHDRAWN, S.REFUSED, S.EXPIRED])
@pytest.mark.parametrize("changes", [{}, LEAP, {"adverse_notice": day("2026-03-31")}])
def test_the_packs_that_ship_hold_no_conflict_and_no_gap(
    pack: str, outcome: CaseState, changes: dict[str, Any]
) -> None:
    found = schedule(facts(outcome, **changes), load_policy(pack), now=NOW)
    assert found.conflict is None
    assert found.missing == ()
    assert found.keep_until is not None
    assert found.destroy_by is not None
    assert found.keep_until < found.destroy_by


def test_every_rule_asks_for_what_its_row_says() -> None:
    """The one file says when a rule binds, the other how long and by what law."""
    units = {"year": "years", "years": "years", "days": "days", "business days": "business-days"}
    events = {"REC-03": "event", "REC-11": "event", "REC-14": "event"}
    text = {"REC-10": "6 years", "REC-12": "5 years", "FCRA-06": "5 business-days"}
    text["FCRA-18"] = "5 years"
    for one in law_rules():
        row = legal_param(one.rule.id)
        if row.id in events:
            assert row.unit == "event"
        elif row.id in text:
            assert one.rule.period == text[row.id]
            assert one.rule.period.split()[0] in row.value
        else:
            assert one.rule.period == f"{row.value} {units[row.unit]}"
        assert one.rule.citation == row.citation
        if one.effective is not None:
            assert one.effective_known is not None
    assert {one.rule.id for one in law_rules()} >= {f"REC-{n:02}" for n in range(1, 15)} - {
        "REC-06"  # payroll: outside the product
    }


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "REC-01"', 'id = "REC-99"', "no row 'REC-99'"),
        ('id = "REC-02"', 'id = "REC-01"', "two versions are in force at once"),
        ('starts = "charge-filed"', 'starts = "birth"', "starts"),
        ('period = "60 days"', 'period = "60 weeks"', "period"),
        ("basic = true", "basick = true", "a key that the format does not have"),
    ],
)
def test_a_fault_in_the_table_is_told_with_its_line(
    tmp_path: Any, old: str, new: str, fault: str
) -> None:
    text = RETENTION_FILE.read_text()
    assert old in text
    path = tmp_path / "retention.toml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(PolicyError, match=re.escape(fault)) as refused:
        read_law_rules(path)
    assert refused.value.line
    assert len(read_law_rules(RETENTION_FILE)) == text.count("[[rule]]")


@given(
    st.sampled_from(["US", "US-CA", "US-MN", "US-UT", "US-TX"]),
    st.sampled_from(EmployerType),
    st.sampled_from(VettingMode),
    st.sampled_from([S.ADVERSE, S.FAVOURABLE, S.WITHDRAWN, S.REFUSED, S.EXPIRED]),
    st.sampled_from([None, True, False]),
    st.dates(date(2023, 6, 1), date(2026, 11, 1)),
    st.integers(0, 400),
)
def test_nothing_in_the_united_states_goes_before_the_federal_minimum(
    place: str,
    employer: EmployerType,
    mode: VettingMode,
    outcome: CaseState,
    hired: bool | None,
    action: date,
    later: int,
) -> None:
    """One year for private employers, two for public ones, from the later of record and action."""
    made = action + timedelta(days=later)
    here = policy(place, employer, mode=mode)
    found = schedule(facts(outcome, action=action, record_made=made, hired=hired), here, now=NOW)
    far = datetime(2199, 1, 1, tzinfo=UTC)
    known = place in {"US", "US-CA"} or (place == "US-MN" and employer is POLICE)
    assert (found.missing == ()) == known
    if disposition(found, held=False, now=far) is not Disposition.DESTROY:
        assert not known or found.endless == ("REC-11",)
        return
    year = made.year + (1 if employer is PRIVATE else 2)
    leap = (made.month, made.day) == (2, 29)
    minimum = date(year, 3, 1) if leap else made.replace(year=year)
    assert found.keep_until is not None
    assert found.keep_until >= minimum
