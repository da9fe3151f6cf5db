"""What policy owners type, with and without a home."""

from pathlib import Path
from typing import Any

import pytest

from models.people import Role

ADMINISTRATOR = {"role": Role.ADMINISTRATOR}
SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "requisition.toml"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "requisition.toml"
    file.write_text(SAMPLE.read_text())
    return file


def test_the_law_is_explained_and_an_unknown_place_is_named(typed: Any) -> None:
    explain = ("policy", "explain", "--employer", "private", "--jurisdiction")
    assert typed(*explain, "US-CA", "--json", home=False).json
    assert "V is verified" in typed(*explain, "US-CA", home=False).err
    assert typed(*explain, "Atlantis", home=False).code == 2


def test_a_policy_is_checked_and_two_are_compared(typed: Any, own: Path, tmp_path: Path) -> None:
    assert isinstance(typed("policy", "check", own, "--json", home=False).json, list)
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(own.read_text() + "\nunheard_of = 1\n")
    assert typed("policy", "check", wrong, home=False).code == 2
    diff = ("policy", "diff", own, "us-private", "--json")
    assert typed(*diff, home=False).json["differences"]
    assert "->" in typed(*diff[:-1], home=False).out
    assert typed("policy", "diff", own, "no-such-pack", home=False).code == 2


def test_a_disclosure_stands_alone(typed: Any, tmp_path: Path) -> None:
    file = tmp_path / "disclosure.txt"
    words = "Acme may obtain a consumer report about you for employment purposes."
    file.write_text(words)
    alone = ("policy", "standalone", file, "--employer", "Acme", "--json")
    assert typed(*alone, home=False).json["stands_alone"] is True
    file.write_text(f"{words} You release Acme.")
    typed(*alone, home=False).refused("E-N2-FORM")


def test_a_policy_is_signed_by_a_key_that_is_trusted(typed: Any, own: Path, tmp_path: Path) -> None:
    key = tmp_path / "paula.key"
    new = ("policy", "new-key", key, "--name", "paula.example", "--json")
    vkey = typed(*new, home=False).json["vkey"]
    typed(*new, home=False).refused("home", exit_code=4)
    sign = ("policy", "sign", own, "--key", key, "--json")
    assert typed(*sign, home=False).json["note"]
    assert own.with_name("requisition.toml.sig").exists()
    typed(*sign[:3], "--key", own, home=False).refused("home", exit_code=4)
    trust = ("policy", "trust", vkey, "--owner", "the-policy-owner", "--json")
    typed(*trust, role=Role.POLICY_OWNER).refused("not-permitted")
    assert typed(*trust, **ADMINISTRATOR).json["trusted"] is True
    opened = ("requisition", "open", own, "--json")
    assert typed(*opened, role=Role.POLICY_OWNER).code == 0
    own.with_name("requisition.toml.sig").unlink()
    typed(*opened, role=Role.POLICY_OWNER).refused("policy-unsigned")
    assert typed(*trust, "--revoke", **ADMINISTRATOR).json["trusted"] is False
