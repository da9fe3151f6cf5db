"""An excerpt is readable, short, deterministic, and holds no run that a search would find."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.redaction import Mention, typed_token, untyped
from models.text import WITHHELD, CodedText
from triage.excerpt import neutral_excerpt

LONG = CodedText(
    "So last night I told my manager that I would come to the office tomorrow morning with a"
    " baseball bat and break every single bone in their body because they gave my shift to"
    f" {typed_token(Mention.GROUP)} again."
)
WORDS = st.sampled_from(
    ["I", "will", "kill", "you", "the", "office", "tomorrow.", "really", "bat,", "…", "-", "so"]
    + [typed_token(mention) for mention in Mention]
)
PASSAGES = st.lists(WORDS, max_size=60).map(lambda words: CodedText(" ".join(words)))


def runs(excerpt: str) -> list[int]:
    """Return the lengths of the runs of the author's own words."""
    parts = re.split(rf"{re.escape(WITHHELD)}|(?:^| )…(?: |$)", excerpt)
    return [sum(any(c.isalnum() for c in word) for word in part.split()) for part in parts]


def test_a_short_passage_is_given_whole_and_untyped() -> None:
    passage = CodedText(f"I despise {typed_token(Mention.GROUP)} and always will.")
    excerpt = neutral_excerpt(passage, words_max=40, quote_run_max=12)
    assert excerpt == f"I despise {WITHHELD} and always will."


def test_words_of_conduct_outlive_the_filler() -> None:
    excerpt = neutral_excerpt(LONG, words_max=16, quote_run_max=6)
    assert excerpt is not None
    assert "bat" in excerpt
    assert "last night" not in excerpt


@pytest.mark.parametrize("text", ["", "…", "ok", typed_token(Mention.GROUP), "yes no"])
def test_too_little_to_read_is_no_excerpt(text: str) -> None:
    assert neutral_excerpt(CodedText(text), words_max=40, quote_run_max=12) is None


def test_neighbouring_withheld_spans_show_as_one() -> None:
    """Their number would tell how much there was to withhold."""
    many = CodedText(f"I hate {typed_token(Mention.GROUP)} {typed_token(Mention.TRAIT)} so much")
    one = CodedText(f"I hate {typed_token(Mention.GROUP)} so much")
    first = neutral_excerpt(many, words_max=40, quote_run_max=12)
    assert first == neutral_excerpt(one, words_max=40, quote_run_max=12)


@given(PASSAGES, st.integers(5, 40), st.integers(4, 40))
def test_limits_hold_for_any_passage(passage: CodedText, words_max: int, run_max: int) -> None:
    excerpt = neutral_excerpt(passage, words_max=words_max, quote_run_max=run_max)
    if excerpt is not None:
        assert len(excerpt.split()) <= words_max
        assert max(runs(excerpt)) <= run_max
        assert "⟦" not in excerpt


@given(PASSAGES)
def test_an_excerpt_holds_only_words_of_the_passage(passage: CodedText) -> None:
    excerpt = neutral_excerpt(passage, words_max=20, quote_run_max=6)
    if excerpt is not None:
        assert set(re.findall(r"\w+", excerpt)) <= set(re.findall(r"\w+", untyped(passage)))


@given(st.text(max_size=200))
def test_any_text_at_all_is_handled(text: str) -> None:
    excerpt = neutral_excerpt(CodedText(text), words_max=12, quote_run_max=5)
    assert excerpt == neutral_excerpt(CodedText(text), words_max=12, quote_run_max=5)
    if excerpt is not None:
        assert len(excerpt.split()) <= 12
