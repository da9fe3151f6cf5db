"""Drawn-out and starred letters are read as the term, and as nothing else."""

from collections.abc import Callable

import pytest

from redaction.bent import undrawn, unstarred

Neutral = Callable[[str], str]
TERMS = frozenset({"lesbian", "muslim", "divorced", "hopp", "deer"})


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("lesbiaaaannn", "lesbian"),
        ("mmuusslliimm", "muslim"),
        ("hooopppp", "hopp"),
        ("deeeer", "deer"),
        ("soooo", None),
        ("lesbiann", None),
    ],
)
def test_letters_drawn_out_are_read_once_or_twice(word: str, term: str | None) -> None:
    assert undrawn(word, TERMS) == term


@pytest.mark.parametrize(
    ("word", "term"),
    [("d*v*rc*d", "divorced"), ("m*slim", "muslim"), ("f*ck", None), ("x*z", None), ("*", None)],
)
def test_stars_hide_a_term_of_as_many_letters(word: str, term: str | None) -> None:
    assert unstarred(word, TERMS) == term


@pytest.mark.parametrize(
    "words",
    [
        "I am lesbiaaannn and stole it",
        "a C/h/e/r/o/k/e/e thief",
        "raised Cat<b>holic</b> and stealing",
        "I was d*v*rc*d and stole",
    ],
)
def test_no_bent_word_comes_through(words: str, neutral: Neutral) -> None:
    bent = max(words.split(), key=len)
    assert bent not in neutral(words)


@pytest.mark.parametrize("words", ["yessss that is sooo good", "3 < 5 and a<b", "<b>bold</b> move"])
def test_what_is_only_drawn_out_or_marked_up_stays(words: str, neutral: Neutral) -> None:
    assert neutral(words) == words
