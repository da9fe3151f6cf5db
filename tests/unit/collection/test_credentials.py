"""S5: a credential is refused in every notation, before anything is stored; a handle is not."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.egress.credentials import refuse_credentials
from models.errors import CredentialRefusedError

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
PALABRAS = ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")


def _mapped(base: int) -> Callable[[str], str]:
    return lambda digits: "".join(chr(base + int(digit)) for digit in digits)


NOTATIONS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "spaced": " ".join,
    "dashed": "-".join,
    "dotted": ".".join,
    "en dashes": "\u2013".join,
    "pipes": "|".join,
    "stars": "*".join,
    "colons": ":".join,
    "semicolons": " ; ".join,
    "lines": "\n".join,
    "zero width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "full width": _mapped(0xFF10),
    "Arabic-Indic": _mapped(0x0660),
    "Devanagari": _mapped(0x0966),
    "bold": _mapped(0x1D7CE),
    "keycaps": lambda digits: "".join(f"{digit}\ufe0f\u20e3" for digit in digits),
    "percent": lambda digits: "".join(f"%{ord(digit):02X}" for digit in digits),
    "percent twice": lambda digits: quote("".join(f"%{ord(digit):02X}" for digit in digits)),
    "entities": lambda digits: "".join(f"&#{ord(digit)};" for digit in digits),
    "hex entities": lambda digits: "".join(f"&#x{ord(digit):x};" for digit in digits),
    "words": lambda digits: " ".join(WORDS[int(digit)] for digit in digits),
    "words, dashed": lambda digits: "-".join(WORDS[int(digit)].upper() for digit in digits),
    "palabras": lambda digits: " ".join(PALABRAS[int(digit)] for digit in digits),
    "half in words": lambda digits: (
        " ".join(WORDS[int(digit)] for digit in digits[:5]) + " " + digits[5:]
    ),
}
AROUND = st.sampled_from(["{}", "it is {}", "({})", "{} thanks", '"{}"'])


def refused(text: str) -> bool:
    try:
        refuse_credentials(text, where="here")
    except CredentialRefusedError:
        return True
    return False


def _luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


nine = st.text("0123456789", min_size=9, max_size=9)
cards = st.text("0123456789", min_size=14, max_size=14).map(lambda rest: _luhn("4" + rest))


@pytest.mark.parametrize("notation", sorted(NOTATIONS))
@settings(max_examples=40)
@given(number=nine, around=AROUND)
def test_a_social_security_or_routing_number_is_refused_in_every_notation(
    notation: str, number: str, around: str
) -> None:
    assert refused(around.format(NOTATIONS[notation](number)))


@pytest.mark.parametrize("notation", sorted(NOTATIONS))
@settings(max_examples=40)
@given(number=cards, around=AROUND)
def test_a_card_is_refused_in_every_notation(notation: str, number: str, around: str) -> None:
    assert refused(around.format(NOTATIONS[notation](number)))


@pytest.mark.parametrize(
    "text",
    [
        "4111x1111x1111x1111",
        "4111-1111-1111-1111",
        "4lll 1111 1111 1111",
        "4111 1111 1111 IIII",
        "forty-one eleven eleven eleven eleven eleven eleven eleven",
        "123-45-678 nine",
        "double one double two double three double four five",
        "078 O5 1120",
        "password: hunter2",
        "my PIN is 4821",
        "acct no. 0012345",
        "routing number 021000021",
        "DE89 3704 0044 0532 0130 00",
        "https://me:secret@example.org/",
        "Tr0ub4dor&3x",
    ],
)
def test_what_people_really_write_is_refused(text: str) -> None:
    assert refused(text)


@given(
    name=st.from_regex(r"[a-z]{2,10}[._-]?[a-z]{0,8}", fullmatch=True),
    digits=st.from_regex(r"[0-9]{0,8}", fullmatch=True),
)
def test_a_handle_an_address_or_a_page_is_taken(name: str, digits: str) -> None:
    for text in (
        f"{name}{digits}",
        f"@{name}_{digits}",
        f"{name}{digits}@mail.example",
        f"https://forum.example/u/{name}{digits}",
        f"forum.example/profile.php?id={name.title()}{digits}",
    ):
        refuse_credentials(text, where="here")


@pytest.mark.parametrize(
    "text",
    [
        "https://www.facebook.com/profile.php?id=100004111111111",
        "one two three",
        "the four of us at seven or eight",
        "class of nineteen eighty",
        "uno, dos, tres",
        "St. John's 1999",
        "xX_Rowan_Xx",
        "agent007",
    ],
)
def test_ordinary_words_and_numbers_are_taken(text: str) -> None:
    refuse_credentials(text, where="here")
