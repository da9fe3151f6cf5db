"""A home is backed up, restored, upgraded and given a manager's folder from the command line."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from casework.releasing.accesses import take_up_accesses
from cli.exit_codes import ExitCode
from cli.main import build
from models.errors import HomeError, NotPermittedError
from models.ids import ActorId, CaseId, new_id
from storage.audit import AuditLog
from storage.domain import Domain
from storage.exchange import letter
from storage.home import HomeMode
from storage.migrate import DATABASES
from storage.released import ReleasedVault
from storage.tables.audit import ALARMS
from storage.writers import writer_of
from walloff.home_setup import ready_home
from walloff.services import open_services
from walloff.settings import Settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Run = Callable[..., Result]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("four words that nobody guesses\n")
    settings = Settings(home=tmp_path / "home", passphrase_file=passphrase)
    return ready_home(settings, HomeMode.REHEARSAL).root


@pytest.fixture
def run(root: Path) -> Run:
    def command(*words: str) -> Result:
        passphrase = str(root.with_name("passphrase"))
        return CliRunner().invoke(build(), words, env={"WALLOFF_PASSPHRASE_FILE": passphrase})

    return command


def test_a_home_is_backed_up_and_restored(run: Run, root: Path) -> None:
    target, again = str(root.with_name("backup")), str(root.with_name("again"))
    made = run("backup", target, "--home", str(root), "--json")
    assert made.exit_code == ExitCode.OK, made.output
    assert set(json.loads(made.stdout)) == {"data", "keys"}
    assert run("backup", target, "--home", str(root)).exit_code == ExitCode.NOT_READY
    assert run("restore", target, again).exit_code == ExitCode.NOT_READY
    assert not Path(again).exists()
    restored = run("restore", target, again, "--rehearsal", "--json")
    assert restored.exit_code == ExitCode.OK, restored.output
    assert json.loads(restored.stdout)["lockboxes"] > 0
    assert run("audit", "verify", "--home", again).exit_code == ExitCode.OK
    assert run("restore", target, again, "--rehearsal").exit_code == ExitCode.NOT_READY


def test_a_home_of_this_version_has_nothing_to_upgrade(run: Run, root: Path) -> None:
    result = run("upgrade", "--home", str(root))
    assert (result.exit_code, result.stdout) == (ExitCode.OK, "nothing to upgrade\n")


def test_the_manager_s_folder_is_made_once(run: Run, root: Path) -> None:
    folder, portion = str(root.with_name("manager")), str(root.with_name("portion"))
    setup = ("manager", "setup", folder, "--portion", portion, "--home", str(root))
    assert run(*setup).exit_code == ExitCode.OK
    assert not (root / "released.db").exists()
    assert run(*setup).exit_code == ExitCode.NOT_READY
    place = ("--folder", folder, "--portion", portion)
    listed = run("manager", "list", *place, "--json")
    assert (listed.exit_code, json.loads(listed.stdout)) == (ExitCode.OK, {"cases": []})
    view = ("manager", "view", new_id(), *place)
    assert "not-permitted" in run(*view, "--actor", "mona").output
    assert run(*view).exit_code == ExitCode.NOT_READY
    case_id, said = new_id(), ("--assessment", "The interview decides.")
    for typed in (
        ("manager", "decide", case_id, "favourable", *said),
        ("manager", "ask", case_id, "still-public", "--finding", "1"),
        ("manager", "questions", case_id),
        ("manager", "letters", case_id),
    ):
        refused = run(*typed, *place, "--actor", "mona")
        assert "not-permitted" in refused.output, refused.output
        assert run(*typed, *place).exit_code == ExitCode.NOT_READY, "nobody said who acts"
    for typed in (("decision", "record", case_id, "favourable", *said),):
        inside = run(*typed, "--actor", "mona", "--home", str(root))
        assert inside.exit_code == ExitCode.NOT_READY, "managers write in their own process"
    # The inside works on, with the database where it lies now, and takes the look up.
    assert run("audit", "verify", "--home", str(root)).exit_code == ExitCode.OK
    backup = run("backup", str(root.with_name("backup")), "--home", str(root))
    assert backup.exit_code == ExitCode.OK, backup.output


def test_a_group_that_is_not_there_is_refused_and_nothing_is_moved(run: Run, root: Path) -> None:
    folder, portion = root.with_name("manager"), root.with_name("portion")
    setup = ("manager", "setup", str(folder), "--portion", str(portion), "--home", str(root))
    result = run(*setup, "--group", "no-such-group")
    assert result.exit_code == ExitCode.NOT_READY, result.exception
    assert (root / "released.db").exists()
    assert not folder.exists()
    assert not portion.exists(), "keys for a folder that did not come to be"
    assert run(*setup).exit_code == ExitCode.OK
    assert portion.exists()


def test_a_home_is_not_restored_into_its_backup(run: Run, root: Path) -> None:
    """The backup would be none any more."""
    target = root.with_name("backup")
    assert run("backup", str(target), "--home", str(root)).exit_code == ExitCode.OK
    within = run("restore", str(target), str(target / "data" / "home"), "--rehearsal")
    assert within.exit_code == ExitCode.NOT_READY
    again = run("restore", str(target), str(root.with_name("again")), "--rehearsal")
    assert again.exit_code == ExitCode.OK, again.output


def test_the_roles_of_a_server_are_printed(run: Run) -> None:
    said = json.loads(run("manager", "roles", "--prefix", "agency", "--json").stdout)
    assert any("agency_raw" in line and "NOBYPASSRLS" in line for line in said["server"])
    for database, role in (("released", "manager"), ("sealed", "custodian"), ("audit", "auditor")):
        assert all(f"agency_{role}" in line for line in said["databases"][database][1:])
    assert not {"raw", "keys"} & said["databases"].keys()


def test_a_look_is_logged_once_whatever_crashes(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=root, passphrase_file=root.with_name("passphrase"))
    services = open_services(settings)
    case, sides = CaseId(new_id()), {"vault": services.vault, "released": services.released}
    with pytest.raises(NotPermittedError):
        services.released.look(case, actor=ActorId("mona"), at=NOW)

    def crash(*_args: object) -> None:
        raise HomeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(ReleasedVault, "taken", crash)
        with pytest.raises(HomeError):
            take_up_accesses(now=NOW, **sides)
    assert take_up_accesses(now=NOW, **sides) == 0
    assert services.released.untaken() == []
    with services.vault.read() as tx:
        entries = AuditLog(tx).entries(case)
    assert [(entry.actor, entry.code) for entry in entries] == [("mona", "not-permitted")]
    services.vault.close()
    services.released.close()


def test_a_look_that_cannot_be_recorded_is_not_served(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading is logged, or it fails."""
    settings = Settings(home=root, passphrase_file=root.with_name("passphrase"))
    services = open_services(settings)
    case = CaseId(new_id())
    services.released.deliver(case, 1, b"payload", NOW)
    services.released.name_viewers(case, [ActorId("mona")])
    assert services.released.look(case, actor=ActorId("mona"), at=NOW) == b"payload"
    with services.released._engine.connect() as connection:
        plain = connection.connection.driver_connection
        assert plain is not None
        plain.execute("PRAGMA query_only=OFF")
        plain.execute(
            "CREATE TRIGGER full BEFORE INSERT ON accesses"
            " BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    with pytest.raises(Exception, match="no room"):
        services.released.look(case, actor=ActorId("mona"), at=NOW)
    services.vault.close()
    services.released.close()


def test_the_auditors_folder_verifies_shows_proves_and_exports(run: Run, root: Path) -> None:
    folder = str(root.with_name("auditors"))
    assert run("audit", "setup", folder, "--home", str(root)).exit_code == ExitCode.OK
    assert run("audit", "export", str(root.with_name("x")), "--folder", folder).exit_code != 0
    assert (
        run("people", "add", "ada", "--role", "administrator", "--home", str(root)).exit_code == 0
    )
    assert run("audit", "publish", "--home", str(root)).exit_code == ExitCode.OK
    found = json.loads(run("audit", "verify", "--folder", folder, "--json").stdout)
    assert found["intact"]
    shown = json.loads(run("audit", "show", "--folder", folder, "--json").stdout)
    assert len(shown) == found["size"] > 0
    target = root.with_name("export.zip")
    assert run("audit", "export", str(target), "--folder", folder).exit_code == ExitCode.OK
    assert target.exists()
    proof = root.with_name("proof")
    event = shown[0]["event_id"]
    assert run("audit", "prove", event, str(proof), "--folder", folder).exit_code == ExitCode.OK
    assert (proof / "entry.tlog-proof").exists()
    assert run("audit", "setup", folder, "--home", str(root)).exit_code == ExitCode.NOT_READY


def test_the_custodians_folder_shows_what_was_put_away_to_those_named(run: Run, root: Path) -> None:
    folder, portion = str(root.with_name("custody")), str(root.with_name("custody.portion"))
    setup = ("custody", "setup", folder, "--portion", portion, "--home", str(root))
    assert run(*setup).exit_code == ExitCode.OK
    passphrase = root.with_name("passphrase")
    services = open_services(Settings(home=root, passphrase_file=passphrase))
    case, cleo = CaseId(new_id()), ActorId("cleo")
    writer = writer_of(services.vault.key_ring, Domain.SEALED)
    services.sealed.post(letter(writer, case, "criminal-copy", b'{"words": "kept"}', NOW))
    services.sealed.name_viewers(case, [cleo])
    services.sealed.publish_keys()
    where = ("--folder", folder, "--portion", portion)
    (one,) = json.loads(run("custody", "list", *where, "--actor", cleo, "--json").stdout)
    assert (one["case"], one["kind"]) == (case, "criminal-copy")
    assert services.sealed.untaken() == []
    shown = run("custody", "show", one["id"], *where, "--actor", cleo)
    assert "kept" in shown.stdout
    assert [look.code for look in services.sealed.untaken()] == ["viewed"]
    assert run("custody", "show", one["id"], *where, "--actor", "mona").exit_code != ExitCode.OK
    assert json.loads(run("custody", "list", *where, "--actor", "mona", "--json").stdout) == []
    assert run("custody", "show", new_id(), *where, "--actor", cleo).exit_code != ExitCode.OK
    services.sealed.close()
    services.vault.close()
    services.released.close()


def test_the_doctor_looks_at_every_database_and_hears_the_auditors_alarm(
    run: Run, root: Path
) -> None:
    told = {
        one["name"]: one for one in json.loads(run("doctor", "--home", str(root), "--json").stdout)
    }
    assert all(told[f"database {database}"]["ok"] for database in DATABASES)
    assert told["auditors' log"]["ok"]
    services = open_services(Settings(home=root, passphrase_file=root.with_name("passphrase")))
    with services.auditors.connection(writes=True) as connection:
        row = {"at": NOW, "code": "E-Q2-LOG-BROKEN", "fault": "leaf 1: another one"}
        connection.execute(insert(ALARMS).values(**row))
    result = run("doctor", "--home", str(root), "--json")
    assert result.exit_code == ExitCode.NOT_READY
    assert not next(one for one in json.loads(result.stdout) if one["name"] == "auditors' log")[
        "ok"
    ]
    for side in (services.auditors, services.vault, services.released):
        side.close()
