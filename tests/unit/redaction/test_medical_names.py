"""An illness, an operation or a medicine is known by what its name is built of."""

import pytest

from models.text import RawText
from redaction.pipeline import Redactor, default_redactor


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return default_redactor()


def _neutral(redactor: Redactor, text: str) -> str:
    return next(iter(redactor.redact_many([RawText(text)]))).text


@pytest.mark.parametrize(
    "name",
    [
        "cholangitis",
        "galactosemia",
        "adrenoleukodystrophy",
        "craniosynostosis",
        "trypophobia",
        "pheochromocytoma",
        "nephrectomy",
        "craniotomy",
        "rosuvastatin",
        "adalimumab",
        "sumatriptan",
        "Creutzfeldt-Jakob disease",
        "Smith-Magenis syndrome",
        "factor V Leiden",
    ],
)
def test_a_name_of_an_illness_or_its_treatment_is_withheld(redactor: Redactor, name: str) -> None:
    assert name not in _neutral(redactor, f"Last winter my boss found out about my {name}.")


@pytest.mark.parametrize(
    "sentence",
    [
        "The band made the analysis of photosynthesis and osmosis fun.",
        "The diploma hangs beside the academic calendar.",
        "Microscopy and anatomy are on the timetable.",
        "A dichotomy of aroma and taste.",
        "The cholesterol chapter starts in April.",
        "The stage hypnosis show was nostalgia at its worst.",
    ],
)
def test_an_ordinary_word_with_such_an_ending_stays(redactor: Redactor, sentence: str) -> None:
    assert _neutral(redactor, sentence) == sentence


@pytest.mark.parametrize("people", ["Muckleshoot", "Kaguru", "Temiar", "Kaqchikel", "Lipovan"])
def test_a_people_that_few_have_heard_of_is_withheld(redactor: Redactor, people: str) -> None:
    assert people not in _neutral(redactor, f"Two {people} people applied for the job.")


def test_no_ordinary_word_is_taken_for_a_slip_of_a_rarer_one(redactor: Redactor) -> None:
    """ "borns" is one letter from the Borana, and "bare" is what accents leave of the Baré."""
    assert "Native borns" not in _neutral(redactor, "Native borns are loud.")
    assert "bare hands" in _neutral(redactor, "We lifted it with our bare hands.")
