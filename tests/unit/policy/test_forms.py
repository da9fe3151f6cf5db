"""N2: the federal disclosure stands alone (FCRA-01, FCRA-02); states are not merged (FCRA-03)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.applicant_rules import ApplicantRules, StateForm
from models.clauses import ConsentFormError
from models.requisition import Policy, VettingMode
from policy.forms import (
    authorization_form,
    disclosure_form,
    forms_for,
    require_one_state,
    require_standalone,
)
from policy.requisition import load_policy

EMPLOYER = "Sampleton Police Department"


def policy(jurisdiction: str, mode: VettingMode, **rules: Any) -> Policy:
    changes = {
        "jurisdiction": jurisdiction,
        "mode": mode,
        "applicant": ApplicantRules(employer_name=EMPLOYER, **rules),
    }
    return load_policy("us-private").model_copy(update=changes)


def test_the_disclosure_and_its_authorization_stand_alone() -> None:
    require_standalone(disclosure_form(EMPLOYER).text, EMPLOYER)
    require_standalone(authorization_form(EMPLOYER).text, EMPLOYER)
    require_standalone("\n  " + disclosure_form(EMPLOYER).text + "\n", EMPLOYER)


@pytest.mark.parametrize(
    "extra",
    [
        "You release the agency from all liability.",
        "California residents may ask for a copy.",
        "You waive your right to sue.",
        "I have read the employee handbook.",
        "x",
        ".",
    ],
)
def test_any_extra_text_is_refused(extra: str) -> None:
    """Extra text in the disclosure is a wilful violation (FCRA-03: Syed, Gilberg)."""
    for text in (disclosure_form(EMPLOYER).text, authorization_form(EMPLOYER).text):
        for merged in (f"{text} {extra}", f"{extra} {text}", f"{text}\n\n{extra}"):
            with pytest.raises(ConsentFormError) as refused:
                require_standalone(merged, EMPLOYER)
            assert refused.value.code == "E-N2-FORM"
            assert extra not in str(refused.value) or len(extra) == 1


@given(st.text(min_size=1), st.integers(min_value=0, max_value=80))
def test_no_text_can_be_put_into_the_disclosure(extra: str, at: int) -> None:
    text = disclosure_form(EMPLOYER).text
    changed = text[:at] + extra + text[at:]
    if changed.split() == text.split():
        return
    with pytest.raises(ConsentFormError):
        require_standalone(changed, EMPLOYER)


@pytest.mark.parametrize(
    "name",
    [
        "Acme. You release us from liability",
        "Acme; you waive all claims",
        "Acme: read on",
        "Acme!\nAnd more",
        "A" * 81,
    ],
)
def test_the_employer_s_name_carries_no_sentence(name: str) -> None:
    with pytest.raises(ValidationError):
        ApplicantRules(employer_name=name)


@pytest.mark.parametrize(
    "name",
    ["Acme", "Smith & Sons, Inc.", "City of St. Paul", "O'Neill Co. (Police)", "U.S. Marshals"],
)
def test_an_ordinary_employer_s_name_is_taken(name: str) -> None:
    assert ApplicantRules(employer_name=name).employer_name == name


def test_the_authorization_covers_the_very_disclosure_that_was_shown() -> None:
    text = authorization_form(EMPLOYER).text
    assert text.startswith(disclosure_form(EMPLOYER).text)
    assert authorization_form("Acme").sha256 != authorization_form(EMPLOYER).sha256


def test_a_vendor_s_applicant_is_given_each_document_by_itself() -> None:
    vendor = policy("US-TX", VettingMode.VENDOR)
    assert [one.row for one in forms_for(vendor, date(2026, 1, 1))] == ["FCRA-01", "FCRA-02"]
    assert forms_for(policy("US-TX", VettingMode.IN_HOUSE), date(2026, 1, 1)) == ()


def test_a_state_s_form_is_asked_for_from_its_first_day() -> None:
    illinois = policy("US-IL", VettingMode.IN_HOUSE)
    assert forms_for(illinois, date(2025, 12, 31)) == ()
    with pytest.raises(ConsentFormError) as refused:
        forms_for(illinois, date(2026, 1, 1))
    assert "AI-04" in str(refused.value)
    text = "Automated steps take part in selecting applicants in Illinois."
    worded = policy("US-IL", VettingMode.IN_HOUSE, forms=(StateForm(row="AI-04", text=text),))
    assert [one.row for one in forms_for(worded, date(2026, 1, 1))] == ["AI-04"]


@pytest.mark.parametrize(
    "text",
    [
        "For applicants in California and New York: you may ask for a copy.",
        "California: you release the agency.",
    ],
)
def test_states_are_not_merged_and_nothing_is_released(text: str) -> None:
    with pytest.raises(ConsentFormError):
        require_one_state(StateForm(row="REC-13", text=text))
    require_one_state(StateForm(row="REC-13", text="California applicants may ask for a copy."))
