"""`walloff start` makes a home ready to be served, and leaves what is there as it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import build
from cli.portal_places import Place
from models.errors import SettingsError
from models.people import Role
from models.signin import identity_of
from storage.signin.accounts import Accounts
from walloff.settings import Settings

pytestmark = pytest.mark.sqlite_only


def start(home: Path, *more: str) -> Result:
    return CliRunner().invoke(build("start"), ["start", "--home", str(home), "--json", *more])


def test_a_home_is_made_with_keys_and_an_administrator_and_stays_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = start(home, "--administrator", "ada", "--label", "Ada")
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    assert Path(told["passphrase_file"]).exists()
    assert told["administrator"] == "ada"
    people = CliRunner().invoke(build("people"), ["people", "list", "--home", str(home), "--json"])
    assert Role.ADMINISTRATOR in people.stdout

    assert json.loads(start(home, "--administrator", "ada").stdout) == told


def test_without_a_name_and_a_terminal_nothing_is_made(tmp_path: Path) -> None:
    done = start(tmp_path / "home")
    assert done.exit_code == 4
    assert not (tmp_path / "home").exists()


def test_a_requisition_that_is_wrong_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    file = tmp_path / "requisition.toml"
    file.write_text("position = 1")
    done = start(tmp_path / "home", "--administrator", "ada", "--requisition", str(file))
    assert done.exit_code != 0
    assert not (tmp_path / "home").exists()


def test_a_second_administrator_is_not_made_this_way(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert start(home, "--administrator", "ada").exit_code == 0
    assert start(home, "--administrator", "eve").exit_code == 4


def portal(home: Path, *typed: str) -> Result:
    return CliRunner().invoke(build("portal"), [*typed, "--home", str(home), "--json"])


def test_accounts_are_added_renewed_listed_and_shut(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert start(home, "--administrator", "ada").exit_code == 0
    added = portal(home, "portal", "account", "add", "casework", "mia")
    assert "/enrol/" in json.loads(added.stdout)["link"]
    assert portal(home, "portal", "account", "add", "casework", "Mia").exit_code != 0
    renewed = portal(home, "portal", "account", "renew", "casework", "mia")
    assert json.loads(renewed.stdout)["link"] != json.loads(added.stdout)["link"]
    assert portal(home, "portal", "account", "disable", "casework", "mia").exit_code == 0
    (found,) = json.loads(portal(home, "portal", "account", "list", "casework").stdout)
    assert (found["name"], found["disabled"]) == ("mia", True)
    assert portal(home, "portal", "account", "list", "nothing").exit_code == 4


@pytest.fixture
def organisation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An identity provider is named in the settings; return the file with our secret there."""
    secret = tmp_path / "oidc.secret"
    secret.write_text("sesame\n")
    secret.chmod(0o600)
    monkeypatch.setenv("WALLOFF_OIDC_ISSUER", "https://id.example.org")
    monkeypatch.setenv("WALLOFF_OIDC_CLIENT_ID", "walloff")
    monkeypatch.setenv("WALLOFF_OIDC_SECRET_FILE", str(secret))
    return secret


def test_an_account_is_tied_to_whom_the_organisation_knows(
    tmp_path: Path, organisation: Path
) -> None:
    home = tmp_path / "home"
    assert start(home, "--administrator", "ada").exit_code == 0
    for who in ("mia", "ben"):
        assert portal(home, "portal", "account", "add", "casework", who).exit_code == 0
    tied = portal(home, "portal", "account", "tie", "casework", "mia", "248289761001")
    assert json.loads(tied.stdout) == {"account": "mia", "tied": True}
    place = Place(Settings(home=home))
    database = place.signin("casework")
    known = Accounts(database).known_as(identity_of("https://id.example.org", "248289761001"))
    database.close()
    assert known.name == "mia"
    provider = place.provider("casework")
    assert provider is not None
    assert provider.registration.secret == "sesame"

    taken = portal(home, "portal", "account", "tie", "casework", "ben", "248289761001")
    assert (taken.exit_code, "account-exists" in taken.output) == (3, True)
    assert portal(home, "portal", "account", "tie", "casework", "ben", " ").exit_code == 4
    assert portal(home, "portal", "account", "tie", "casework", "eve", "2").exit_code == 3
    assert portal(home, "portal", "account", "tie", "applicant", "mia", "2").exit_code == 4
    assert place.provider("applicant") is None


def test_an_organisation_that_is_half_named_or_whose_secret_is_open_is_refused(
    tmp_path: Path, organisation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    organisation.chmod(0o644)
    with pytest.raises(SettingsError, match="0600"):
        Place(Settings(home=home)).provider("casework")
    organisation.unlink()
    with pytest.raises(SettingsError, match="cannot be read"):
        Place(Settings(home=home)).provider("casework")
    monkeypatch.delenv("WALLOFF_OIDC_CLIENT_ID")
    with pytest.raises(SettingsError, match="WALLOFF_OIDC_CLIENT_ID"):
        Place(Settings(home=home)).provider("casework")
    monkeypatch.delenv("WALLOFF_OIDC_ISSUER")
    assert Place(Settings(home=home)).provider("casework") is None
