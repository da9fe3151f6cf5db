"""Making a home can be taken up where a crash left it."""

from pathlib import Path

import pytest

from models.errors import HomeError
from storage.home import HomeMode, create_home
from storage.keyring import generate_passphrase, init_keys, read_passphrase
from walloff.home_setup import ready_home
from walloff.services import open_services
from walloff.settings import Settings


def test_a_home_is_made_once_and_found_again(tmp_path: Path) -> None:
    first = ready_home(Settings(home=tmp_path / "home"), HomeMode.REHEARSAL)
    assert ready_home(Settings(home=tmp_path / "home"), HomeMode.REHEARSAL).id == first.id
    assert open_services(Settings(home=tmp_path / "home")).home.id == first.id


@pytest.mark.parametrize("crashed_after", ["home", "passphrase", "key file"])
def test_a_crash_between_the_steps_is_mended(tmp_path: Path, crashed_after: str) -> None:
    home = create_home(tmp_path / "home", HomeMode.REHEARSAL)
    if crashed_after != "home":
        generate_passphrase(home)
    if crashed_after == "key file":
        init_keys(home, read_passphrase(home))
        home.audit_key_file.unlink()
    ready_home(Settings(home=tmp_path / "home"), HomeMode.REHEARSAL)
    assert open_services(Settings(home=tmp_path / "home")).vault.key_ring.domains


def test_a_home_never_changes_its_mode(tmp_path: Path) -> None:
    ready_home(Settings(home=tmp_path / "home"), HomeMode.REHEARSAL)
    with pytest.raises(HomeError):
        ready_home(Settings(home=tmp_path / "home"), HomeMode.PRODUCTION)


def test_a_passphrase_file_of_one_s_own_is_used(tmp_path: Path) -> None:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("four words that nobody guesses\n")
    home = ready_home(
        Settings(home=tmp_path / "home", passphrase_file=passphrase), HomeMode.PRODUCTION
    )
    assert not home.passphrase_file.exists()
    assert open_services(Settings(home=home.root, passphrase_file=passphrase)).home.id == home.id
