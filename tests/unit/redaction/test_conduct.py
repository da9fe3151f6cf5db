"""What is done to somebody stays readable; what somebody has or is stays withheld."""

import pytest

from models.text import RawText
from redaction.pipeline import default_redactor


def redacted(words: str) -> str:
    return default_redactor().redact(RawText(words)).text


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("I took my gun to the office to scare my boss.", "my gun"),
        ("I waved my pistol at the kids in the parking lot.", "my pistol"),
        ("My rifle is pointed at you, coward.", "rifle"),
        ("I'm bringing my rifle to work tomorrow, they'll all pay.", "my rifle"),
        ("I posted her home address so everybody can visit.", "their home address"),
        ("I posted my ex's home address on the forum.", "home address"),
        ("I shared her address in the group chat.", "their address"),
        ("I sent his nudes to the whole team.", "their nudes"),
        ("I uploaded nudes of my ex without asking.", "nudes"),
        ("Popped some molly at the club.", "molly"),
        ("Snorted Charlie in the toilets before my shift.", "Charlie"),
        ("Sold Tina to half the club.", "Tina"),
        ("Got arrested for beating my neighbour.", "for beating my neighbour"),
        ("I was arrested for stealing from my employer.", "for stealing from my employer"),
    ],
)
def test_what_is_done_to_somebody_stays_readable(words: str, shown: str) -> None:
    assert shown in redacted(words)


@pytest.mark.parametrize(
    ("words", "hidden"),
    [
        ("I love my gun and my rifle.", "gun"),
        ("My gun is locked in the safe at home.", "gun"),
        ("I took my gun to the range to scare nobody.", "gun"),
        ("I posted my home address on the parcel form.", "home address"),
        ("She posted her home address herself.", "home address"),
        ("I shared her home address with the courier as she asked.", "home address"),
        ("I sent my nudes to the whole team.", "nudes"),
        ("Molly sold her bike to a friend.", "Molly"),
        ("I smoked Charlie at chess.", "Charlie"),
        ("I sold Charlie my old guitar.", "Charlie"),
        ("Dropped Lucy at school.", "Lucy"),
        ("She sold Tina Brown to the press.", "Tina"),
        ("We smoked Mary Jane behind the station.", "Mary"),
        ("I was arrested for shoplifting.", "shoplifting"),
    ],
)
def test_what_somebody_has_or_is_stays_withheld(words: str, hidden: str) -> None:
    assert hidden not in redacted(words)


def test_a_drug_called_by_a_given_name_reads_as_the_plain_word_does() -> None:
    """Cannabis is lawful off-duty conduct, whatever it is called."""
    assert redacted("I smoked some Mary Jane.") == redacted("I smoked some marijuana.")
