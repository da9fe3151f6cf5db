"""Two clocks: keep until the latest rule allows, destroy by the earliest; a conflict is named."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case import CaseState
from models.ids import CaseId
from models.requisition import Policy
from models.retention import Clock, Confidence, RetentionRule
from policy.requisition import load_policy
from policy.retention import RetentionFacts, add_period, schedule

NOW = datetime(2026, 11, 20, tzinfo=UTC)
KEEP, DESTROY = Clock.KEEP_UNTIL, Clock.DESTROY_BY


def rule(row: str, clock: Clock, period: str) -> RetentionRule:
    return RetentionRule(
        id=row, clock=clock, period=period, citation="c", confidence=Confidence.VERIFIED
    )


def policy(*rules: RetentionRule) -> Policy:
    return load_policy("us-private").model_copy(update={"retention": rules})


def facts(**changes: object) -> RetentionFacts:
    fields: dict[str, object] = {
        "case_id": CaseId("c" * 32),
        "outcome": CaseState.ADVERSE,
        "record_made": date(2024, 1, 10),
        "action": date(2024, 2, 29),
    }
    return RetentionFacts(**fields | changes)  # type: ignore[arg-type] # a test's shorthand


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
    two_years = policy(rule("REC-02", KEEP, "2 years"))
    assert schedule(facts(), two_years, now=NOW).keep_until == date(2026, 3, 1)
    later_record = facts(record_made=date(2024, 6, 1))
    assert schedule(later_record, two_years, now=NOW).keep_until == date(2026, 6, 1)


def test_the_longest_duty_to_keep_and_the_shortest_to_destroy_count() -> None:
    found = schedule(
        facts(),
        policy(
            rule("REC-02", KEEP, "2 years"),
            rule("REC-07", KEEP, "4 years"),
            rule("AGENCY-01", DESTROY, "6 years"),
            rule("AGENCY-02", DESTROY, "5 years"),
        ),
        now=NOW,
    )
    assert found.keep_until == date(2028, 2, 29)
    assert found.destroy_by == date(2029, 2, 28)
    assert found.conflict is None
    assert [(item.rule.id, item.until) for item in found.applied] == [
        ("REC-02", date(2026, 3, 1)),
        ("REC-07", date(2028, 2, 29)),
        ("AGENCY-01", date(2030, 2, 28)),
        ("AGENCY-02", date(2029, 2, 28)),
    ]


def test_a_conflict_names_both_rules_and_chooses_neither() -> None:
    found = schedule(
        facts(),
        policy(
            rule("REC-02", KEEP, "2 years"),
            rule("REC-07", KEEP, "4 years"),
            rule("REC-14", DESTROY, "0 days"),
        ),
        now=NOW,
    )
    assert found.conflict == ("REC-07", "REC-14")
    assert found.keep_until == date(2028, 2, 29)
    assert found.destroy_by == date(2024, 2, 29)


def test_one_and_the_same_day_is_no_conflict() -> None:
    found = schedule(
        facts(action=date(2024, 5, 1)),
        policy(rule("REC-01", KEEP, "1 years"), rule("AGENCY-01", DESTROY, "1 years")),
        now=NOW,
    )
    assert found.conflict is None
    assert found.keep_until == found.destroy_by


@pytest.mark.parametrize(
    "stop", [{"open_matters": 1}, {"holds": 1}, {"action": None}, {"holds": 2, "open_matters": 3}]
)
def test_what_is_open_has_no_date_and_is_no_conflict(stop: dict[str, object]) -> None:
    found = schedule(
        facts(**stop),
        policy(rule("REC-02", KEEP, "2 years"), rule("AGENCY-01", DESTROY, "1 years")),
        now=NOW,
    )
    assert found.keep_until is None
    assert found.conflict is None


def test_a_rule_for_open_matters_starts_with_one() -> None:
    rules = policy(rule("REC-03", KEEP, "while-open"), rule("REC-02", KEEP, "2 years"))
    closed = schedule(facts(), rules, now=NOW)
    assert closed.keep_until == date(2026, 3, 1)
    assert closed.applied[0].since is None
    opened = schedule(facts(open_matters=1), rules, now=NOW)
    assert opened.keep_until is None
    assert opened.applied[0].since == date(2024, 1, 10)
    assert opened.applied[0].until is None


def test_the_free_copy_runs_from_the_notice_and_only_then() -> None:
    rules = policy(rule("FCRA-08", KEEP, "60 days"), rule("REC-01", KEEP, "0 days"))
    assert schedule(facts(), rules, now=NOW).keep_until == date(2024, 2, 29)
    noticed = facts(adverse_notice=date(2024, 4, 1))
    assert schedule(noticed, rules, now=NOW).keep_until == date(2024, 5, 31)


@pytest.mark.parametrize(
    ("hired", "outcome", "rows", "keep_until"),
    [
        (False, CaseState.ADVERSE, ["REC-10"], date(2030, 3, 1)),
        (None, CaseState.ADVERSE, ["REC-10"], date(2030, 3, 1)),
        (True, CaseState.FAVOURABLE, ["REC-11"], None),
        (False, CaseState.FAVOURABLE, ["REC-10"], date(2030, 3, 1)),
        (None, CaseState.FAVOURABLE, ["REC-10", "REC-11"], None),
    ],
)
def test_minnesota_keeps_for_the_employment_or_six_years(
    hired: bool | None, outcome: CaseState, rows: list[str], keep_until: date | None
) -> None:
    """What the agency has not said is not guessed: the longer rule stands."""
    found = schedule(
        facts(hired=hired, outcome=outcome),
        policy(rule("REC-10", KEEP, "6 years"), rule("REC-11", KEEP, "while-open")),
        now=NOW,
    )
    assert [item.rule.id for item in found.applied] == rows
    assert found.keep_until == keep_until


def test_employment_without_end_conflicts_with_a_duty_to_destroy() -> None:
    found = schedule(
        facts(hired=True),
        policy(rule("REC-11", KEEP, "while-open"), rule("AGENCY-01", DESTROY, "5 years")),
        now=NOW,
    )
    assert found.conflict == ("REC-11", "AGENCY-01")


def test_without_a_rule_to_keep_there_is_no_date() -> None:
    assert schedule(facts(), policy(), now=NOW).keep_until is None


@given(
    st.lists(
        st.tuples(st.sampled_from([KEEP, DESTROY]), st.integers(0, 80)), min_size=1, max_size=6
    )
)
def test_no_rule_is_ever_broken_in_silence(rows: list[tuple[Clock, int]]) -> None:
    rules = [rule(f"X-{n}", clock, f"{months} months") for n, (clock, months) in enumerate(rows)]
    found = schedule(facts(), policy(*rules), now=NOW)
    for item in found.applied:
        assert item.until is not None
        if item.rule.clock is KEEP:
            assert found.keep_until is not None
            assert found.keep_until >= item.until
        else:
            assert found.destroy_by is not None
            assert found.destroy_by <= item.until
    if found.keep_until and found.destroy_by:
        assert (found.conflict is not None) == (found.destroy_by < found.keep_until)


@pytest.mark.parametrize("pack", ["us-private", "us-ca-law-enforcement"])
def test_the_packs_that_ship_hold_no_conflict(pack: str) -> None:
    found = schedule(facts(adverse_notice=date(2024, 2, 29)), load_policy(pack), now=NOW)
    assert found.conflict is None
    assert found.keep_until is not None
    assert found.destroy_by is not None
    assert found.keep_until < found.destroy_by
