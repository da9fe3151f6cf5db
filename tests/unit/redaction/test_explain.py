"""Every verdict can be explained: what fired with rule and score, what stayed and why."""

from dataclasses import dataclass

import pytest

from models.protected import ProtectedClass
from models.redaction import Mention, Outcome
from models.text import RawText
from redaction.explain import Explainer, Reason
from redaction.operator import TIMEOUT_RULE, OperatorPatterns
from redaction.pipeline import Redactor


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    return Explainer()


def test_everything_that_fired_names_class_tier_proposer_rule_version_score(
    explainer: Explainer,
) -> None:
    text = "I am a Zoroastrian nurse."
    found = explainer.explain(RawText(text))
    (span,) = [span for span in found.redaction.spans if span.rule.startswith("religion")]
    assert text[span.start : span.end].startswith("Zoroastrian")
    assert (span.protected_class, span.tier) == (ProtectedClass.RELIGION, "T1")
    assert span.proposer
    assert span.version
    assert span.score == 1.0


@pytest.mark.parametrize(
    ("text", "word", "reason"),
    [
        ("My black coffee is cold.", "black", Reason.NEIGHBOUR),
        ("The german shepherd sat down.", "german", Reason.SAFE_PHRASE),
        ("Go straight ahead at the bank.", "straight", Reason.NEIGHBOUR),
        ("We put the good china on the table.", "china", Reason.NO_FRAME),
    ],
)
def test_a_listed_word_that_stays_has_a_reason(
    explainer: Explainer, text: str, word: str, reason: Reason
) -> None:
    """A reviewer who doubts a kept word must be told what let it stand."""
    kept = {
        text[item.start : item.end].lower(): item for item in explainer.explain(RawText(text)).kept
    }
    assert kept[word].reason is reason
    assert kept[word].rule


def test_the_same_word_can_go_and_stay_in_one_text(explainer: Explainer) -> None:
    text = "My black coffee and a black nurse."
    found = explainer.explain(RawText(text))
    assert any(item.start == 3 for item in found.kept)
    assert any(span.start <= 22 < span.end for span in found.redaction.spans)
    assert not any(item.start == 22 for item in found.kept)


def test_offsets_are_those_of_the_input_even_where_spelling_is_hidden(
    explainer: Explainer,
) -> None:
    text = "My bla\u200bck coffee is cold."
    (kept,) = [
        item for item in explainer.explain(RawText(text)).kept if item.rule.startswith("race")
    ]
    assert text[kept.start : kept.end] == "bla\u200bck"


def test_a_text_closed_by_the_second_look_names_the_leakage_rules(explainer: Explainer) -> None:
    """Found by looking for one: whatever closes a text must be named."""
    for text in ("xxhomosexualxx zz", "qq.transgenderqq is here", "the preislamicky thing is here"):
        found = explainer.explain(RawText(text))
        if found.redaction.outcome is Outcome.LEAKAGE:
            assert found.leaks
            return
    pytest.fail("none of the texts was closed")


def test_a_word_is_looked_up_with_its_rules_vetoes_and_safe_phrases(explainer: Explainer) -> None:
    entries = explainer.word("black")
    assert {entry.protected_class for entry in entries} >= {ProtectedClass.RACE}
    assert all(
        entry.ambiguous and entry.why_ambiguous for entry in entries if entry.rule == "race.group"
    )
    assert any("coffee" in entry.not_before for entry in entries)
    assert explainer.word("qwertyuiop") == ()


def test_a_text_in_another_language_is_not_explained_word_by_word(explainer: Explainer) -> None:
    text = "Ich habe gestern mit meinem Nachbarn über das Wetter gesprochen und er war nicht froh."
    found = explainer.explain(RawText(text))
    assert found.redaction.outcome is Outcome.UNSUPPORTED_LANGUAGE
    assert found.kept == ()


def test_a_text_closed_by_a_pattern_without_end_says_so() -> None:
    @dataclass(frozen=True)
    class Pattern:
        regex: str = r"(?:q|qq)+$"
        protected_class: ProtectedClass = ProtectedClass.RACE
        mention: Mention = Mention.TRAIT
        rule: str = "slow"

    slow = Redactor(patterns=OperatorPatterns([Pattern()], seconds=0.05))
    found = Explainer(slow).explain(RawText("Listen: " + "q" * 60 + "!"))
    assert found.leaks == (TIMEOUT_RULE,)
