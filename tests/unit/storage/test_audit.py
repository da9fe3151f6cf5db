"""The log takes entries whole, gives none back, and tampering of any kind is found."""

from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

import storage.checkpoints
from models.audit import AuditAction, AuditEntry
from models.errors import AuditBrokenError, ConstraintError, KeyUnavailableError
from models.people import Role
from storage.audit import AuditLog, leaf_body, newest_time
from storage.checkpoints import log_keys, publish, published
from storage.domain import Domain
from storage.merkle import Frontier, leaf_hash
from storage.note import Signer, checkpoint_text, log_name
from storage.sequencer import sequence
from storage.vault import Vault
from storage.verification import verify


@pytest.fixture
def log(agency: Any) -> Any:
    """Nine entries, with checkpoints at three, seven and nine."""
    for size in range(1, 10):
        with agency.vault.write() as tx:
            at = agency.now + timedelta(minutes=size)
            AuditLog(tx).append(agency.entry(f"case-{size % 2}", at=at))
        if size in (3, 7, 9):
            publish(agency.vault, now=agency.now + timedelta(minutes=size))
    agency.vault.compact()
    agency.vault.close()
    return agency


def tamper(path: Path, *statements: str) -> None:
    """Change a database as somebody who owns its file would: without triggers or constraints."""
    plain = sqlite.connect(str(path), isolation_level=None)
    plain.execute("PRAGMA synchronous=OFF")
    plain.execute("BEGIN")
    triggers = plain.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        " AND tbl_name IN ('audit_leaves', 'audit_head', 'audit_checkpoints', 'witness')"
    ).fetchall()
    for name, _ in triggers:
        plain.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        plain.execute(statement)
    for _, sql in triggers:
        plain.execute(sql)
    plain.execute("COMMIT")
    plain.close()


def test_entries_come_back_in_order_and_by_object(log: Any) -> None:
    with log.vault.read() as tx:
        entries = AuditLog(tx).entries()
        assert AuditLog(tx).size == len(entries) == 9
        assert [entry.object_id for entry in AuditLog(tx).entries("case-1")] == ["case-1"] * 5
        assert AuditLog(tx).entries("case-9") == []
        assert newest_time(tx) == log.now + timedelta(minutes=9)


def test_an_empty_log_has_no_newest_time_and_verifies(agency: Any) -> None:
    with agency.vault.read() as tx:
        assert newest_time(tx) is None
    assert verify(agency.vault).intact
    assert publish(agency.vault, now=agency.now).size == 0
    assert verify(agency.vault).intact


def test_several_entries_in_one_transaction_are_one_log(agency: Any) -> None:
    with agency.vault.write() as tx:
        for _ in range(5):
            AuditLog(tx).append(agency.entry())
        assert AuditLog(tx).size == 5
    with agency.vault.write() as tx:
        AuditLog(tx).append(agency.entry())
    sequence(agency.vault)
    found = verify(agency.vault)
    assert (found.size, found.faults) == (6, ())


def test_an_entry_holds_ids_and_codes_only(agency: Any) -> None:
    for change in (
        {"object_id": "Ann Smith"},
        {"object_id": ""},
        {"code": "she wrote this"},
        {"commitment": "two words"},
        {"event_id": "an event"},
        {"actor": "Ann Smith"},
        {"code": "x" * 129},
    ):
        with pytest.raises(ConstraintError), agency.vault.write() as tx:
            AuditLog(tx).append(agency.entry().model_copy(update=change))
    with agency.vault.read() as tx:
        assert AuditLog(tx).size == 0


def test_the_database_forbids_changes_to_the_log(log: Any) -> None:
    for statement in (
        "UPDATE audit_leaves SET body = ''",
        "DELETE FROM audit_leaves WHERE position = 8",
        "INSERT INTO audit_leaves SELECT 11, at, object_id, body, hash FROM audit_leaves LIMIT 1",
        "UPDATE audit_head SET size = 1",
        "DELETE FROM audit_head",
        "UPDATE audit_checkpoints SET note = ''",
        "DELETE FROM audit_checkpoints",
        "INSERT INTO audit_checkpoints VALUES (8, '', '', '', '')",
    ):
        with pytest.raises(ConstraintError), log.vault.write() as tx:
            tx.execute(text(statement))


def test_a_whole_log_verifies_with_and_without_its_key(log: Any) -> None:
    found = verify(log.vault)
    assert (found.size, found.checkpoints, found.faults) == (9, 3, ())
    vkey = log.home.audit_key_file.read_text()
    auditor = Vault(log.home, log.ring_for())
    assert verify(auditor).intact
    assert verify(auditor, vkey=vkey).intact
    assert [point.size for point in published(auditor)] == [3, 7, 9]
    with pytest.raises(KeyUnavailableError):
        publish(auditor, now=log.now)
    auditor.close()


def test_a_log_that_has_not_grown_keeps_its_checkpoint(log: Any) -> None:
    again = publish(log.vault, now=log.now + timedelta(days=1))
    assert again == published(log.vault)[-1]
    assert len(published(log.vault)) == 3


SWAP = (
    "UPDATE audit_leaves SET position = -1 WHERE position = {a}",
    "UPDATE audit_leaves SET position = {a} WHERE position = {b}",
    "UPDATE audit_leaves SET position = {b} WHERE position = -1",
)
RENUMBER = (
    "UPDATE audit_leaves SET position = -position WHERE position > {a}",
    "UPDATE audit_leaves SET position = -position - 1 WHERE position < 0",
)


def every_tampering() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for at in range(9):
        where = f"WHERE position = {at}"
        found[f"edit {at}"] = (
            f"UPDATE audit_leaves SET body = replace(body, 'case-opened', 'decided') {where}",
        )
        found[f"time {at}"] = (
            f"UPDATE audit_leaves SET at = '2020-01-01T00:00:00.000000Z' {where}",
        )
        found[f"object {at}"] = (f"UPDATE audit_leaves SET object_id = 'case-7' {where}",)
        found[f"hash {at}"] = (f"UPDATE audit_leaves SET hash = zeroblob(32) {where}",)
        found[f"space {at}"] = (f"UPDATE audit_leaves SET body = body || ' ' {where}",)
        found[f"rubbish {at}"] = (f"UPDATE audit_leaves SET body = 'x' {where}",)
        found[f"delete {at}"] = (f"DELETE FROM audit_leaves {where}",)
        found[f"delete and renumber {at}"] = (
            f"DELETE FROM audit_leaves {where}",
            *(step.format(a=at) for step in RENUMBER),
        )
        for other in range(at + 1, 9):
            found[f"swap {at} {other}"] = tuple(step.format(a=at, b=other) for step in SWAP)
    found["append"] = (
        "INSERT INTO audit_leaves SELECT 9, at, object_id, body, hash FROM audit_leaves LIMIT 1",
    )
    for size in (3, 7, 9):
        where = f"WHERE size = {size}"
        found[f"checkpoint {size} deleted"] = (f"DELETE FROM audit_checkpoints {where}",)
        found[f"root {size}"] = (f"UPDATE audit_checkpoints SET root = 'AAAA' {where}",)
        found[f"size {size}"] = (f"UPDATE audit_checkpoints SET size = size - 1 {where}",)
        found[f"edge {size}"] = (f"UPDATE audit_checkpoints SET frontier = x'00' {where}",)
        found[f"note {size}"] = (
            "UPDATE audit_checkpoints"
            f" SET note = replace(note, char(10) || '{size}', char(10) || '4') {where}",
        )
    found["all checkpoints deleted"] = ("DELETE FROM audit_checkpoints",)
    found["head deleted"] = ("DELETE FROM audit_head",)
    found["head cut"] = ("UPDATE audit_head SET frontier = x'00'",)
    found["head shrunk"] = ("UPDATE audit_head SET size = 8",)
    found["emptied"] = (
        "DELETE FROM audit_leaves",
        "DELETE FROM audit_checkpoints",
        "UPDATE audit_head SET size = 0, frontier = x''",
    )
    return found


@pytest.mark.sqlite_only
def test_every_tampering_is_found(log: Any) -> None:
    """Each of some hundred and more, on a fresh copy of the same log."""
    good = log.home.raw_database.read_bytes()
    missed = []
    tampered = every_tampering()
    assert len(tampered) > 100
    for name, statements in tampered.items():
        log.home.raw_database.write_bytes(good)
        tamper(log.home.raw_database, *statements)
        vault = Vault(log.home, log.ring)
        if verify(vault).intact:
            missed.append(name)
        vault.close()
    assert missed == []
    log.home.raw_database.write_bytes(good)
    assert verify(log.vault).intact


def rewritten(log: Any, size: int) -> None:
    """Cut the log to a size, with head and checkpoints that fit: no hash is wrong any more."""
    with log.vault.read() as tx:
        bodies = tx.execute(text("SELECT body FROM audit_leaves ORDER BY position")).scalars().all()
    log.vault.close()
    frontier = Frontier()
    for body in bodies[:size]:
        frontier = frontier.add(leaf_hash(body.encode()))
    tamper(
        log.home.raw_database,
        f"DELETE FROM audit_leaves WHERE position >= {size}",
        f"DELETE FROM audit_checkpoints WHERE size > {size}",
        f"UPDATE audit_head SET size = {size}, frontier = x'{frontier.packed().hex()}'",
    )


@pytest.mark.parametrize("size", [0, 3, 5, 7, 8])
@pytest.mark.sqlite_only
def test_a_log_put_back_to_an_older_state_is_found_and_not_signed(log: Any, size: int) -> None:
    rewritten(log, size)
    vault = Vault(log.home, log.ring)
    assert not verify(vault).intact
    with pytest.raises(AuditBrokenError):
        publish(vault, now=log.now)
    for _ in range(9):
        with vault.write() as tx:
            AuditLog(tx).append(log.entry("forged"))
    assert not verify(vault).intact
    with pytest.raises(AuditBrokenError):
        publish(vault, now=log.now)
    vault.close()


@pytest.mark.sqlite_only
def test_a_tail_that_no_checkpoint_covers_cannot_be_cut_off_unnoticed(log: Any) -> None:
    mark = log.home.root / "audit.mark"
    older = mark.read_bytes()
    with log.vault.write() as tx:
        AuditLog(tx).append(log.entry())
    log.vault.compact()
    rewritten(log, 9)
    assert verify(log.vault).faults == ("the log had 10 leaves, 9 are there",)
    with pytest.raises(AuditBrokenError):
        publish(log.vault, now=log.now)
    # The limit that the documentation states: whoever puts the mark back as well is found by a
    # witness only.
    mark.write_bytes(older)
    assert verify(log.vault).intact


@pytest.mark.sqlite_only
def test_a_cut_tail_stays_found_when_the_log_grows_on(log: Any) -> None:
    """What the mark says is not written over by a log that did not grow out of it."""
    for _ in range(2):
        with log.vault.write() as tx:
            AuditLog(tx).append(log.entry())
    log.vault.compact()
    rewritten(log, 9)
    for _ in range(5):
        vault = Vault(log.home, log.ring)
        with vault.write() as tx:
            AuditLog(tx).append(log.entry("forged"))
        assert not verify(vault).intact
        vault.close()


@pytest.mark.sqlite_only
def test_a_loss_is_taken_on_only_by_saying_so(log: Any) -> None:
    """A restored backup ends before the mark: somebody must answer for what is gone."""
    with log.vault.write() as tx:
        AuditLog(tx).append(log.entry())
    log.vault.compact()
    rewritten(log, 9)
    vault = Vault(log.home, log.ring)
    point = publish(
        vault, now=log.now, accept_loss=lambda tx: AuditLog(tx).append(log.entry("loss"))
    )
    assert point.size == 10
    assert verify(vault).intact
    vault.close()
    rewritten(log, 3)
    with pytest.raises(AuditBrokenError):
        publish(log.vault, now=log.now, accept_loss=lambda tx: None)


@pytest.mark.parametrize("damage", [b"", b"x" * 8192, None])
def test_a_mark_that_was_lost_or_altered_is_found(log: Any, damage: bytes | None) -> None:
    mark = log.home.root / "audit.mark"
    mark.unlink() if damage is None else mark.write_bytes(damage)
    assert not verify(log.vault).intact
    with log.vault.write() as tx:
        AuditLog(tx).append(log.entry())
    with pytest.raises(AuditBrokenError):
        publish(log.vault, now=log.now)
    assert not verify(log.vault).intact


def test_a_torn_write_of_the_mark_leaves_the_one_before(log: Any) -> None:
    mark = log.home.root / "audit.mark"
    whole = mark.read_bytes()
    for at in (0, 4096):
        mark.write_bytes(whole[:at] + b"torn" + whole[at + 4 :])
        assert verify(log.vault).intact


def test_who_lacks_the_audit_key_writes_and_the_mark_catches_up(log: Any) -> None:
    outside = Vault(log.home, log.ring_for(Domain.APPLICANT))
    for _ in range(3):
        with outside.write() as tx:
            AuditLog(tx).append(log.entry())
    sequence(outside)
    outside.close()
    assert log.vault.high_water.read().size == 9
    with log.vault.write() as tx:
        AuditLog(tx).append(log.entry())
    sequence(log.vault)
    assert log.vault.high_water.read().size == 13
    assert verify(log.vault).intact


def test_an_entry_of_a_transaction_that_only_reads_is_refused(agency: Any) -> None:
    """It would be lost without a word."""
    with agency.vault.read() as tx, pytest.raises(ConstraintError):
        AuditLog(tx).append(agency.entry())


@pytest.mark.sqlite_only
def test_a_checkpoint_carries_a_second_signature_of_the_log(log: Any) -> None:
    first, second = log_keys(log.vault)
    for point in published(log.vault):
        assert first.verify(point.note) == second.verify(point.note)
    log.vault.close()
    note = published(log.vault)[-1].note
    flipped = note[:-20] + ("A" if note[-20] != "A" else "B") + note[-19:]
    tamper(log.home.raw_database, f"UPDATE audit_checkpoints SET note = '{flipped}' WHERE size = 9")
    assert any("checkpoint 9" in fault for fault in verify(log.vault).faults)


@given(
    st.builds(
        AuditEntry,
        event_id=st.text(),
        at=st.datetimes(timezones=st.just(UTC)),
        actor=st.text(),
        role=st.sampled_from(Role),
        action=st.sampled_from(AuditAction),
        object_id=st.text(),
        code=st.text(),
        count=st.none() | st.integers(0, 2**53 - 1),
        commitment=st.text(),
    )
)
def test_a_leaf_is_canonical_json(entry: AuditEntry) -> None:
    """RFC 8785, as the reference implementation writes it."""
    assert leaf_body(entry) == rfc8785.dumps(entry.model_dump(mode="json"))


@pytest.mark.parametrize("count", [-1, 2**53])
def test_a_count_that_canonical_json_cannot_hold_is_refused(agency: Any, count: int) -> None:
    fields = agency.entry().model_dump()
    assert AuditEntry.model_validate({**fields, "count": 2**53 - 1}).count == 2**53 - 1
    with pytest.raises(ValueError):
        AuditEntry.model_validate({**fields, "count": count})


@pytest.mark.sqlite_only
def test_a_tampered_tail_is_not_signed(log: Any) -> None:
    with log.vault.write() as tx:
        AuditLog(tx).append(log.entry())
    log.vault.compact()
    log.vault.close()
    tamper(log.home.raw_database, "UPDATE audit_leaves SET body = 'x' WHERE position = 9")
    with pytest.raises(AuditBrokenError):
        publish(log.vault, now=log.now)


@pytest.mark.sqlite_only
def test_a_checkpoint_signed_by_another_key_is_found(log: Any) -> None:
    forger = Signer(log_name(log.home.id), b"f" * 32)
    with log.vault.read() as tx:
        frontier = Frontier.unpack(*tx.execute(text("SELECT size, frontier FROM audit_head")).one())
    log.vault.close()
    note = forger.sign(checkpoint_text(log_name(log.home.id), 9, frontier.root()))
    tamper(log.home.raw_database, f"UPDATE audit_checkpoints SET note = '{note}' WHERE size = 9")
    vault = Vault(log.home, log.ring)
    assert any("checkpoint 9" in fault for fault in verify(vault).faults)
    with pytest.raises(AuditBrokenError):
        published(vault)
    with pytest.raises(AuditBrokenError):
        publish(vault, now=log.now)
    vault.close()


def test_a_replaced_verification_key_is_found(log: Any) -> None:
    noted = log.home.audit_key_file.read_text()
    forger = Signer(log_name(log.home.id), b"f" * 32)
    log.home.audit_key_file.write_text(forger.vkey)
    assert not verify(log.vault).intact
    auditor = Vault(log.home, log.ring_for(Domain.APPLICANT))
    assert not verify(auditor).intact
    assert not verify(auditor, vkey=noted).intact
    log.home.audit_key_file.unlink()
    assert not verify(log.vault).intact
    with pytest.raises(AuditBrokenError):
        verify(auditor)
    auditor.close()


def test_the_key_of_another_home_does_not_verify(
    log: Any, make_agency: Callable[[str], Any]
) -> None:
    with pytest.raises(AuditBrokenError):
        verify(log.vault, vkey=make_agency("other").home.audit_key_file.read_text())


def test_a_crash_before_the_first_checkpoint_is_remembered_is_no_fault(
    agency: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with agency.vault.write() as tx:
        AuditLog(tx).append(agency.entry())
    with monkeypatch.context() as patch:
        patch.setattr(storage.checkpoints, "_remember", interrupted)
        with pytest.raises(InterruptedError):
            publish(agency.vault, now=agency.now)
    assert verify(agency.vault).intact


def interrupted(*_args: Any) -> None:
    raise InterruptedError


@pytest.mark.sqlite_only
def test_a_crash_between_the_two_places_of_a_checkpoint_heals(
    log: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with log.vault.write() as tx:
        AuditLog(tx).append(log.entry())
    with monkeypatch.context() as patch:
        patch.setattr(storage.checkpoints, "_remember", interrupted)
        with pytest.raises(InterruptedError):
            publish(log.vault, now=log.now)
    assert verify(log.vault).intact
    assert publish(log.vault, now=log.now).size == 10
    assert verify(log.vault).intact
    rewritten(log, 9)
    assert not verify(log.vault).intact


@pytest.mark.parametrize("statement", ["DELETE FROM witness", "UPDATE witness SET note = 'x'"])
@pytest.mark.sqlite_only
def test_a_witness_that_was_lost_or_altered_is_found(log: Any, statement: str) -> None:
    log.ring.close()
    tamper(log.home.keys_database, statement)
    assert not verify(log.vault).intact
    with pytest.raises(AuditBrokenError):
        publish(log.vault, now=log.now)
