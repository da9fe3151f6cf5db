"""A home is whole or absent, its owner's alone, and a rehearsal stays a rehearsal."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import storage.atomic
import storage.home
import storage.keyring
from models.errors import HomeError, KeyUnavailableError
from storage.checkpoints import publish
from storage.domain import Domain
from storage.home import HomeMode, create_home, migrate_home, open_home
from storage.keyring import (
    generate_passphrase,
    init_keys,
    open_key_ring,
    read_passphrase,
)
from storage.migrate import DATABASES
from storage.passphrase import KdfCost
from storage.released import ReleasedVault
from storage.vault import Vault
from storage.verification import verify

CHEAP = KdfCost(memory_kib=64, iterations=1, lanes=1)


def test_a_home_opens_as_it_was_created(tmp_path: Path) -> None:
    home = create_home(tmp_path / "deep" / "home", HomeMode.PRODUCTION)
    assert open_home(home.root) == home
    assert open_home(home.root, mode=HomeMode.PRODUCTION) == home
    assert create_home(home.root, HomeMode.PRODUCTION) == home
    migrate_home(home)


def test_an_empty_directory_may_become_a_home(tmp_path: Path) -> None:
    assert create_home(tmp_path, HomeMode.REHEARSAL).mode is HomeMode.REHEARSAL


def test_nobody_else_may_read_a_home(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home", HomeMode.REHEARSAL)
    init_keys(home, generate_passphrase(home), cost=CHEAP)
    for path in [home.root, *home.root.rglob("*")]:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path.name
    home.root.chmod(0o750)
    with pytest.raises(HomeError):
        open_home(home.root)


def test_another_mode_is_refused(tmp_path: Path) -> None:
    create_home(tmp_path / "home", HomeMode.REHEARSAL)
    for attempt in (
        lambda: create_home(tmp_path / "home", HomeMode.PRODUCTION),
        lambda: open_home(tmp_path / "home", mode=HomeMode.PRODUCTION),
    ):
        with pytest.raises(HomeError):
            attempt()


def test_a_rehearsal_whose_description_was_edited_opens_nothing(agency: Any) -> None:
    description = agency.home.root / "home.json"
    said = json.loads(description.read_text())
    description.write_text(json.dumps(said | {"mode": "production"}))
    edited = open_home(agency.home.root, mode=HomeMode.PRODUCTION, urls=agency.home.urls)
    with pytest.raises(KeyUnavailableError):
        open_key_ring(edited, passphrase=agency.passphrase, domains={Domain.RAW})
    for attempt in (
        lambda: Vault(edited, agency.ring),
        lambda: ReleasedVault(edited, agency.ring),
        lambda: migrate_home(edited),
    ):
        with pytest.raises(HomeError):
            attempt()


@pytest.mark.sqlite_only
def test_databases_of_two_homes_do_not_mix(make_agency: Any) -> None:
    one, two = make_agency("one"), make_agency("two")
    one.vault.close()
    one.home.raw_database.write_bytes(two.home.released_database.read_bytes())
    with pytest.raises(HomeError):
        Vault(one.home, one.ring)
    one.home.keys_database.write_bytes(two.home.keys_database.read_bytes())
    with pytest.raises(HomeError):
        one.ring_for(Domain.RAW)


def test_what_is_no_home_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("words")
    for attempt in (
        lambda: create_home(tmp_path, HomeMode.REHEARSAL),
        lambda: create_home(tmp_path / "letter", HomeMode.REHEARSAL),
        lambda: open_home(tmp_path),
    ):
        with pytest.raises(HomeError):
            attempt()
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "[]",
        "{}",
        '{"form": "walloff-home-9", "id": "x", "mode": "production"}',
        '{"form": "walloff-home-1", "id": "x", "mode": "production"}',
        '{"form": "walloff-home-1", "id": "x", "mode": "party"}',
    ],
)
def test_a_damaged_description_is_refused(tmp_path: Path, said: str) -> None:
    home = create_home(tmp_path / "home", HomeMode.REHEARSAL)
    (home.root / "home.json").write_text(said)
    with pytest.raises(HomeError):
        open_home(home.root)


def test_a_missing_database_is_named(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home", HomeMode.REHEARSAL)
    home.released_database.unlink()
    with pytest.raises(HomeError, match=r"released\.db"):
        open_home(home.root)


@pytest.mark.parametrize("after", range(len(DATABASES)))
def test_a_crash_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    calls = iter(range(9))
    upgrade = storage.home.upgrade

    def failing(*args: Any, **kwargs: Any) -> None:
        if next(calls) == after:
            raise OSError(28, "No space left on device")
        upgrade(*args, **kwargs)

    monkeypatch.setattr(storage.home, "upgrade", failing)
    with pytest.raises(HomeError, match="No space"):
        create_home(tmp_path / "home", HomeMode.REHEARSAL)
    assert list(tmp_path.iterdir()) == []


def test_a_generated_passphrase_is_kept_and_never_replaced(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home", HomeMode.REHEARSAL)
    with pytest.raises(KeyUnavailableError):
        read_passphrase(home)
    passphrase = generate_passphrase(home)
    assert len(passphrase) == 64
    assert read_passphrase(home) == generate_passphrase(home) == passphrase
    init_keys(home, passphrase, cost=CHEAP)
    with pytest.raises(HomeError):
        generate_passphrase(home)
    assert read_passphrase(home) == passphrase


def test_keys_are_made_once(agency: Any) -> None:
    with pytest.raises(HomeError):
        init_keys(agency.home, b"another", cost=CHEAP)


def test_a_production_home_takes_no_cheap_passphrase(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home", HomeMode.PRODUCTION)
    with pytest.raises(HomeError):
        init_keys(home, b"passphrase", cost=CHEAP)
    init_keys(home, b"passphrase")
    assert json.loads(home.key_file.read_text())["kdf"]["memory_kib"] == 65_536


@pytest.mark.parametrize("stop", ["ring_of", "Signer", "checkpoint_text", "replacing"])
def test_an_interrupted_setup_of_keys_is_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: str
) -> None:
    home = create_home(tmp_path / "home", HomeMode.REHEARSAL)
    with monkeypatch.context() as patch:
        patch.setattr(storage.keyring, stop, _interrupted)
        with pytest.raises(KeyboardInterrupt):
            init_keys(home, b"passphrase", cost=CHEAP)
    with pytest.raises(KeyUnavailableError):
        init_keys(home, b"another", cost=CHEAP)
    init_keys(home, b"passphrase", cost=CHEAP)
    ring = open_key_ring(home, passphrase=b"passphrase", domains=frozenset(Domain))
    assert {status.version for status in ring.status()} == {1}
    vault = Vault(home, ring)
    publish(vault, now=datetime(2026, 11, 20, tzinfo=UTC))
    assert verify(vault).intact


def _interrupted(*_args: Any, **_kwargs: Any) -> None:
    raise KeyboardInterrupt


def test_a_disk_that_fails_under_the_key_file_is_a_home_error(
    agency: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but our own errors leaves the package, and the old keys still open."""

    def failing(*_args: Any, **_kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    before = agency.home.key_file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(storage.atomic.os, "fsync", failing)
        with pytest.raises(HomeError, match="No space"):
            agency.ring.rotate(Domain.RAW)
    assert agency.home.key_file.read_bytes() == before
    assert agency.ring.rotate(Domain.RAW).version == 2
