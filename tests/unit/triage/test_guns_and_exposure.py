"""A gun turned on somebody and a picture passed on are found; the same words in peace are not."""

import pytest

from models.criteria import CriteriaPack
from models.text import CodedText
from triage.engine import Triage
from triage.excerpt import neutral_excerpt


@pytest.fixture(scope="module")
def weighs(pack: CriteriaPack) -> Triage:
    return Triage(pack)


def standing(triage: Triage, words: str) -> set[str]:
    found = triage.assess(CodedText(words))
    return {item.criterion for item in found if not item.needs_person}


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        ("threats-violence", "I took my gun to the office to scare my boss."),
        ("threats-violence", "I fired two rounds over their heads."),
        ("threats-violence", "I let off a few shots into the crowd."),
        ("threats-violence", "I waved my pistol at ⟦group⟧ in the parking lot."),
        ("threats-violence", "My gun is pointed at you, coward."),
        ("harassment", "I uploaded nudes of a relative without asking."),
        ("harassment", "I sent their nudes to the whole team."),
        ("illegal-drugs", "Smoked tina all night."),
    ],
)
def test_what_is_turned_on_somebody_is_found(weighs: Triage, criterion: str, words: str) -> None:
    assert criterion in standing(weighs, words)


@pytest.mark.parametrize(
    "words",
    [
        "I fired two rounds at the range on Saturday.",
        "We fired two rounds at clay pigeons.",
        "I took a few shots of the crowd with my new lens.",
        "I waved my ⟦trait⟧ at ⟦group⟧.",
        "I took my ⟦trait⟧ to the office.",
        "The artist paints nudes.",
    ],
)
def test_the_same_words_in_peace_are_none(weighs: Triage, words: str) -> None:
    assert not standing(weighs, words)


def test_an_excerpt_leaves_out_an_article_before_the_verb_to_be() -> None:
    words = "This town would be better off if they were all dead and buried in the ground."
    excerpt = neutral_excerpt(CodedText(words), words_max=40, quote_run_max=12)
    assert excerpt is not None
    assert "would be better off" in excerpt


def test_an_excerpt_keeps_its_not() -> None:
    words = "So I would not have stolen the money from the till if they had paid me well."
    excerpt = neutral_excerpt(CodedText(words), words_max=40, quote_run_max=12)
    assert excerpt is not None
    assert "not" in excerpt.split()
