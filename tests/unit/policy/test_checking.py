"""F3 and the lints: a policy is held against the law, with file, line, rule and row."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import build
from models.applicant_rules import (
    ApplicantRules,
    Asked,
    ContactCondition,
    ContactRules,
    RefusalEffect,
    RefusalRule,
)
from models.consent import ConsentItem
from models.requisition import EmployerType, NoticeStage, Policy, VettingMode
from policy.checking import Grade, check_policy
from policy.differences import Direction, differences, stricter_than_peers
from policy.packs import PackKind, list_packs
from policy.requisition import load_policy

TODAY = date(2026, 11, 21)
ARCHIVE = RefusalRule(item=ConsentItem.ARCHIVE, effect=RefusalEffect.DISQUALIFY)
CONTACT = ContactRules(conditions=frozenset({ContactCondition.NAMED_BY_APPLICANT}), script="Hello.")


def policy(applicant: dict[str, Any] | None = None, **changes: Any) -> Policy:
    rules = None if applicant is None else ApplicantRules(**applicant)
    base = load_policy("us-private")
    return base.model_copy(update={"jurisdiction": "US-TX", "applicant": rules} | changes)


def errors(of: Policy, on: date = TODAY) -> set[tuple[str, str]]:
    return {(one.key, one.row) for one in check_policy(of, on) if one.grade is Grade.ERROR}


@pytest.mark.parametrize("entry", list_packs(PackKind.POLICY), ids=lambda entry: entry.id)
def test_the_packs_that_come_with_the_product_have_no_error(entry: Any) -> None:
    assert errors(load_policy(entry.id)) == set()


ITEMS = load_policy("us-private").consent_items
LIKES = ITEMS | {ConsentItem.LIKES_AND_FOLLOWS}
VIEWING = ITEMS | {ConsentItem.SUPERVISED_VIEWING}
FRIENDS = ITEMS | {ConsentItem.CONTACT_OF_FRIENDS}
PUBLIC = {"employer_type": EmployerType.PUBLIC}
POLICE = {"employer_type": EmployerType.LAW_ENFORCEMENT}
VENDOR = {"mode": VettingMode.VENDOR}


@pytest.mark.parametrize(
    ("wrong", "key", "row", "right"),
    [
        pytest.param(
            policy({"refusals": (ARCHIVE,)}, jurisdiction="US-NY"),
            "applicant.refusals.0",
            "password_laws.csv:NY",
            policy({"refusals": (ARCHIVE,)}, jurisdiction="US-NY", **POLICE),
            id="a consequence that a password law forbids",
        ),
        pytest.param(
            policy(consent_items=VIEWING, jurisdiction="US-NY"),
            "consent_items",
            "password_laws.csv:NY",
            policy(consent_items=VIEWING, jurisdiction="US-NY", **POLICE),
            id="viewing where it is barred",
        ),
        pytest.param(
            policy(consent_items=LIKES, **PUBLIC),
            "consent_items",
            "EEO-17",
            policy(consent_items=LIKES),
            id="likes, for a public employer",
        ),
        pytest.param(
            policy(consent_items=FRIENDS),
            "consent_items",
            "",
            policy({"contact": CONTACT}, consent_items=FRIENDS),
            id="friends without conditions",
        ),
        pytest.param(
            policy({"contact": CONTACT, "employer_name": "A"}, consent_items=FRIENDS, **VENDOR),
            "applicant.contact",
            "FCRA-17",
            policy(
                {
                    "contact": CONTACT.model_copy(update={"disclosure_text": "A report."}),
                    "employer_name": "A",
                },
                consent_items=FRIENDS,
                **VENDOR,
            ),
            id="a vendor that speaks to friends",
        ),
        pytest.param(
            policy({}, jurisdiction="US-MN", consent_valid_days=200, **POLICE),
            "consent_valid_days",
            "POL-07",
            policy({}, jurisdiction="US-MN", consent_valid_days=180, **POLICE),
            id="Minnesota's six months",
        ),
        pytest.param(
            policy({"employer_name": "A"}, lookback_years=8, **VENDOR),
            "lookback_years",
            "FCRA-13",
            policy({"employer_name": "A"}, lookback_years=7, **VENDOR),
            id="older than seven years",
        ),
        pytest.param(
            policy({}, **VENDOR),
            "applicant.employer_name",
            "FCRA-01",
            policy({"employer_name": "A"}, **VENDOR),
            id="a disclosure without the employer",
        ),
        pytest.param(
            policy({"confirmed_rows": frozenset({"AI-01"})}, notice_lead_days=13),
            "notice_lead_days",
            "AI-01",
            policy({"confirmed_rows": frozenset({"AI-01"})}, notice_lead_days=14),
            id="New York City's ten business days",
        ),
        pytest.param(
            policy({"asks": frozenset({Asked.EMAILS})}, jurisdiction="US-NJ", **POLICE),
            "applicant.asks",
            "POL-08",
            policy({}, jurisdiction="US-NJ", **POLICE),
            id="New Jersey's list of accounts",
        ),
        pytest.param(
            policy({"disclosure_lookback_years": 4}, jurisdiction="US-NJ", **POLICE),
            "applicant.disclosure_lookback_years",
            "POL-08",
            policy({"disclosure_lookback_years": 5}, jurisdiction="US-NJ", **POLICE),
            id="New Jersey's five years",
        ),
        pytest.param(
            policy(jurisdiction="GB", notice_stage=NoticeStage.APPLICATION),
            "notice_stage",
            "UK-03",
            policy(jurisdiction="GB"),
            id="vetting before the offer",
        ),
        pytest.param(
            policy(jurisdiction="JP"),
            "notice_stage",
            "legal_params.csv:JP",
            policy(jurisdiction="FR"),
            id="a place whose law nobody wrote down",
        ),
        pytest.param(
            policy({"alterations_count": True, "alteration_sentence": "Changes count."}),
            "applicant.alteration_sentence",
            "",
            policy(
                {"alterations_count": True, "alteration_sentence": "Changes count."},
                notice_text="A notice. Changes\ncount.",
            ),
            id="changed profiles, unsaid",
        ),
        pytest.param(
            policy({"confirmed_rows": frozenset({"FCRA-99"})}),
            "applicant.confirmed_rows",
            "FCRA-99",
            policy({"confirmed_rows": frozenset({"FCRA-01"})}),
            id="a row that is none",
        ),
    ],
)
def test_what_the_law_forbids_is_an_error_and_what_it_allows_is_none(
    wrong: Policy, key: str, row: str, right: Policy
) -> None:
    assert (key, row) in errors(wrong)
    assert errors(right) == set()


def test_the_same_policy_is_lawful_until_the_day_a_law_begins() -> None:
    illinois = policy({}, jurisdiction="US-IL")
    assert errors(illinois, date(2025, 12, 31)) == set()
    assert errors(illinois, date(2026, 1, 1)) == {("applicant.forms", "AI-04")}


def test_differences_say_which_policy_asks_more_of_the_applicant() -> None:
    one = policy({})
    other = policy(
        {"refusals": (RefusalRule(item=ConsentItem.PUBLIC_BLOG, effect=RefusalEffect.MANUAL),)},
        lookback_years=one.lookback_years + 1,
        notice_lead_days=one.notice_lead_days + 1,
        consent_items=one.consent_items - {ConsentItem.ARCHIVE},
        notice_stage=NoticeStage.ADVERT,
        notice_text="Another.",
    )
    found = {each.field: each.direction for each in differences(one, other)}
    assert found == {
        "notice_stage": Direction.STRICTER,
        "notice_lead_days": Direction.LOOSER,
        "notice_text": Direction.DIFFERENT,
        "consent_items": Direction.LOOSER,
        "lookback_years": Direction.STRICTER,
        "applicant.refusals": Direction.STRICTER,
    }
    back = {each.field: each.direction for each in differences(other, one)}
    assert back["lookback_years"] is Direction.LOOSER
    assert differences(one, one) == []


def test_being_stricter_than_its_peers_is_a_remark_and_no_error() -> None:
    """W-F3-STRICTER-THAN-PEERS."""
    strict = policy(id="own", lookback_years=20)
    assert [one.field for one in stricter_than_peers(strict)] == ["lookback_years"]
    assert errors(strict) == set()
    mild = policy(id="own", notice_lead_days=30)
    assert stricter_than_peers(mild) == []


FILE = """title = "Clerk"
criteria = "ca-post-2024"

[policy]
pack = "us-private"
jurisdiction = "US-NY"
lookback_years = 9

[policy.applicant]
signature = true

[[policy.applicant.refusals]]
item = "public-blog"
effect = "manual"

[[policy.applicant.refusals]]
item = "archive"
effect = "disqualify"
"""


def run(*arguments: str) -> Any:
    return CliRunner().invoke(build("policy"), ["policy", *arguments])


def test_the_command_names_file_line_and_rule(tmp_path: Path) -> None:
    file = tmp_path / "clerk.toml"
    file.write_text(FILE)
    wrong = run("check", str(file), "--date", "2026-11-21")
    assert wrong.exit_code == 2
    assert "error: clerk.toml, line 1" in wrong.output
    assert "E-N2-UNLAWFUL-CONSEQUENCE" in wrong.output
    assert "W-F3-STRICTER-THAN-PEERS" in wrong.output
    file.write_text(FILE.replace("disqualify", "none"))
    assert run("check", str(file), "--date", "2026-11-21").exit_code == 0
    file.write_text(FILE.replace("signature = true", "signatur = true"))
    misspelt = run("check", str(file))
    assert "clerk.toml, line 10: applicant.signatur: a key that the format" in misspelt.output


def test_the_command_explains_the_law_of_a_day() -> None:
    asked = ("explain", "--jurisdiction", "US-CO", "--employer", "private", "--json", "--date")
    assert "AI-05" not in run(*asked, "2026-12-31").stdout
    assert "AI-05" in run(*asked, "2027-01-01").stdout


def test_the_command_checks_that_a_disclosure_stands_alone(tmp_path: Path) -> None:
    file = tmp_path / "disclosure.txt"
    words = "Acme may obtain a consumer report about you for employment purposes."
    file.write_text(words)
    assert run("standalone", str(file), "--employer", "Acme").exit_code == 0
    file.write_text(f"{words} You release Acme.")
    refused = run("standalone", str(file), "--employer", "Acme")
    assert refused.exit_code == 3
    assert "E-N2-FORM" in refused.output
