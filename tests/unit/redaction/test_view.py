"""A view is folded for matching; each of its characters knows where it came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redaction.tokens import tokens_of
from redaction.view import EMOJI, OPAQUE, View, view_of


def test_plain_text_is_its_own_view() -> None:
    assert view_of("Plain words, 3 of them.") == View("Plain words, 3 of them.")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("𝓶𝓸𝓼𝓺𝓾𝓮", "mosque"),
        ("m\u200bosque", "mosque"),
        ("МASS", "MASS"),
        ("Oﬀ", "Off"),
        ("ｗｏｍｅｎ", "women"),
        ("w\u0301o\u0308men", "women"),
        ("“don’t”", '"don\'t"'),
        ("R&amp;D &#39;x&#39;", "R&D 'x'"),
        ("\u202emen\u202c", "men"),
        ("a [withheld] b", f"a {OPAQUE} b"),
        ("⟦slur⟧!", f"{OPAQUE}!"),
        ("hi 👋🏿!", f"hi {EMOJI}!"),
        ("🏳️‍🌈", EMOJI),
        ("👨‍👩‍👧", EMOJI),
        ("1️⃣", EMOJI),
        ("%4D%75slim %C3%A9t%C3%A9", "Muslim ete"),
        ("100% sure, 5%20 off", "100% sure, 5%20 off"),
        ("AT&T", "AT&T"),
        ("5 * 3 # 2", "5 * 3 # 2"),
    ],
)
def test_letters_in_disguise_are_folded(written: str, read: str) -> None:
    """A list of words must not be slipped past by another alphabet, a control or an entity."""
    assert view_of(written).text == read


def test_origin_points_at_the_input() -> None:
    written = "a m\u200bo\u0301sque"
    view = view_of(written)
    start = view.text.index("mosque")
    assert written[slice(*view.origin(start, start + 6))] == "m\u200bo\u0301sque"


def test_rewritten_stretch_points_at_what_it_replaced() -> None:
    view = View("no w o m e n here").replaced([(3, 12, "women")])
    assert view.text == "no women here"
    assert view.origin(3, 8) == (3, 12)
    assert view.origin(9, 13) == (13, 17)


@given(st.text())
def test_every_character_comes_from_the_input_in_order(words: str) -> None:
    """Spans are shown on the input, so no view may point past it or backwards."""
    view = view_of(words)
    if view.starts is not None and view.ends is not None:
        assert len(view.starts) == len(view.ends) == len(view.text)
        assert list(view.starts) == sorted(view.starts)
        assert all(0 <= a < b <= len(words) for a, b in zip(view.starts, view.ends, strict=True))
    else:
        assert view.text == words


@given(st.text())
def test_tokens_lie_in_the_text(text: str) -> None:
    tokens = tokens_of(text)
    for written, start, end in zip(tokens.texts, tokens.starts, tokens.ends, strict=True):
        assert text[start:end] == written


def test_apostrophe_endings_stand_apart() -> None:
    assert tokens_of("he's women's don't O'Keefe I'm").texts == (
        ["he", "'s", "women", "'s", "don't", "O'Keefe", "I", "'m"]
    )
