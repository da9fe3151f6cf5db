"""Words are found however they are written, and ordinary ones are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.inflection import Kind, forms
from triage.lexicon import lexicon
from triage.sentences import sentences_of
from triage.tagging import tag
from triage.tokens import tokens_of


def tags_of(text: str) -> frozenset[str]:
    return tag(tokens_of(text), lexicon(), group_before=False).tags


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two!", ["One.", "Two!"]),
        ("e.g. this one, Dr. Who", ["e.g. this one, Dr. Who"]),
        ("no marks\nat all", ["no marks", "at all"]),
        ("Wait... what?! Yes.", ["Wait...", "what?!", "Yes."]),
        ("  ", []),
    ],
)
def test_sentences_end_where_people_end_them(text: str, sentences: list[str]) -> None:
    assert [sentence.text for sentence in sentences_of(text)] == sentences


@given(st.text(max_size=300))
def test_sentences_and_tokens_keep_their_place(text: str) -> None:
    for sentence in sentences_of(text):
        assert text[sentence.start : sentence.end] == sentence.text
    ends = [0]
    for token in tokens_of(text):
        assert ends[-1] <= token.start < token.end <= len(text)
        ends.append(token.end)


def test_a_written_word_is_never_taken_for_a_typed_token() -> None:
    assert "GROUP" not in tags_of("a group of friends")
    assert "GROUP" in tags_of("⟦group⟧ of friends")


@pytest.mark.parametrize(
    "written",
    ["vermin", "VERMIN", "v3rmin", "vemrin", "vermn", "vermiin", "v e r m i n", "ver min"],
)
def test_hidden_words_of_contempt_are_restored(written: str) -> None:
    assert "DEHUMAN" in tags_of(f"they are {written} all of them")


@pytest.mark.parametrize("written", ["muchcontempt", "allvermin", "theparasites"])
def test_words_run_together_are_parted(written: str) -> None:
    assert not tags_of(written).isdisjoint({"HATRED", "DEHUMAN"})


@pytest.mark.parametrize(
    "ordinary",
    ["therapist", "crash", "live", "shoot", "smell", "strange", "summer", "use less", "in human"],
)
def test_ordinary_words_are_not_mended_into_hateful_ones(ordinary: str) -> None:
    assert tags_of(ordinary).isdisjoint({"DEHUMAN", "VILE", "DETEST", "ABUSE"})


def test_a_verb_is_known_in_every_tense() -> None:
    assert {form for form, _ in forms("stab", Kind.VERB)} == {
        "stab",
        "stabs",
        "stabbed",
        "stabbing",
        "stabbin",
    }
    assert {"stole", "stolen"} <= {form for form, _ in forms("steal", Kind.VERB)}


def test_phrases_are_one_word_whatever_their_apostrophes() -> None:
    for written in ("can't stand", "cant stand", "can’t stand"):
        assert "CANTSTAND" in tags_of(f"I {written} it")


def test_they_may_mean_a_group_only_after_one_was_named() -> None:
    assert "GREF" in tags_of("⟦group⟧ came and they left")
    assert "GREF" not in tags_of("they left and ⟦group⟧ came")
