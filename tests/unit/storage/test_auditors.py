"""Auditors have the log in a database of their own: what contradicts it is refused and told."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import storage.handing_over
from models.errors import AuditBrokenError
from models.ids import new_id
from storage.audit import AuditLog
from storage.auditors import AuditorsLog
from storage.checkpoints import publish
from storage.engine import transaction
from storage.export_files import MANIFEST, log_files, prove_one, write_export
from storage.handing_over import hand_over
from storage.migrate import Database
from storage.note import Signer, log_name
from storage.proof import check_proof


@pytest.fixture
def auditors(agency: Any) -> Any:
    made = AuditorsLog(agency.home)
    yield made
    made.close()


def grow(agency: Any, count: int = 3) -> None:
    for _ in range(count):
        with agency.vault.write() as tx:
            AuditLog(tx).append(agency.entry(new_id()))
    agency.now += timedelta(hours=1)
    publish(agency.vault, now=agency.now)


def hand(agency: Any, auditors: Any) -> int:
    return hand_over(agency.vault, auditors, now=agency.now)


def altered(agency: Any, database: Database, *statements: str) -> None:
    """Change a database as somebody who owns it would: without its rules."""
    engine = agency.home.engine(database)
    with transaction(engine, database, writes=True) as connection:
        if connection.dialect.name == "sqlite":
            triggers = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).scalars()
            for name in list(triggers):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            tables = connection.execute(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            ).scalars()
            for table in list(tables):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_the_log_is_handed_over_once_as_far_as_it_is_signed(agency: Any, auditors: Any) -> None:
    assert hand(agency, auditors) == 0
    assert auditors.verify().intact
    grow(agency)
    with agency.vault.write() as tx:
        AuditLog(tx).append(agency.entry())  # signed by nobody yet
    assert hand(agency, auditors) == 3
    assert hand(agency, auditors) == 0
    grow(agency, 1)
    assert hand(agency, auditors) == 2
    found = auditors.verify()
    assert (found.size, found.checkpoints, found.faults) == (5, 2, ())
    with agency.vault.read() as tx:
        assert list(auditors.entries()) == list(AuditLog(tx).entries())


@pytest.mark.parametrize("step", ["_require_roots", "_sign_list"])
def test_a_crash_in_between_is_mended_and_nothing_comes_twice(
    agency: Any, auditors: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    grow(agency)

    def crash(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(storage.handing_over, step, crash)
        with pytest.raises(KeyboardInterrupt):
            hand(agency, auditors)
    hand(agency, auditors)
    assert auditors.verify().size == 3
    assert auditors.log()[1]
    assert auditors.alarms() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_leaves SET body = replace(body, 'case-opened', 'decided') WHERE position = 1",
        "DELETE FROM audit_leaves WHERE position = 2",
        "UPDATE audit_leaves SET hash = (SELECT hash FROM audit_leaves WHERE position = 0),"
        " body = (SELECT body FROM audit_leaves WHERE position = 0) WHERE position = 1",
        "UPDATE audit_checkpoints SET note = replace(note, '\u2014 ', '\u2014 x')",
        "DELETE FROM audit_checkpoints",
    ],
)
def test_what_contradicts_the_hand_over_is_refused_and_told_to_the_auditors(
    agency: Any, auditors: Any, change: str
) -> None:
    """E-Q2-LOG-BROKEN, and not even the inside can take back that it was refused."""
    grow(agency)
    hand(agency, auditors)
    altered(agency, Database.RAW, change)
    for _ in range(2):
        with pytest.raises(AuditBrokenError) as refused:
            hand(agency, auditors)
    assert refused.value.code == "E-Q2-LOG-BROKEN"
    ((at, fault),) = auditors.alarms()
    assert at == agency.now
    found = auditors.verify()
    assert found.faults == (f"refused at the hand-over: {fault}",)
    assert found.size == 3
    with pytest.raises(Exception, match="never"), auditors.connection(writes=True) as connection:
        connection.execute(text("DELETE FROM alarms"))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_leaves SET body = replace(body, 'case-opened', 'decided') WHERE position = 1",
        "DELETE FROM audit_leaves WHERE position = 2",
        "DELETE FROM audit_leaves WHERE position = 0",
        "UPDATE audit_checkpoints SET size = 2",
        "UPDATE audit_checkpoints SET note = replace(note, '\u2014 ', '\u2014 x')",
        "DELETE FROM audit_checkpoints",
    ],
)
def test_what_was_altered_with_the_auditors_is_found_by_them(
    agency: Any, auditors: Any, change: str
) -> None:
    grow(agency)
    hand(agency, auditors)
    assert auditors.verify().intact
    altered(agency, Database.AUDIT, "DELETE FROM manifests", change)
    assert auditors.verify().faults


def test_the_key_that_an_auditor_noted_down_tells_another_log(agency: Any, auditors: Any) -> None:
    grow(agency)
    hand(agency, auditors)
    forged = Signer(log_name(agency.home.id), b"f" * 32).verifier
    assert auditors.verify(vkey=forged.vkey).faults
    with pytest.raises(AuditBrokenError):
        auditors.verify(vkey=Signer("walloff/other", b"f" * 32).verifier.vkey)


def test_what_auditors_export_is_verified_by_one_file_of_python(
    agency: Any, auditors: Any, tmp_path: Path
) -> None:
    grow(agency)
    hand(agency, auditors)
    log, signed = auditors.log()
    done = write_export(tmp_path / "export", log_files(log) | {MANIFEST: signed}, log)
    assert (done.size, done.checkpoints) == (3, 1)
    command = [sys.executable, "-I", str(tmp_path / "export/verify.py"), str(tmp_path / "export")]
    told = subprocess.run(
        [*command, "--log", auditors.key().vkey], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout
    assert told.stdout.strip().endswith("verified")
    wanted = next(iter(auditors.entries()))
    proof, body = prove_one(log.bodies, log.points, wanted.event_id)
    assert check_proof(proof, body, log=auditors.key()).size == 3


def test_nothing_is_exported_before_anything_was_handed_over(auditors: Any) -> None:
    with pytest.raises(AuditBrokenError):
        auditors.log()
