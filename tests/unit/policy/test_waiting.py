"""A waiting time is the longer of the policy's and the law's, and unknown law is no permission."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.adverse import REQUIRED, DocumentKind
from models.applicant_rules import ApplicantRules
from models.deadlines import ClockKind
from models.decision_rules import CAUTIOUS, DecisionRules, Language
from models.dispute import DisputeOutcome
from models.errors import PolicyError
from models.retention import Confidence
from policy.calendar import add_business_days
from policy.defaults import default_draft
from policy.document_texts import block_text, result_text
from policy.law import legal_param
from policy.waiting import due, notice_lead_until, rules_of, waiting_of, waiting_rules

POLICY = default_draft().policy
TUESDAY = datetime(2026, 9, 1, 12, tzinfo=UTC)
FILLED = {
    name: f"<{name}>"
    for name in (
        "agency",
        "contact",
        "source",
        "copy",
        "copy_hash",
        "until_rule",
        "file_copy_days",
        "result",
    )
}


@pytest.mark.parametrize("rule", waiting_rules(), ids=lambda rule: f"{rule.id}-{rule.clock}")
def test_each_time_is_what_its_row_of_the_law_says(rule: object) -> None:
    row = legal_param(rule.id)  # type: ignore[attr-defined]
    said = re.findall(r"\d+", row.value)
    assert str(rule.length) in said  # type: ignore[attr-defined]
    assert row.unit.replace(" ", "-") == rule.unit  # type: ignore[attr-defined]


@given(days=st.integers(5, 60))
def test_the_longer_of_policy_and_law_holds(days: int) -> None:
    policy = POLICY.model_copy(update={"pre_adverse_business_days": days})
    waiting = waiting_of(ClockKind.PRE_ADVERSE, policy)
    assert waiting.length == max(days, 5)
    lawful = ("FCRA-06", "FAIR-01", "FAIR-03", "policy")
    assert waiting.rules == (("policy",) if days > 5 else lawful)
    assert due(ClockKind.PRE_ADVERSE, policy, TUESDAY) == add_business_days(
        TUESDAY, days, policy.jurisdiction
    )


def test_a_place_without_a_row_is_refused() -> None:
    with pytest.raises(PolicyError, match="FR"):
        waiting_of(ClockKind.DISPUTE, POLICY.model_copy(update={"jurisdiction": "FR"}))


def test_the_days_on_which_a_place_rests_do_not_count() -> None:
    rest = frozenset({date(2026, 9, 2)})
    policy = POLICY.model_copy(update={"decision": DecisionRules(rest_days=rest)})
    before = due(ClockKind.PRE_ADVERSE, POLICY, TUESDAY)
    assert due(ClockKind.PRE_ADVERSE, policy, TUESDAY) == before + timedelta(days=1)


def test_without_a_table_the_cautious_default_holds() -> None:
    assert rules_of(POLICY.model_copy(update={"decision": None})) is CAUTIOUS
    assert not CAUTIOUS.sole_basis_allowed


def test_no_language_is_named_twice() -> None:
    with pytest.raises(ValueError, match="each named once"):
        DecisionRules(languages=(Language.ENGLISH, Language.ENGLISH))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", DocumentKind)
def test_every_block_is_written_in_every_language(kind: DocumentKind, language: Language) -> None:
    texts = [block_text(kind, block, language, **FILLED) for block in REQUIRED[kind]]
    assert all(texts)
    assert "{" not in "".join(texts)
    for outcome in DisputeOutcome:
        assert result_text(outcome, language)


def test_the_two_languages_say_the_same_things_to_be_filled() -> None:
    for kind, blocks in REQUIRED.items():
        for block in blocks:
            named = [
                sorted(re.findall(r"<\w+>", block_text(kind, block, language, **FILLED)))
                for language in Language
            ]
            assert named[0] == named[1], (kind, block)


@pytest.mark.parametrize(
    ("place", "length", "row"),
    [
        ("US-PA", 10, "FAIR-06"),
        ("US-IL", 5, "FAIR-05"),
        ("US-NY", 5, "FAIR-02"),
        ("US", 5, "FCRA-06"),
    ],
)
def test_the_longest_of_country_state_and_city_holds(place: str, length: int, row: str) -> None:
    """FAIR-01 to FAIR-06, from memory: a city's time holds in the whole of its state."""
    policy = POLICY.model_copy(update={"jurisdiction": place})
    found = waiting_of(ClockKind.PRE_ADVERSE, policy)
    assert found.length == length
    assert row in found.rules
    if place != "US":
        assert legal_param(row).known is Confidence.FROM_MEMORY


def test_days_and_business_days_are_both_counted_out() -> None:
    """FAIR-04: seven days in San Francisco; five business days may be over before, never after."""
    policy = POLICY.model_copy(update={"jurisdiction": "US-CA"})
    end = due(ClockKind.PRE_ADVERSE, policy, TUESDAY)
    assert end >= TUESDAY + timedelta(days=7)
    assert end >= add_business_days(TUESDAY, 5, "US-CA")


def test_of_what_the_agency_owes_no_holiday_of_a_state_makes_more() -> None:
    """FCRA-12: five business days to tell the result, though California rests on 31 March."""
    before = datetime(2026, 3, 30, 12, tzinfo=UTC)
    policy = POLICY.model_copy(
        update={
            "jurisdiction": "US-CA",
            "decision": DecisionRules(rest_days=frozenset({date(2026, 4, 1)})),
        }
    )
    assert due(ClockKind.DISPUTE_RESULT, policy, before).date() == date(2026, 4, 6)
    assert due(ClockKind.PRE_ADVERSE, policy, before).date() == date(2026, 4, 8)


def test_new_york_city_has_ten_business_days_between_notice_and_search() -> None:
    """AI-01, where the policy names it; else the policy's own days."""
    named = ApplicantRules(confirmed_rows=frozenset({"AI-01"}))
    changes = {"jurisdiction": "US-NY", "notice_lead_days": 3, "applicant": named}
    city = POLICY.model_copy(update=changes)
    assert notice_lead_until(city, TUESDAY) == add_business_days(TUESDAY, 10, "US-NY")
    upstate = city.model_copy(update={"applicant": None})
    assert notice_lead_until(upstate, TUESDAY) == TUESDAY + timedelta(days=3)
    longer = city.model_copy(update={"notice_lead_days": 60})
    assert notice_lead_until(longer, TUESDAY) == TUESDAY + timedelta(days=60)
