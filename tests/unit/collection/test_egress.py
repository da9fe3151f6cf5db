"""No social-security number, credential or barred term leaves, however it is packed (S8)."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.egress.decoding import MAX_LENGTH, forms
from collection.egress.egress import RULES, EgressRule, Guarded, faults, refuse_egress
from collection.egress.hosts import addressed_hosts
from collection.egress.number_words import in_digits
from models.clauses import SensitiveIdentifierError
from models.errors import CredentialRefusedError, WalloffError
from models.protected import ProtectedClass
from models.search_clauses import (
    FriendRequestError,
    MedicalQueryError,
    OpaqueQueryError,
    PersonaInVettingError,
    ProtectedQueryError,
    SocialSecurityEgressError,
    TermsBarredError,
)

UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def rules(text: str, guarded: Guarded | None = None) -> set[EgressRule]:
    return {fault.rule for fault in faults(text, guarded)}


# --- notations ----------------------------------------------------------------------------------

numbers = st.builds(
    lambda area, group, serial: (f"{area:03d}", f"{group:02d}", f"{serial:04d}"),
    st.integers(1, 899).filter(lambda area: area != 666),
    st.integers(1, 99),
    st.integers(1, 9999),
)
marks = st.sampled_from(["", "-", " ", ".", "/", "_", " - ", "–", "\u2011", "\u00a0", "·", ", "])
scripts = st.sampled_from(["0", "０", "٠", "०", "০", "𝟎", "𝟘", "᠐"])


def in_script(text: str, zero: str) -> str:
    return "".join(chr(ord(zero) + int(c)) if c in "0123456789" else c for c in text)


@st.composite
def notations(draw: st.DrawFn) -> str:
    """One number, written in one of the ways that people write it."""
    parts = draw(numbers)
    kind = draw(st.sampled_from(["grouped", "script", "spelled", "spaced", "unseen", "mixed"]))
    if kind == "grouped":
        return draw(marks).join(parts)
    if kind == "script":
        return in_script(draw(marks).join(parts), draw(scripts))
    digits = "".join(parts)
    if kind == "spelled":
        return draw(st.sampled_from([" ", "-", ", "])).join(UNITS[int(digit)] for digit in digits)
    if kind == "spaced":
        return draw(st.sampled_from([" ", ".", "-", "  "])).join(digits)
    if kind == "mixed":
        return f"{parts[0]} {UNITS[int(parts[1][0])]} {UNITS[int(parts[1][1])]} {parts[2]}"
    return draw(st.sampled_from(["\u200b", "\u00ad", "\u2060", "\ufe0f\u20e3"])).join(digits)


Encoding = Callable[[str], str]


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ENCODINGS: dict[str, Encoding] = {
    "percent": lambda text: quote(text, safe=""),
    "percent-all": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "html-decimal": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "html-hex": lambda text: "".join(f"&#x{ord(c):X};" for c in text),
    "html-names": html.escape,
    "base64": base64_of,
    "base64-url": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64-utf16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "hex": lambda text: text.encode().hex(),
    "json": lambda text: json.dumps({"q": text}),
    "escapes": lambda text: "".join(
        f"\\u{ord(c):04x}" if ord(c) < 65536 else f"\\u{{{ord(c):x}}}" for c in text
    ),
    "quoted-printable": lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    "parameter": lambda text: f"https://search.example/find?q={text}",
}
encodings = st.lists(st.sampled_from(sorted(ENCODINGS)), max_size=4)


@settings(max_examples=400, deadline=None)
@given(notations(), encodings)
def test_no_number_survives_any_composition_of_encodings(written: str, names: list[str]) -> None:
    text = written
    for name in names:
        text = ENCODINGS[name](text)
    assert rules(text) & {EgressRule.SOCIAL_SECURITY, EgressRule.OPAQUE}


@settings(max_examples=200, deadline=None)
@given(
    numbers,
    st.sampled_from([(3, 5), (3,), (5,), (1, 2, 3, 4, 5, 6, 7, 8), (2, 6), (4,)]),
    st.sampled_from(["&", ";"]),
    encodings.filter(lambda names: not {"html-names", "json"} & set(names)),
)
def test_no_number_survives_being_split_over_parameters(
    parts: tuple[str, str, str], cuts: tuple[int, ...], joint: str, names: list[str]
) -> None:
    digits = "".join(parts)
    pieces = [digits[a:b] for a, b in zip((0, *cuts), (*cuts, 9), strict=True)]
    text = joint.join(f"{name}={piece}" for name, piece in zip("abcdefgij", pieces, strict=False))
    for name in names[:2]:
        text = ENCODINGS[name](text)
    assert rules(text) & {EgressRule.SOCIAL_SECURITY, EgressRule.OPAQUE}


@settings(max_examples=100, deadline=None)
@given(numbers, st.permutations([0, 1, 2]))
def test_the_three_groups_are_found_in_any_order_of_parameters(
    parts: tuple[str, str, str], order: list[int]
) -> None:
    pieces = [f"{'abc'[at]}={parts[at]}" for at in order]
    assert EgressRule.SOCIAL_SECURITY in rules("https://x.example/?" + "&q=rowan&".join(pieces))
    body = json.dumps({"abc"[at]: parts[at] for at in order})
    assert EgressRule.SOCIAL_SECURITY in rules(body)


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=9, max_size=30), numbers)
def test_the_number_given_for_proof_is_found_whatever_stands_between(
    noise: str, parts: tuple[str, str, str]
) -> None:
    """Its keyed digest is asked for every nine digits in a row: no split hides them."""
    digits = "".join(parts)
    words = [character for character in noise if not character.isnumeric() and character.isalpha()]
    text = "".join(f"{digit}{'x' + ''.join(words[at : at + 1])}" for at, digit in enumerate(digits))
    guarded = Guarded(is_number=lambda nine: nine == digits)
    found, _ = forms(text)
    assert found
    assert EgressRule.SOCIAL_SECURITY in rules(text, guarded)


@pytest.mark.parametrize(
    "text",
    [
        "6789 born 1980-02-03",
        "rowan 02/03/1980 last four 6789",
        "ssn ending 1985, 3 February 1980",
        "Feb 3, 1980 Rowan 6789",
        "19800203 6789",
        "q=6789&dob=02%2F03%2F1980",
        "rowan 2/3/80 6789",
    ],
)
def test_four_digits_and_a_date_of_birth_do_not_leave_together(text: str) -> None:
    assert EgressRule.LAST_FOUR in rules(text)


@pytest.mark.parametrize("text", ["rowan 1980-02-03", "rowan class of 1998", "6789 Elm Street"])
def test_either_of_the_two_alone_is_no_combination(text: str) -> None:
    assert not rules(text)


@pytest.mark.parametrize("text", ["000-12-3456", "666-12-3456", "123-00-4567", "123-45-0000"])
def test_a_number_that_was_never_given_out_is_none(text: str) -> None:
    assert EgressRule.SOCIAL_SECURITY not in rules(text)


@pytest.mark.parametrize("text", ["xxx-xx-6789", "***-**-6789", "#####6789"])
def test_a_masked_number_does_not_leave_either(text: str) -> None:
    assert EgressRule.SOCIAL_SECURITY in rules(text)


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("one twenty-three forty five sixty seven eighty nine", "123456789"),
        ("one two three dash four five dash six seven eight nine", "123456789"),
        ("one hundred twenty three 45 6789", "123 45 6789"),
        ("double five one", "551"),
        ("someone often rewrites", "someone often rewrites"),
    ],
)
def test_number_words_are_read_as_people_say_them(written: str, digits: str) -> None:
    assert in_digits(written) == digits


# --- the other rules ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("rowan 4111 1111 1111 1111", EgressRule.CREDENTIAL),
        ("password: hunter2", EgressRule.CREDENTIAL),
        ("account number 4471 2290 11", EgressRule.CREDENTIAL),
        ("DE89 3704 0044 0532 0130 00", EgressRule.CREDENTIAL),
        ("https://rowan:secret@forum.example/", EgressRule.CREDENTIAL),
        ("https://api.example/me?access_token=abcdef123456", EgressRule.TOKEN),
        ("ghp_" + "a1B2" * 9, EgressRule.TOKEN),
        ("Authorization: Bearer abcdefghijklmnopqrst", EgressRule.TOKEN),
        (quote(base64_of("https://x.example/?api_key=abcdef1234")), EgressRule.TOKEN),
        ("POST /friends/add?uid=7", EgressRule.FRIEND_REQUEST),
        ("https://x.com/intent/follow?screen_name=rowan_a", EgressRule.FRIEND_REQUEST),
        ("https://social.example/api/v1/accounts/12/follow", EgressRule.FRIEND_REQUEST),
        ("https%3A%2F%2Fx.com%2Fintent%2Ffollow", EgressRule.FRIEND_REQUEST),
    ],
)
def test_credentials_tokens_and_contact_do_not_leave(text: str, rule: EgressRule) -> None:
    assert rule in rules(text)


def test_what_is_about_a_class_leaves_only_without_the_applicant() -> None:
    """GINA and the ADA bar medical queries as such; other classes bar the pair with a name."""

    def classes(text: str) -> set[ProtectedClass]:
        listed = {"mosque": ProtectedClass.RELIGION, "lupus": ProtectedClass.DISABILITY}
        return {item for word, item in listed.items() if word in text.lower()}

    guarded = Guarded(names=frozenset({"Rowan Applegate", "rowan_a"}), classes=classes)
    assert rules("Rowan Applegate mosque", guarded) == {EgressRule.PROTECTED_CLASS}
    assert rules("rowan_a mosque", guarded) == {EgressRule.PROTECTED_CLASS}
    assert rules("mosque opening hours", guarded) == set()
    assert rules("Rowan Applegate lupus", guarded) == {EgressRule.MEDICAL}
    assert rules("lupus", guarded) == {EgressRule.MEDICAL}
    assert rules("Rowan Applegate rugby", guarded) == set()


def test_a_name_that_is_a_listed_word_is_no_class() -> None:
    guarded = Guarded(
        names=frozenset({"Grace Church"}),
        classes=lambda text: {ProtectedClass.RELIGION} if "church" in text.lower() else set(),
    )
    assert rules('"Grace Church" police academy', guarded) == set()
    assert rules('"Grace Church" church choir', guarded) == {EgressRule.PROTECTED_CLASS}


def test_sensitive_identifiers_personas_and_barred_platforms_do_not_leave() -> None:
    guarded = Guarded(
        is_sensitive=lambda folded: folded == "uc.rowan@agency.example",
        is_persona=lambda folded: folded in {"sam winter", "sam_w"},
        barred_hosts=frozenset({"barred.example"}),
    )
    assert EgressRule.SENSITIVE in rules("<UC.Rowan@agency.example>", guarded)
    assert EgressRule.SENSITIVE in rules("q=" + quote("UC.Rowan@agency.example"), guarded)
    assert EgressRule.PERSONA in rules("as Sam Winter", guarded)
    assert EgressRule.PERSONA in rules("https://x.example/@sam_w", guarded)
    assert EgressRule.BARRED_PLATFORM in rules("https://www.barred.example/u/rowan", guarded)
    assert EgressRule.BARRED_PLATFORM in rules("rowan site:m.barred.example", guarded)
    assert rules("rowan site:allowed.example", guarded) == set()


@pytest.mark.parametrize(
    "text",
    [
        *("instagram.com/rowan_a", "m.instagram.com", "cache:instagram.com/rowan_a"),
        *("https:\\\\instagram.com\\rowan", "https://instagram\u3002com/x"),
    ],
)
def test_a_barred_platform_is_known_without_its_scheme(text: str) -> None:
    """People type an address as they say it."""
    barred = Guarded(barred_hosts=frozenset({"instagram.com"}))
    assert EgressRule.BARRED_PLATFORM in rules(text, barred)


def test_an_address_to_write_to_is_no_barred_platform() -> None:
    barred = Guarded(barred_hosts=frozenset({"mail.example"}))
    assert rules("rowan@mail.example", barred) == set()
    assert rules("mail.example.org", barred) == set()


@pytest.mark.parametrize("joined", ["_", "+", ""])
def test_words_that_are_run_together_are_read_apart(joined: str) -> None:
    """As handles, forms of browsers and hashtags write them."""

    def classes(text: str) -> set[ProtectedClass]:
        return {ProtectedClass.RELIGION} if "quaker" in text.casefold().split() else set()

    about = Guarded(
        names=frozenset({"Rowan Applegate"}),
        classes=classes,
        is_persona={"jane roe"}.__contains__,
        is_sensitive={"blue heron"}.__contains__,
    )
    assert rules(joined.join(["Rowan", "Applegate", "Quaker"]), about) == {
        EgressRule.PROTECTED_CLASS
    }
    assert rules(joined.join(["Meeting", "Quaker"]), about) == set()
    assert rules(joined.join(["Jane", "Roe"]), about) == {EgressRule.PERSONA}
    assert rules(joined.join(["Blue", "Heron"]), about) == {EgressRule.SENSITIVE}


def test_what_cannot_be_looked_into_does_not_leave() -> None:
    assert EgressRule.OPAQUE in rules("a" * (MAX_LENGTH + 1))
    deep = "5"
    for _ in range(200):
        deep = quote(deep + "%")
    assert EgressRule.OPAQUE in rules(deep)


@pytest.mark.parametrize(
    ("text", "guarded", "refusal"),
    [
        ("a" * (MAX_LENGTH + 1), None, OpaqueQueryError),
        ("523-45-6789", None, SocialSecurityEgressError),
        ("password: hunter2", None, CredentialRefusedError),
        ("x", Guarded(is_sensitive=lambda _: True), SensitiveIdentifierError),
        ("x", Guarded(is_persona=lambda _: True), PersonaInVettingError),
        ("/friends/add?x", None, FriendRequestError),
        ("//b.example/", Guarded(barred_hosts=frozenset({"b.example"})), TermsBarredError),
        ("x", Guarded(classes=lambda _: {ProtectedClass.GENETIC}), MedicalQueryError),
        (
            "rowan",
            Guarded(names=frozenset({"rowan"}), classes=lambda _: {ProtectedClass.RACE}),
            ProtectedQueryError,
        ),
    ],
)
def test_a_refusal_names_the_rule_and_nothing_of_the_text(
    text: str, guarded: Guarded | None, refusal: type[WalloffError]
) -> None:
    with pytest.raises(refusal) as refused:
        refuse_egress(text, guarded)
    assert str(refused.value).endswith(")")
    assert "rule" in str(refused.value)
    assert not any(word in str(refused.value) for word in ("523", "hunter", "rowan", "example"))


def test_every_rule_has_its_text_and_refusal() -> None:
    assert set(RULES) == set(EgressRule)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("rowan_a site:old.reddit.com", {"old.reddit.com"}),
        ("rowan_a site%253Areddit.com", {"reddit.com"}),
        ("https://u:p@A.example//b.com/x?u=https%3A%2F%2Fc.example%2F", {"a.example", "c.example"}),
        ("rowan.tumblr.com", {"rowan.tumblr.com"}),
        ("site:a\u3002example", {"a.example"}),
        ("rowan_a -site:x.com resume.pdf uc@gmail.com J.R.Smith", set()),
    ],
)
def test_i5_a_query_asks_the_hosts_that_it_is_addressed_to(text: str, asked: set[str]) -> None:
    assert addressed_hosts(text) == asked
