"""Two clocks: keep until the latest rule allows, destroy by the earliest; a conflict is named."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case import CaseState
from models.ids import CaseId
from models.requisition import EmployerType, Policy
from models.retention import Clock, Confidence, RetentionFacts, RetentionOutcome, RetentionRule
from policy.requisition import load_policy
from policy.retention import Disposition, consider, day_is_over, disposition, schedule
from policy.retention_law import LawRule, Start
from policy.retention_periods import add_period

NOW = datetime(2026, 11, 20, tzinfo=UTC)
KEEP, DESTROY = Clock.KEEP_UNTIL, Clock.DESTROY_BY


def rule(row: str, clock: Clock, period: str) -> RetentionRule:
    return RetentionRule(
        id=row, clock=clock, period=period, citation="c", confidence=Confidence.VERIFIED
    )


def law(row: str, clock: Clock, period: str, **changes: Any) -> LawRule:
    fields: dict[str, Any] = {
        "rule": rule(row, clock, period),
        "starts": Start.RECORD_OR_ACTION,
        "jurisdictions": frozenset({"US"}),
        "basic": clock is KEEP,
    }
    return LawRule(**fields | changes)


def policy(*rules: RetentionRule, **changes: Any) -> Policy:
    return load_policy("us-private").model_copy(update={"retention": rules} | changes)


def facts(**changes: Any) -> RetentionFacts:
    fields: dict[str, Any] = {
        "case_id": CaseId("c" * 32),
        "outcome": CaseState.ADVERSE,
        "record_made": date(2024, 1, 10),
        "action": date(2024, 2, 29),
    }
    return RetentionFacts(**fields | changes)


def dates(rules: list[LawRule], own: tuple[RetentionRule, ...] = (), **changes: Any) -> Any:
    return schedule(facts(**changes), policy(*own), now=NOW, law=rules)


@pytest.mark.parametrize(
    ("since", "period", "keep", "destroy"),
    [
        ("2024-02-29", "1 years", "2025-03-01", "2025-02-28"),
        ("2024-02-29", "4 years", "2028-02-29", "2028-02-29"),
        ("2023-02-28", "1 years", "2024-02-28", "2024-02-28"),
        ("2023-03-01", "1 years", "2024-03-01", "2024-03-01"),
        ("2024-01-31", "1 months", "2024-03-01", "2024-02-29"),
        ("2023-01-31", "1 months", "2023-03-01", "2023-02-28"),
        ("2024-05-31", "6 months", "2024-12-01", "2024-11-30"),
        ("2024-08-31", "6 months", "2025-03-01", "2025-02-28"),
        ("2024-12-31", "1 months", "2025-01-31", "2025-01-31"),
        ("2024-11-30", "13 months", "2025-12-30", "2025-12-30"),
        ("2024-02-28", "60 days", "2024-04-28", "2024-04-28"),
        ("2024-02-29", "0 days", "2024-02-29", "2024-02-29"),
        ("2099-02-28", "1 years", "2100-02-28", "2100-02-28"),
        ("2096-02-29", "4 years", "2100-03-01", "2100-02-28"),
        # 26 November is Thanksgiving; 25 December 2026 is a Friday; 4 July 2026 is kept on the 3rd.
        # Without a state, a record is kept as if every state's own days were days of rest.
        ("2026-11-20", "5 business-days", "2026-12-01", "2026-11-30"),
        ("2026-12-24", "1 business-days", "2026-12-30", "2026-12-28"),
        ("2026-07-02", "5 business-days", "2026-07-10", "2026-07-10"),
        ("2024-02-28", "2 business-days", "2024-03-06", "2024-03-01"),
    ],
)
def test_periods_err_to_the_safe_side(since: str, period: str, keep: str, destroy: str) -> None:
    start = date.fromisoformat(since)
    assert add_period(start, period, KEEP) == date.fromisoformat(keep)
    assert add_period(start, period, DESTROY) == date.fromisoformat(destroy)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
def test_keeping_never_ends_before_destroying(since: date, months: int) -> None:
    keep = add_period(since, f"{months} months", KEEP)
    destroy = add_period(since, f"{months} months", DESTROY)
    assert since <= destroy <= keep
    assert (keep - destroy).days <= 1


def test_the_record_or_the_action_starts_the_clock_whichever_is_later() -> None:
    two_years = [law("X-01", KEEP, "2 years")]
    assert dates(two_years).keep_until == date(2026, 3, 1)
    assert dates(two_years, record_made=date(2024, 6, 1)).keep_until == date(2026, 6, 1)


def test_the_longest_duty_to_keep_and_the_shortest_to_destroy_count() -> None:
    found = dates(
        [law("X-01", KEEP, "2 years"), law("X-02", KEEP, "4 years")],
        (rule("AGENCY-01", DESTROY, "6 years"), rule("AGENCY-02", DESTROY, "5 years")),
    )
    assert found.keep_until == date(2028, 2, 29)
    assert found.destroy_by == date(2029, 2, 28)
    assert found.conflict is None
    assert not found.sealed
    assert [(item.rule.id, item.until) for item in found.applied] == [
        ("X-01", date(2026, 3, 1)),
        ("X-02", date(2028, 2, 29)),
        ("AGENCY-01", date(2030, 2, 28)),
        ("AGENCY-02", date(2029, 2, 28)),
    ]


def test_a_conflict_names_both_rules_chooses_neither_and_seals() -> None:
    found = dates(
        [
            law("X-01", KEEP, "2 years"),
            law("X-02", KEEP, "4 years"),
            law("X-03", DESTROY, "0 days"),
        ]
    )
    assert found.conflict == ("X-02", "X-03")
    assert found.keep_until == date(2028, 2, 29)
    assert found.destroy_by == date(2024, 2, 29)
    assert found.sealed
    far = datetime(2099, 1, 1, tzinfo=UTC)
    assert disposition(found, held=False, now=far) is Disposition.SEALED


def test_one_and_the_same_day_is_no_conflict() -> None:
    found = dates(
        [law("X-01", KEEP, "1 years")],
        (rule("AGENCY-01", DESTROY, "1 years"),),
        action=date(2024, 5, 1),
    )
    assert found.conflict is None
    assert found.keep_until == found.destroy_by


@pytest.mark.parametrize(
    "stop",
    [
        {"open_matters": 1},
        {"holds": 1},
        {"action": None},
        {"holds": 2, "open_matters": 3},
        {"charge_filed": date(2024, 3, 1)},
    ],
)
def test_what_is_open_has_no_date_and_is_no_conflict(stop: dict[str, Any]) -> None:
    found = dates(
        [law("X-01", KEEP, "2 years"), law("X-02", DESTROY, "1 years")],
        **stop,
    )
    assert found.keep_until is None
    assert found.conflict is None
    assert found.endless
    assert disposition(found, held=False, now=datetime(2099, 1, 1, tzinfo=UTC)) is Disposition.KEEP


def test_a_rule_that_has_not_started_says_what_it_waits_for() -> None:
    notice = law("X-01", KEEP, "60 days", starts=Start.ADVERSE_NOTICE)
    (found,) = consider(facts(), policy(), on=NOW.date(), law=[notice])
    assert not found.applies
    assert found.why == "has not started: no adverse notice"
    noticed = facts(adverse_notice=date(2024, 4, 1))
    (found,) = consider(noticed, policy(), on=NOW.date(), law=[notice])
    assert found.until == date(2024, 5, 31)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"jurisdictions": frozenset({"US-CA"})}, "only in US-CA"),
        ({"employers": frozenset({EmployerType.PUBLIC})}, "only for employers that are public"),
        ({"modes": frozenset({"vendor"})}, "only for vetting by vendor"),
        ({"stated": "contractors"}, "only for contractors; the policy does not name it"),
        ({"effective": date(2027, 1, 1)}, "in force only from 2027-01-01"),
        ({"expires": date(2026, 1, 1)}, "no longer in force since 2026-01-01"),
        (
            {"outcomes": frozenset({RetentionOutcome.HIRED})},
            "only if hired, and this case is not-hired",
        ),
    ],
)
def test_every_rule_left_out_says_why(changes: dict[str, Any], why: str) -> None:
    one = law("X-01", KEEP, "9 years", **changes)
    (found,) = consider(facts(), policy(), on=NOW.date(), law=[one])
    assert (found.applies, found.why) == (False, why)


def test_a_policy_lengthens_a_rule_of_law_and_never_shortens_it() -> None:
    two = [law("X-01", KEEP, "2 years")]
    longer = dates(two, (rule("X-01", KEEP, "3 years"),))
    assert longer.keep_until == date(2027, 3, 1)
    assert len(longer.applied) == 1
    shorter = dates(two, (rule("X-01", KEEP, "1 years"),))
    assert shorter.keep_until == date(2026, 3, 1)
    sooner = dates([law("X-02", DESTROY, "5 years")], (rule("X-02", DESTROY, "3 years"),))
    assert sooner.destroy_by == date(2027, 2, 28)
    later = dates([law("X-02", DESTROY, "5 years")], (rule("X-02", DESTROY, "9 years"),))
    assert later.destroy_by == date(2029, 2, 28)


def test_what_the_policy_names_binds_though_nothing_in_the_case_shows_it() -> None:
    contractor = [law("X-01", KEEP, "1 years"), law("X-02", KEEP, "2 years", stated="contractors")]
    assert dates(contractor).keep_until == date(2025, 3, 1)
    named = dates(contractor, (rule("X-02", KEEP, "2 years"),))
    assert named.keep_until == date(2026, 3, 1)


def test_a_rule_that_changes_on_a_date_changes_behaviour_on_that_date() -> None:
    versions = [
        law("X-01", KEEP, "2 years", expires=date(2027, 1, 1)),
        law("X-01", KEEP, "4 years", effective=date(2027, 1, 1)),
    ]
    last = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    first = datetime(2027, 1, 1, tzinfo=UTC)
    before = schedule(facts(), policy(), now=last, law=versions)
    after = schedule(facts(), policy(), now=first, law=versions)
    assert (before.keep_until, after.keep_until) == (date(2026, 3, 1), date(2028, 2, 29))
    assert disposition(before, held=False, now=last) is Disposition.DESTROY
    assert disposition(after, held=False, now=first) is Disposition.KEEP
    assert not before.missing
    assert not after.missing


def test_unknown_law_is_named_and_seals() -> None:
    """A rule of the federation does not say what a state asks for."""
    here = policy(rule("AGENCY-01", KEEP, "9 years"), jurisdiction="US-TX")
    found = schedule(facts(), here, now=NOW, law=[law("X-01", KEEP, "1 years")])
    assert found.missing == ("US-TX:private",)
    assert found.sealed
    far = datetime(2099, 1, 1, tzinfo=UTC)
    assert disposition(found, held=False, now=far) is Disposition.SEALED
    filled = policy(rule("US-TX-01", KEEP, "9 years"), jurisdiction="US-TX")
    found = schedule(facts(), filled, now=NOW, law=[law("X-01", KEEP, "1 years")])
    assert found.missing == ()
    assert found.keep_until == date(2033, 3, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"basic": False},
        {"expires": date(2026, 1, 1)},
        {"effective": date(2027, 1, 1)},
        {"employers": frozenset({EmployerType.LAW_ENFORCEMENT})},
        {"outcomes": frozenset({RetentionOutcome.HIRED})},
        {"stated": "contractors"},
    ],
)
def test_a_rule_that_does_not_bind_fills_no_gap(changes: dict[str, Any]) -> None:
    assert dates([law("X-01", KEEP, "1 years")]).missing == ()
    assert dates([law("X-01", KEEP, "1 years", **changes)]).missing == ("US:private",)


def test_a_rule_of_one_state_says_nothing_of_the_federation() -> None:
    here = policy(rule("US-TX-01", KEEP, "1 years"), jurisdiction="US-TX")
    assert schedule(facts(), here, now=NOW, law=[]).missing == ("US:private",)


def test_business_days_of_an_unknown_calendar_are_not_guessed() -> None:
    here = policy(rule("GB-01", KEEP, "5 business-days"), jurisdiction="GB")
    found = schedule(facts(), here, now=NOW, law=[])
    assert found.missing == ("GB:business-days",)
    assert found.keep_until is None
    far = datetime(2099, 1, 1, tzinfo=UTC)
    assert disposition(found, held=False, now=far) is Disposition.SEALED


def test_without_a_rule_to_keep_nothing_waits() -> None:
    """A rule of no days says that the law of a place has no minimum."""
    found = dates([law("X-01", KEEP, "0 days")])
    assert found.keep_until is None
    assert disposition(found, held=False, now=NOW) is Disposition.DESTROY
    assert disposition(found, held=True, now=NOW) is Disposition.HELD


def test_the_last_day_is_kept_to_its_end_everywhere() -> None:
    """On Baker Island a day ends at noon of the next in UTC."""
    day = date(2028, 2, 29)
    assert not day_is_over(day, datetime(2028, 2, 29, 23, 59, tzinfo=UTC))
    assert not day_is_over(day, datetime(2028, 3, 1, 11, 59, tzinfo=UTC))
    assert day_is_over(day, datetime(2028, 3, 1, 12, tzinfo=UTC))


RULES = st.lists(
    st.tuples(
        st.sampled_from([KEEP, DESTROY]), st.integers(0, 80), st.sampled_from(["months", "days"])
    ),
    min_size=1,
    max_size=6,
)


@given(RULES, st.dates(date(2015, 1, 1), date(2030, 1, 1)), st.integers(0, 900))
def test_no_rule_is_ever_broken_in_silence(
    rows: list[tuple[Clock, int, str]], action: date, later: int
) -> None:
    """Keep-until is never before a minimum; destroy-by never after a maximum; else a conflict."""
    table = [law(f"X-{n}", clock, f"{count} {unit}") for n, (clock, count, unit) in enumerate(rows)]
    found = dates(table, action=action, record_made=action + timedelta(days=later))
    for item in found.applied:
        assert item.until is not None
        if item.rule.clock is DESTROY:
            assert found.destroy_by is not None
            assert found.destroy_by <= item.until
        elif item.until > item.since:
            assert found.keep_until is not None
            assert found.keep_until >= item.until
    if found.keep_until and found.destroy_by:
        assert (found.conflict is not None) == (found.destroy_by < found.keep_until)
    for now in (NOW, datetime(2060, 1, 1, tzinfo=UTC)):
        if disposition(found, held=False, now=now) is Disposition.DESTROY:
            assert found.conflict is None
            for item in found.applied:
                kept = item.rule.clock is KEEP and item.until != item.since
                assert not kept or day_is_over(item.until, now)
