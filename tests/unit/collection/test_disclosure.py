"""A disclosure is read whole or refused with its line; a credential is refused unseen."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.egress.credentials import refuse_credentials
from collection.egress.disclosure import read_disclosure
from models.disclosure import Disclosure
from models.errors import CredentialRefusedError, InputError

GOOD = """
name = "Ada Quill"   # a comment
emails = ["ada@post.example", "a.quill+jobs@mail.example"]
handles = ["adaq", "quill_99"]
incomplete_memory = true

[[accounts]]
platform = "mastodon"
handle = "adaq@tide.example"

[[accounts]]
platform = "x"
handle = "@adaq"
"""


def read(tmp_path: Path, text: str | bytes) -> Disclosure:
    path = tmp_path / "disclosure.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_disclosure(path)


def test_everything_disclosed_arrives(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    assert found.name.reveal() == "Ada Quill"
    assert [item.reveal() for item in found.emails] == [
        "ada@post.example",
        "a.quill+jobs@mail.example",
    ]
    assert [item.reveal() for item in found.handles] == ["adaq", "quill_99"]
    assert [(item.platform.reveal(), item.handle.reveal()) for item in found.accounts] == [
        ("mastodon", "adaq@tide.example"),
        ("x", "@adaq"),
    ]
    assert found.incomplete_memory


def test_a_name_is_enough(tmp_path: Path) -> None:
    found = read(tmp_path, 'name = "Ada"')
    assert found.emails == found.handles == found.accounts == ()
    assert not found.incomplete_memory


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(GOOD.replace('"mastodon"', "mastodon"), 8, id="no TOML"),
        pytest.param(GOOD + "\ncanary", 15, id="no TOML at the end"),
        pytest.param('name = "a"\nname = "canary"', 2, id="key twice"),
        pytest.param(GOOD.replace("handles =", "canary ="), 4, id="unknown key"),
        pytest.param(GOOD.replace('handle = "@adaq"', "canary = 1"), 13, id="unknown account key"),
        pytest.param(GOOD.replace('"Ada Quill"', "7"), 2, id="name no text"),
        pytest.param(GOOD.replace('"Ada Quill"', '"  "'), 2, id="name empty"),
        pytest.param(GOOD.replace('"quill_99"', "99"), 4, id="handle no text"),
        pytest.param(GOOD.replace("true", '"canary"'), 5, id="flag no flag"),
        pytest.param(GOOD.replace('"@adaq"', "7"), 13, id="account handle no text"),
        pytest.param('name = "a"\naccounts = ["canary"]', 2, id="account no table"),
        pytest.param('name = "a"\naccounts = "canary"', 2, id="accounts no list"),
        pytest.param('name = "a"\nhandles = ["' + "x" * 321 + '"]', 2, id="too long"),
        pytest.param('name = "a\\u0000canary"', 1, id="NUL"),
        pytest.param(b'name = "a"\nhandles = ["canary\xff"]', 2, id="not UTF-8"),
        pytest.param('emails = ["a@b.example"]', None, id="no name"),
        pytest.param("x = " + "[" * 10_000, None, id="deep"),
        pytest.param("# " + "x" * 70_000, None, id="too large"),
    ],
)
def test_a_fault_is_told_with_its_line_and_without_the_words(
    tmp_path: Path, text: str | bytes, line: int | None
) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    assert refused.value.line == line
    assert refused.value.file == "disclosure.toml"
    for words in ("canary", "Quill", "adaq"):
        assert words not in str(refused.value).replace("canary:", "")


def test_a_missing_file_or_a_link_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_disclosure(tmp_path / "disclosure.toml")
    (tmp_path / "real.toml").write_text('name = "a"')
    (tmp_path / "link.toml").symlink_to(tmp_path / "real.toml")
    with pytest.raises(InputError):
        read_disclosure(tmp_path / "link.toml")


@pytest.mark.parametrize(
    "key",
    ["password", "pw", "ssn", "card", "x_password", "account_number", "routing", "pin", "iban"],
)
def test_a_field_for_a_credential_is_refused_as_one(tmp_path: Path, key: str) -> None:
    for text in (f'name = "a"\n{key} = "canary"', f'name="a"\n[[accounts]]\n{key} = "canary"'):
        with pytest.raises(CredentialRefusedError) as refused:
            read(tmp_path, text)
        assert "canary" not in str(refused.value)


@pytest.mark.parametrize("field", ["name", "emails", "handles", "platform", "handle"])
def test_every_field_is_looked_at(tmp_path: Path, field: str) -> None:
    card = "4111 1111 1111 1111"
    values = {"name": "a", "emails": "a@b.example", "handles": "a", "platform": "x", "handle": "a"}
    values[field] = card
    text = (
        f'name = "{values["name"]}"\nemails = ["{values["emails"]}"]\n'
        f'handles = ["{values["handles"]}"]\n[[accounts]]\n'
        f'platform = "{values["platform"]}"\nhandle = "{values["handle"]}"\n'
    )
    with pytest.raises(CredentialRefusedError) as refused:
        read(tmp_path, text)
    assert "4111" not in str(refused.value)
    assert "line" in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        *("123-45-6789", "123 45 6789", "123.45.6789", "123456789", "123/45/6789", "123_45_6789"),
        *(
            "123–45–6789",
            "123—45—6789",
            "123−45−6789",
            "１２３－４５－６７８９",
            "１２３４５６７８９",
        ),
        *("١٢٣-٤٥-٦٧٨٩", "१२३४५६७८९", "1 2 3 4 5 6 7 8 9", "123\u200b-45\u200b-6789"),
        *("123\u00a045\u00a06789", "①②③④⑤⑥⑦⑧⑨", "12 345 6789", "(123) 45-6789"),
        *("ssn is 123-45-6789", "my social: 123-45-6789 ok", "ssn 1234", "𝟙𝟚𝟛-𝟜𝟝-𝟞𝟟𝟠𝟡"),
        *("4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "visa4111111111111111"),
        *(
            "378282246310005",
            "5555 5555 5555 4444",
            "6011111111111117",
            "４１１１１１１１１１１１１１１１",
        ),
        *("password: hunter2", "Password is hunter2", "pw=hunter2", "my pass word : x", "PIN 4821"),
        *("pwd:abc", "passcode -> 9", "contraseña: hola", "login adaq / passphrase: correct horse"),
        *("https://ada:hunter2@site.example/", "Tr0ub4dor&3x", "x!Y2z$W9", "adaq Xy7!kkpq"),
        *("DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "account number 12345678"),
        *("acct# 0012345678", "routing: 121000358", "Account No. 4432-1123", "IBAN 1234 5678"),
    ],
)
def test_a_credential_in_any_notation_is_refused(text: str) -> None:
    with pytest.raises(CredentialRefusedError) as refused:
        refuse_credentials(text, where="here")
    assert text not in str(refused.value)
    assert str(refused.value).startswith("here: ")


@pytest.mark.parametrize(
    "text",
    [
        *("adaq", "@ada_quill", "ada.quill-99", "AdaQuill#1234", "u/quill_1987", "xX_Ada_Xx2004"),
        *("user123456789", "ada_123456789", "ada.123456789", "76561198000000001", "1234567890"),
        *(
            "ada@post.example",
            "123456789@post.example",
            "a.quill+2024@mail.example",
            "A1b2@c.example",
        ),
        *("Ada Quill", "María-José O'Neill 3rd", "Pinky Pinkerton", "José Passmore", "Otpor Band"),
        *("https://site.example/u/123456789?x=A1b!", "https://site.example/@Ada_1!", "12345678"),
        *("+1 415 555 0134", "415-555-0134", "(415) 555-0134", "1987-06-05", "Ada 2.0", "8675309"),
        *(
            "4111111111111112",
            "did:plc:z72i7hdynmk6r22z27h6tvur",
            "ada:matrix.example",
            "PIN-up fan",
        ),
        *(
            "npub1qqqqqqyz",
            "adaq 🌸",
            "アダ",
            "Secret Garden Club",
            "accountant_ada",
            "Pass the salt",
        ),
    ],
)
def test_a_handle_a_name_or_an_address_is_no_credential(text: str) -> None:
    refuse_credentials(text, where="here")


@given(st.text(max_size=60))
def test_no_text_crashes_the_detector_or_comes_back(text: str) -> None:
    told = ""
    try:
        refuse_credentials(text, where="here")
    except CredentialRefusedError as refused:
        told = str(refused)
    assert not told or told.startswith("here: looks like")


@given(
    st.integers(1, 999_999_999).map(lambda number: f"{number:09}"),
    st.sampled_from(["", "-", " ", ".", "–", "\u00a0", " - "]),
    st.sampled_from(["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"]),
)
def test_every_social_security_number_is_refused(number: str, mark: str, digits: str) -> None:
    written = mark.join((number[:3], number[3:5], number[5:]))
    with pytest.raises(CredentialRefusedError):
        refuse_credentials(
            "".join(digits[int(part)] if part.isdecimal() else part for part in written),
            where="here",
        )
