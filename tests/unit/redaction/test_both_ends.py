"""Both ends of a scale, and every class in one place, come out the same."""

import pytest

from models.text import RawText
from redaction.pipeline import default_redactor


def redacted(words: str) -> str:
    return default_redactor().redact(RawText(words)).text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The rich kid stole the answers.", "The poor kid stole the answers."),
        ("Rich folks never tip.", "Poor folks never tip."),
        ("The thin man ordered nothing.", "The fat man ordered nothing."),
        ("The wealthy man smelled bad.", "The homeless man smelled bad."),
        ("The hostess was late.", "The host was late."),
        ("The heroine was late.", "The hero was late."),
        ("Lakisha cannot swim.", "Heather cannot swim."),
        ("Gay-owned shops are great.", "Jewish-owned shops are great."),
        ("openly homeless mayor wins", "openly gay mayor wins"),
        ("My neighbour is fat and lazy.", "My neighbour is thin and lazy."),
        ("There is a gay club on campus.", "There is a Somali club on campus."),
    ],
)
def test_swapping_one_for_the_other_changes_nothing(one: str, other: str) -> None:
    assert redacted(one) == redacted(other)


@pytest.mark.parametrize(
    "words",
    [
        "Rich soil makes the tomatoes grow.",
        "Poor reception up here, call me later.",
        "Use thin slices of lemon.",
        "The ice is thin.",
        "A rich history of the town.",
        "We are expecting a parcel.",
        "The host was late.",
        "The new club opens on Monday.",
    ],
)
def test_the_same_words_said_of_things_stay(words: str) -> None:
    assert redacted(words) == words


def test_expecting_alone_is_withheld() -> None:
    assert "expecting" not in redacted("We're expecting! The nursery is blue.")
