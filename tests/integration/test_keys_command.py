"""`walloff keys`: a custodian's actions work, are logged by ids, and are nobody else's."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.exit_codes import ExitCode
from cli.main import build
from models.ids import ActorId
from models.people import Actor, Role
from storage.audit import AuditLog
from storage.home import HomeMode
from storage.people import PersonStore
from walloff.home_setup import ready_home
from walloff.services import open_services
from walloff.settings import Settings

Keys = Callable[..., Result]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "home"
    ready_home(Settings(home=root), HomeMode.REHEARSAL)
    services = open_services(Settings(home=root))
    with services.vault.write() as tx:
        for name, role in (("kim", Role.KEY_CUSTODIAN), ("ada", Role.ADMINISTRATOR)):
            PersonStore(tx).add(Actor(id=ActorId(name), roles=frozenset({role})), name)
    services.vault.close()
    return root


@pytest.fixture
def keys(root: Path) -> Keys:
    def run(*words: str, **environment: str) -> Result:
        return CliRunner().invoke(
            build(),
            ["keys", *words, "--home", str(root)],
            env={"WALLOFF_ACTOR": "kim"} | environment,
        )

    return run


def logged(root: Path, **settings: Path) -> list[tuple[str, str, str, str]]:
    services = open_services(Settings(home=root, **settings))
    with services.vault.read() as tx:
        entries = AuditLog(tx).entries()
    services.vault.close()
    return [(entry.actor, str(entry.action), entry.object_id, entry.code) for entry in entries]


def test_a_rotation_is_logged_by_domain_before_and_after(keys: Keys, root: Path) -> None:
    result = keys("rotate", "--json")
    assert result.exit_code == ExitCode.OK, result.output
    assert set(json.loads(result.stdout)["rewrapped"]) == {
        *("applicant", "audit", "fairness", "raw", "released", "sealed")
    }
    status = json.loads(keys("status", "--json").stdout)
    assert {row["version"] for row in status["domains"]} == {2}
    assert status["provider"] == "passphrase file"
    assert status["destruction"] == "best-effort"
    assert status["escrow"] is None
    entries = logged(root)
    assert entries[:2] == [
        ("kim", "keys-rotated", "applicant", "begun"),
        ("kim", "keys-rotated", "applicant", "done"),
    ]
    assert len(entries) == 12


def test_a_home_and_its_keys_are_the_logs_first_entry_and_only_once(tmp_path: Path) -> None:
    root = tmp_path / "new"
    for _ in range(2):
        made = CliRunner().invoke(build(), ["keys", "init", "--home", str(root), "--rehearsal"])
        assert made.exit_code == ExitCode.OK, made.output
    ((actor, action, object_id, _code),) = logged(root)
    assert (actor, action) == ("system", "home-created")
    assert object_id == json.loads((root / "home.json").read_text())["id"]


def test_keys_are_the_key_custodians_alone(keys: Keys, root: Path, tmp_path: Path) -> None:
    for words in (("rotate",), ("split", "--out", str(tmp_path / "shares"))):
        result = keys(*words, WALLOFF_ACTOR="ada")
        assert result.exit_code == ExitCode.REFUSED
    assert not (tmp_path / "shares").exists()
    assert {entry[1] for entry in logged(root)} == {"denied"}


def test_a_new_passphrase_takes_the_old_ones_place(keys: Keys, root: Path, tmp_path: Path) -> None:
    file = tmp_path / "new"
    result = keys("rotate", "--new-passphrase-file", str(file))
    assert result.exit_code == ExitCode.OK, result.output
    assert file.stat().st_mode & 0o777 == 0o600
    assert keys("status").exit_code == ExitCode.NOT_READY
    assert keys("status", WALLOFF_PASSPHRASE_FILE=str(file)).exit_code == ExitCode.OK
    assert logged(root, passphrase_file=file)[:2] == [
        ("kim", "passphrase-changed", "keys", "begun"),
        ("kim", "passphrase-changed", "keys", "done"),
    ]


def test_two_custodians_recover_a_home_whose_passphrase_is_lost(
    keys: Keys, root: Path, tmp_path: Path
) -> None:
    assert keys("split", "--out", str(root / "shares")).exit_code == ExitCode.BAD_INPUT
    assert not (root / "shares").exists()
    made = json.loads(keys("split", "--out", str(tmp_path / "shares"), "--json").stdout)
    assert json.loads(keys("status", "--json").stdout)["escrow"] == made["escrow"]
    (root / "passphrase").unlink()
    assert keys("status").exit_code == ExitCode.NOT_READY
    one, two = ("--share", made["files"][0]), ("--share", made["files"][2])
    assert keys("recover", *one).exit_code == ExitCode.NOT_READY
    drill = json.loads(keys("recover", *one, *two, "--json").stdout)
    assert drill["recovered"] is False
    assert drill["lockboxes"] >= 1
    new = tmp_path / "new"
    refused = keys("recover", *one, *two, "--new-passphrase-file", str(new), WALLOFF_ACTOR="ada")
    assert refused.exit_code == ExitCode.REFUSED
    result = keys("recover", *one, *two, "--new-passphrase-file", str(new))
    assert result.exit_code == ExitCode.OK, result.output
    assert keys("status", WALLOFF_PASSPHRASE_FILE=str(new)).exit_code == ExitCode.OK
    assert [entry[1:] for entry in logged(root, passphrase_file=new)] == [
        ("keys-split", "keys", "begun"),
        ("keys-split", "keys", "done"),
        ("denied", "keys", "not-permitted"),
        ("keys-recovered", "keys", "begun"),
        ("keys-recovered", "keys", "done"),
    ]


def test_a_token_has_no_passphrase_and_no_escrow(keys: Keys, tmp_path: Path) -> None:
    settings = {"WALLOFF_KEY_PROVIDER": "pkcs11"}
    result = keys("recover", "--share", "x", **settings)
    assert result.exit_code == ExitCode.NOT_READY
    assert "token" in result.stderr
    result = keys("status", **settings)
    assert result.exit_code == ExitCode.NOT_READY
    assert "WALLOFF_PKCS11_MODULE" in result.stderr


def test_the_drill_reads_a_copy_of_the_data(keys: Keys, root: Path, tmp_path: Path) -> None:
    services = open_services(Settings(home=root))
    services.vault.compact()
    services.vault.close()
    copy = tmp_path / "raw.db"
    copy.write_bytes((root / "raw.db").read_bytes())
    result = keys("drill", "--data", str(copy), "--json")
    assert result.exit_code == ExitCode.OK, result.output
    assert json.loads(result.stdout)["passed"] is True
    assert keys("drill", "--data", str(tmp_path / "missing")).exit_code == ExitCode.NOT_READY


def test_a_share_or_a_certificate_that_cannot_be_read_is_bad_input(
    keys: Keys, tmp_path: Path
) -> None:
    missing = str(tmp_path / "missing")
    assert keys("recover", "--share", missing, "--share", missing).exit_code == ExitCode.BAD_INPUT
    assert keys("verify-certificate", missing).exit_code == ExitCode.BAD_INPUT
    forged = tmp_path / "forged"
    forged.write_text("walloff certificate of destruction\n{}\n\n")
    assert keys("verify-certificate", str(forged)).exit_code == ExitCode.FAILED
