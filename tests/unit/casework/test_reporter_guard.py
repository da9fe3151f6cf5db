"""A reporter's name is recognised however it stands in a text (M3)."""

import pytest

from casework.after_hire.reporter_guard import names_of, spoken_in
from models.ids import ActorId
from models.text import RawText

NAMES = names_of(ActorId("officer-7"), "Ada Okafor")


@pytest.mark.parametrize(
    "told",
    [
        "It was in Okafor's locker.",
        "Ask okafor@agency.example about it.",
        "Okafor-Lee saw it too.",
        "\uff2f\uff4b\uff41\uff46\uff4f\uff52 saw it.",
        "She told officer-7 of it.",
    ],
)
def test_m3_a_name_is_found_inside_a_longer_word_and_in_wide_letters(told: str) -> None:
    assert spoken_in(RawText(told)) & NAMES


def test_m3_other_words_are_left_alone() -> None:
    assert (
        not spoken_in(RawText("The locker room was open on Tuesday, as Ada-like as ever.")) & NAMES
    )
