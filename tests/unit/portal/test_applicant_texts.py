"""The applicants' texts: alike in every language, and read without effort."""

import re
from collections import defaultdict

import pytest

from models.consent import ConsentItem
from models.criteria import Conduct, Mitigator, Severity
from models.finding import Recency
from models.letters import LetterKind
from models.rebuttal import Claim
from models.self_identification import RaceEthnicity, Sex
from portal.applicant.languages import TEXTS

GRADE = 8.0
EASE = 60.0
"""Of Fernández-Huerta's scale: what is written for grades 7 and 8 is at 60 or above."""
_FIELDS = re.compile(r"\{\w+\}")
_CODES = re.compile(r"E-[A-Z0-9-]+")


def test_every_language_has_the_same_texts_with_the_same_places_to_fill() -> None:
    fields = {
        language: {key: sorted(_FIELDS.findall(text)) for key, text in texts.items()}
        for language, texts in TEXTS.items()
    }
    assert fields["en"] == fields["es"]
    assert all(text.strip() for texts in TEXTS.values() for text in texts.values())


@pytest.mark.parametrize(
    "kinds",
    [
        ("item", ConsentItem, (".name", ".covers", ".effect")),
        ("claim", Claim, (".name", ".note")),
        ("conduct", Conduct, (".name", ".note")),
        ("severity", Severity, ("",)),
        ("recency", Recency, ("",)),
        ("mitigator", Mitigator, ("",)),
        ("letters", LetterKind, ("",)),
        ("about", Sex, ("",)),
        ("about", RaceEthnicity, ("",)),
    ],
    ids=lambda kinds: str(kinds[1].__name__),
)
def test_every_code_that_is_shown_has_its_words(kinds: tuple[str, type, tuple[str, ...]]) -> None:
    section, codes, parts = kinds
    for code in codes:  # type: ignore[attr-defined]
        for part in parts:
            assert f"{section}.{code}{part}" in TEXTS["en"]


def test_english_is_written_for_grade_eight() -> None:
    """Flesch-Kincaid over each page's texts; labels of a few words are no sentences."""
    grades = {name: _grade(" ".join(texts)) for name, texts in _pages("en").items()}
    assert {name: grade for name, grade in grades.items() if grade > GRADE} == {}


def test_spanish_is_written_as_plainly() -> None:
    ease = {name: _ease(" ".join(texts)) for name, texts in _pages("es").items()}
    assert {name: one for name, one in ease.items() if one < EASE} == {}


def test_the_measures_tell_hard_from_easy() -> None:
    hard = "Individualized considerations notwithstanding, adjudicatory determinations accumulate."
    assert _grade(hard) > 20 > GRADE > _grade("We look at it. You can say no.")
    assert _ease("La determinación administrativa individualizada condicionará resoluciones.") < 20


def _pages(language: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, text in TEXTS[language].items():
        plain = _CODES.sub("", _FIELDS.sub("one", text)).strip(" :")
        if len(plain.split()) >= 5:
            found[key.partition(".")[0]].append(plain if plain[-1] in ".?!" else f"{plain}.")
    return {name: texts for name, texts in found.items() if len(" ".join(texts).split()) >= 40}


def _grade(text: str) -> float:
    words, sentences = _counted(text)
    syllables = sum(_english_syllables(one) for one in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def _ease(text: str) -> float:
    words, sentences = _counted(text)
    syllables = sum(max(1, len(re.findall(r"[aeiouáéíóúü]+", one.lower()))) for one in words)
    return 206.84 - 60 * syllables / len(words) - 1.02 * len(words) / sentences


def _counted(text: str) -> tuple[list[str], int]:
    return re.findall(r"[^\W\d_]+(?:’[^\W\d_]+)?", text), max(1, len(re.findall(r"[.?!]", text)))


def _english_syllables(word: str) -> int:
    vowels = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = re.search(r"[^aeiouyl]e$|[^aeioutd]ed$", word.lower())
    return max(1, vowels - bool(silent))
