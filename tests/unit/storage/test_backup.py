"""A backup and a restored home are verified, whole, and never half written."""

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import storage.backup
import storage.restore
from models.errors import AuditBrokenError, HomeError, KeyUnavailableError
from models.ids import ActorId
from storage.audit import AuditLog
from storage.backup import backup
from storage.captures import CaptureStore
from storage.checkpoints import publish
from storage.domain import Domain
from storage.duties import Duty, DutyStore
from storage.evidence import EvidenceStore
from storage.home import Home, HomeMode
from storage.keyring import KeyRing, open_key_ring
from storage.migrate import Database
from storage.originals import keep_original, read_original
from storage.packages import PackageStore
from storage.released import ReleasedVault
from storage.restore import restore
from storage.transaction import Transaction
from storage.vault import Vault
from storage.verification import verify


@pytest.fixture
def full(agency: Any, tmp_path: Path) -> Any:
    """A home with something in every database and a sealed file."""
    case = agency.case()
    source = tmp_path / "posts"
    source.write_text("words")
    capture = agency.capture_value(agency.consent(case.id), "words")
    with agency.vault.write() as tx:
        CaptureStore(tx).add(capture)
        EvidenceStore(tx).add_many(capture, [agency.item("one"), agency.item("two")])
        keep_original(tx, capture, source, home=agency.home)
        package = PackageStore(tx).put(case.id, b"payload", now=agency.now)
        PackageStore(tx).approve(package.id, reviewer=ActorId("ann"))
        DutyStore(tx).record(case.id, ActorId("bob"), Duty.COLLECTED, agency.now)
        for _ in range(3):
            AuditLog(tx).append(agency.entry(case.id))
    released = ReleasedVault(agency.home, agency.ring_for(Domain.RELEASED))
    released.deliver(case.id, 1, b"payload", agency.now)
    released.close()
    publish(agency.vault, now=agency.now)
    agency.full_case, agency.full_capture = case, capture
    return agency


def ring(home: Home) -> KeyRing:
    return open_key_ring(
        home, passphrase=b"correct horse battery staple", domains=frozenset(Domain)
    )


def restored(source: Path, root: Path, **more: Any) -> Any:
    return restore(source, root, mode=HomeMode.REHEARSAL, open_ring=ring, **more)


@pytest.mark.parametrize("onto", ["sqlite", "postgresql"])
def test_a_home_comes_back_whole_on_either_engine(
    full: Any, tmp_path: Path, onto: str, request: pytest.FixtureRequest
) -> None:
    backup(full.vault, tmp_path / "backup", now=full.now)
    urls = {} if onto == "sqlite" else request.getfixturevalue("postgresql").urls()
    found = restored(tmp_path / "backup", tmp_path / "again", urls=urls)
    assert (found.entries, found.faults) == (3, ())
    assert found.lockboxes >= 3
    vault = Vault(found.home, ring(found.home))
    case = full.full_case
    with vault.write(case.id) as tx:
        words = [item.item.text.reveal() for item in EvidenceStore(tx).for_case(case.id)]
        assert words == ["text one", "text two"]
        (capture,) = CaptureStore(tx).all(case.id)
        assert capture == full.full_capture
        assert b"".join(read_original(tx, capture, home=found.home)) == b"words"
        assert DutyStore(tx).did(case.id, ActorId("bob")) == {Duty.COLLECTED}
        more = full.capture_value(full_consent(tx, case.id), "more")
        CaptureStore(tx).add(more)
    with pytest.raises(Exception, match="never"), vault.write() as tx:
        tx.execute(text("UPDATE duties SET duty = 'decided'"))
    released = ReleasedVault(found.home, ring(found.home))
    assert released.view(case.id) == b"payload"
    assert verify(vault).intact
    publish(vault, now=full.now)
    released.close()
    vault.close()


def full_consent(tx: Transaction, case_id: Any) -> Any:
    from storage.consents import ConsentStore

    return ConsentStore(tx).latest(case_id)


def test_a_backup_holds_neither_the_passphrase_nor_a_key_beside_the_data(
    full: Any, tmp_path: Path
) -> None:
    full.home.passphrase_file.write_text("canary-passphrase")
    backup(full.vault, tmp_path / "backup", now=full.now)
    names = {path.name for path in (tmp_path / "backup" / "data").rglob("*")}
    assert names == {
        "home.json",
        "audit.mark",
        "audit.vkey",
        "raw.db",
        "released.db",
        "sealed.db",
        "applicant.db",
        "audit.db",
        "fairness.db",
        "files",
        "manifest.json",
        full.full_capture.id,
    }
    for path in (tmp_path / "backup").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
        assert path.is_dir() or b"canary-passphrase" not in path.read_bytes()


def test_what_is_not_what_was_backed_up_is_refused(full: Any, tmp_path: Path) -> None:
    backup(full.vault, tmp_path / "backup", now=full.now)
    data = tmp_path / "backup" / "data"
    for path in sorted((tmp_path / "backup").rglob("*")):
        if path.is_dir():
            continue
        good = path.read_bytes()
        path.write_bytes(bytes([good[0] ^ 1]) + good[1:])
        with pytest.raises(HomeError):
            restored(tmp_path / "backup", tmp_path / "again")
        path.unlink()
        with pytest.raises(HomeError):
            restored(tmp_path / "backup", tmp_path / "again")
        path.write_bytes(good)
    (data / "more").write_text("x")
    with pytest.raises(HomeError, match="more"):
        restored(tmp_path / "backup", tmp_path / "again")
    (data / "more").unlink()
    restored(tmp_path / "backup", tmp_path / "again")


def test_a_manifest_that_was_made_to_fit_does_not_pass_a_forged_log(
    full: Any, tmp_path: Path
) -> None:
    """Hashes say that nothing was damaged; the log's signatures say that nothing was forged."""
    from storage.engine import Journal, sqlite_engine
    from storage.manifest import Manifest, stored

    backup(full.vault, tmp_path / "backup", now=full.now)
    data = tmp_path / "backup" / "data"
    engine = sqlite_engine(data / "raw.db", journal=Journal.ROLLBACK)
    with engine.connect() as connection:
        plain = connection.connection.driver_connection
        plain.execute("DROP TRIGGER audit_leaves_not_updated")
        plain.execute("UPDATE audit_leaves SET body = replace(body, 'case-opened', 'decided')")
    engine.dispose()
    said = json.loads((data / "manifest.json").read_text())
    forged = Manifest.model_validate(said | {"files": stored(data)})
    (data / "manifest.json").write_text(forged.model_dump_json())
    with pytest.raises(AuditBrokenError):
        restored(tmp_path / "backup", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_rehearsal_never_becomes_production_and_homes_do_not_mix(
    full: Any, tmp_path: Path, make_agency: Any
) -> None:
    backup(full.vault, tmp_path / "backup", now=full.now)
    with pytest.raises(HomeError, match="rehearsal"):
        restore(tmp_path / "backup", tmp_path / "again", mode=HomeMode.PRODUCTION, open_ring=ring)
    other = make_agency("other")
    backup(other.vault, tmp_path / "others", now=other.now)
    with pytest.raises(HomeError, match="one home"):
        restored(tmp_path / "backup", tmp_path / "again", keys=tmp_path / "others" / "keys")
    with pytest.raises(HomeError, match="exists"):
        restored(tmp_path / "backup", full.home.root)
    with pytest.raises(HomeError, match="exists"):
        backup(full.vault, tmp_path / "backup", now=full.now)


def test_a_wrong_passphrase_restores_nothing(full: Any, tmp_path: Path) -> None:
    backup(full.vault, tmp_path / "backup", now=full.now)

    def wrong(home: Home) -> KeyRing:
        return open_key_ring(home, passphrase=b"wrong", domains=frozenset(Domain))

    with pytest.raises(KeyUnavailableError):
        restore(tmp_path / "backup", tmp_path / "again", mode=HomeMode.REHEARSAL, open_ring=wrong)
    assert not (tmp_path / "again").exists()


def test_older_data_with_newer_keys_says_what_the_log_lacks(full: Any, tmp_path: Path) -> None:
    """And what was destroyed since stays destroyed: the newer keys do not open it."""
    backup(full.vault, tmp_path / "old", now=full.now)
    case = full.full_case
    with full.vault.write() as tx:
        AuditLog(tx).append(full.entry(case.id))
    publish(full.vault, now=full.now)
    full.ring.drop(case.id, at=full.now)
    full.ring.rotate(Domain.RAW)
    full.ring.rotate(Domain.RELEASED)
    backup(full.vault, tmp_path / "new", now=full.now)
    newest = {"keys": tmp_path / "new" / "keys"}
    with pytest.raises(AuditBrokenError):
        restored(tmp_path / "old", tmp_path / "again", **newest)
    found = restored(tmp_path / "old", tmp_path / "again", older_log=True, **newest)
    assert found.faults
    vault = Vault(found.home, ring(found.home))
    with vault.read() as tx, pytest.raises(KeyUnavailableError):
        list(EvidenceStore(tx).for_case(case.id))
    vault.close()


@pytest.mark.parametrize("step", ["copy_database", "_copy_originals", "require_whole", "settle"])
def test_a_crash_leaves_no_half_made_backup(
    full: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def crash(*_args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(storage.backup, step, crash)
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        backup(full.vault, tmp_path / "backup", now=full.now)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    with full.vault.write() as tx:
        AuditLog(tx).append(full.entry())


@pytest.mark.parametrize("step", ["_staged", "migrate_home", "_verified", "settle"])
def test_a_crash_leaves_no_half_restored_home(
    full: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    backup(full.vault, tmp_path / "backup", now=full.now)

    def crash(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    before = sorted(path.name for path in tmp_path.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(storage.restore, step, crash)
        with pytest.raises(KeyboardInterrupt):
            restored(tmp_path / "backup", tmp_path / "again")
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    restored(tmp_path / "backup", tmp_path / "again")


def test_a_full_disk_leaves_no_half_made_backup(
    full: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full_disk)
    with pytest.raises(HomeError, match="No space"):
        backup(full.vault, tmp_path / "backup", now=full.now)
    assert not (tmp_path / "backup").exists()


def test_a_backup_taken_during_a_rotation_holds_the_keys_of_its_lockboxes(
    full: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or it verifies with today's keys, and does not open when it is needed."""
    copy = storage.backup.copy_database
    others: list[threading.Thread] = []

    def copied(source: Home, target: Home, database: Database) -> None:
        copy(source, target, database)
        if database is Database.KEYS:
            other = threading.Thread(target=full.ring_for(Domain.RAW).rotate, args=(Domain.RAW,))
            others.append(other)
            other.start()
            other.join(timeout=1)  # a backup that keeps the keys still goes on first

    monkeypatch.setattr(storage.backup, "copy_database", copied)
    backup(full.vault, tmp_path / "backup", now=full.now)
    others[0].join()
    restored = restore(
        tmp_path / "backup", tmp_path / "again", mode=HomeMode.REHEARSAL, open_ring=ring
    )
    assert restored.lockboxes > 0
    assert full.ring_for(Domain.RAW).lockbox(full.full_case.id, Domain.RAW)


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-1] + b"!"),
    ],
    ids=["missing", "short", "empty", "altered"],
)
def test_an_original_that_is_not_as_it_was_kept_stops_the_backup(
    full: Any, tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    harm(full.home.files / full.full_capture.id)
    with pytest.raises(HomeError, match=full.full_capture.id):
        backup(full.vault, tmp_path / "backup", now=full.now)
    assert not (tmp_path / "backup").exists()


def test_a_backup_without_an_original_is_not_restored_though_its_manifest_fits(
    full: Any, tmp_path: Path
) -> None:
    backup(full.vault, tmp_path / "backup", now=full.now)
    data = tmp_path / "backup" / "data"
    (data / "files" / full.full_capture.id).unlink()
    manifest = json.loads((data / "manifest.json").read_bytes())
    del manifest["files"][f"files/{full.full_capture.id}"]
    (data / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(HomeError, match="original"):
        restored(tmp_path / "backup", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_an_original_destroyed_while_the_backup_ran_is_named_and_restores(
    full: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row was copied, then the case's end came, then the file was to be copied."""
    copying = storage.backup._copy_originals

    def destroyed_first(home: Any, data: Any) -> None:
        (home.files / full.full_capture.id).unlink()
        copying(home, data)

    monkeypatch.setattr(storage.backup, "_copy_originals", destroyed_first)
    monkeypatch.setattr(storage.backup, "_stands", lambda *_: False)
    data, _keys = backup(full.vault, tmp_path / "backup", now=full.now)
    assert data.destroyed == (full.full_capture.id,)
    assert restored(tmp_path / "backup", tmp_path / "again").entries == 3


@pytest.mark.parametrize("inside", [".", "backups/today", "files/today"])
def test_a_home_is_not_backed_up_into_itself(full: Any, inside: str) -> None:
    """Each backup would hold the ones before it, with keys that open what was destroyed since."""
    target = full.home.root / inside / "backup"
    with pytest.raises(HomeError, match="in the home"):
        backup(full.vault, target, now=full.now)
    assert not target.parent.exists() or inside == "."
