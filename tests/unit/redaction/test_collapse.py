"""Texts that differ in an identity alone come out as one text."""

from collections.abc import Callable

import pytest

from models.protected import ProtectedClass
from models.redaction import Redaction

Neutral = Callable[[str], str]


@pytest.mark.parametrize(
    ("frame", "fillers"),
    [
        ("Being a {} has taught me patience.", ["gay man", "lesbian", "Muslim", "teenager"]),
        ("As a {}, I stole the van.", ["man", "Muslim", "blind woman", "lesbian"]),
        ("I am {} and I stole it.", ["openly gay", "straight", "strictly heterosexual"]),
        ("Every {}'s desk looked the same.", ["Muslim", "Christian", "Sikh"]),
        ("What is wrong with {}?", ["wheelchair users", "disabled people", "Muslims"]),
        ("I cooked for my {} tonight.", ["wife", "husband", "partner"]),
        ("My {} kept me up all night.", ["epilepsy", "bipolar disorder", "cancer"]),
        ("Living with {} is a second job.", ["epilepsy", "HIV", "autism"]),
        ("My brother's {} doesn't excuse the theft.", ["stammer", "schizophrenia"]),
        ("The {} of today lie on forms.", ["young", "elderly"]),
        ("Thanks to {} for the ride.", ["Tāne Whitehorse", "Ann Smith", "Navjot Gill"]),
    ],
)
def test_the_identity_leaves_no_trace(frame: str, fillers: list[str], neutral: Neutral) -> None:
    assert len({neutral(frame.format(filler)) for filler in fillers}) == 1


@pytest.mark.parametrize(
    ("emoji", "protected_class"),
    [
        ("♿", ProtectedClass.DISABILITY),
        ("🇸🇳", ProtectedClass.NATORIGIN),
        ("🤰", ProtectedClass.PREGNANCY),
        ("😀", ProtectedClass.ASSOCIATION),
    ],
)
def test_an_emoji_is_recorded_under_its_own_class(
    emoji: str, protected_class: ProtectedClass, redact: Callable[[str], Redaction]
) -> None:
    """A reviewer who reads "age" beside a wheelchair learns something false."""
    spans = redact(f"I stole it {emoji} again").spans
    assert {span.protected_class for span in spans} == {protected_class}


@pytest.mark.parametrize(
    "words",
    [
        "The maiden voyage was delayed.",
        "The kid gloves are off.",
        "Greek letters are hard in that font.",
        "The male plug fits the female socket.",
        "A trans-Atlantic cable was cut.",
        "The Union Jack on the mug faded.",
        "A Manila envelope arrived.",
        "The fat client is slower.",
    ],
)
def test_a_compound_for_a_thing_stays_whatever_looks_at_it(words: str, neutral: Neutral) -> None:
    assert neutral(words) == words


@pytest.mark.parametrize(
    "words", ["The maiden aunt stole it.", "The Greek stole letters.", "A female stole the plug."]
)
def test_the_same_word_for_somebody_goes(words: str, neutral: Neutral) -> None:
    assert "[withheld]" in neutral(words)
