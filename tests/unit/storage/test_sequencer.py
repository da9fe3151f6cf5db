"""Several writers leave entries in their own transactions; one sequencer makes the tree of them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from models.errors import ConstraintError
from models.ids import CaseId, new_id
from storage.audit import AuditLog
from storage.checkpoints import publish
from storage.sequencer import keep_sequencing, numbers_without_entry, sequence
from storage.vault import Vault
from storage.verification import verify


def append(agency: Any, object_id: str, *, case_id: str | None = None, fail: bool = False) -> None:
    with agency.vault.write(CaseId(case_id) if case_id else None) as tx:
        AuditLog(tx).append(agency.entry(object_id))
        if fail:
            raise InterruptedError


def waiting(agency: Any) -> int:
    with agency.vault.read() as tx:
        return int(tx.execute(text("SELECT count(*) FROM audit_queue")).scalar_one())


def order(agency: Any) -> list[str]:
    with agency.vault.read() as tx:
        return [entry.object_id for entry in AuditLog(tx).entries()]


def test_entries_keep_their_order_through_gaps_and_batches(agency: Any) -> None:
    for at in range(7):
        append(agency, f"case-{at}")
        with pytest.raises(InterruptedError):
            append(agency, "rolled-back", fail=True)
    before = order(agency)
    sequence(agency.vault, batch=3)
    assert before == order(agency) == [f"case-{at}" for at in range(7)]
    assert waiting(agency) == 0
    assert sequence(agency.vault) == 0
    assert verify(agency.vault).faults == ()


def test_what_waits_is_part_of_the_log_already(agency: Any) -> None:
    append(agency, "case-1")
    with agency.vault.read() as tx:
        log = AuditLog(tx)
        assert (log.size, len(log.entries("case-1")), log.entries("case-2")) == (1, 1, [])


def test_publishing_takes_up_what_waits(agency: Any) -> None:
    for at in range(5):
        append(agency, f"case-{at}")
    assert publish(agency.vault, now=agency.now).size == 5
    assert verify(agency.vault).intact


def test_a_waiting_entry_is_never_changed(agency: Any) -> None:
    append(agency, "case-1")
    if waiting(agency):
        with pytest.raises(ConstraintError), agency.vault.write() as tx:
            tx.execute(text("UPDATE audit_queue SET body = ''"))


def test_many_writers_and_sequencers_lose_and_double_nothing(agency: Any) -> None:
    """Each case's entries stay in the order in which its writer committed them."""
    stop = threading.Event()
    with ThreadPoolExecutor(7) as pool:
        vaults = [Vault(agency.home, agency.ring) for _ in range(2)]
        moving = [
            pool.submit(keep_sequencing, vault, pause=0.01, stop=stop.is_set) for vault in vaults
        ]
        cases = [new_id() for _ in range(4)]
        writing = [pool.submit(_write, agency, case_id) for case_id in cases]
        for one in writing:
            one.result()
        stop.set()
        for one in moving:
            one.result()
        for vault in vaults:
            vault.close()
    sequence(agency.vault)
    found = order(agency)
    assert len(found) == 100
    for case_id in cases:
        own = [name for name in found if name.startswith(case_id)]
        assert own == [f"{case_id}:{at}" for at in range(25)]
    publish(agency.vault, now=agency.now)
    assert verify(agency.vault).faults == ()


def _write(agency: Any, case_id: str) -> None:
    for at in range(25):
        append(agency, f"{case_id}:{at}", case_id=case_id)


def test_a_sequencer_that_dies_leaves_everything_waiting(
    agency: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(3):
        append(agency, f"case-{at}")
    before = waiting(agency)
    with monkeypatch.context() as patch:
        patch.setattr("storage.sequencer.grow", _killed)
        if before:
            with pytest.raises(InterruptedError):
                sequence(agency.vault)
        else:
            assert sequence(agency.vault) == 0
    assert waiting(agency) == before
    sequence(agency.vault)
    assert order(agency) == [f"case-{at}" for at in range(3)]


def _killed(*_: object) -> None:
    raise InterruptedError


def test_an_entry_removed_while_it_waited_leaves_a_number_without_one(agency: Any) -> None:
    """Whoever owns the database can delete what no checkpoint covers yet, but not its number."""
    if agency.vault._alone:
        pytest.skip("on SQLite nothing waits")
    for _ in range(5):
        append(agency, "a-case")
    assert numbers_without_entry(agency.vault) == 0
    with agency.vault.write() as tx:
        tx.execute(
            text("DELETE FROM audit_queue WHERE qid = (SELECT min(qid) + 2 FROM audit_queue)")
        )
    assert numbers_without_entry(agency.vault) == 1
    sequence(agency.vault)
    assert numbers_without_entry(agency.vault) == 1, "the gap stays once the others have moved"
    with agency.vault.write() as tx:
        tx.execute(text("DELETE FROM audit_queue"))
    append(agency, "a-case")
    with agency.vault.write() as tx:
        tx.execute(text("DELETE FROM audit_queue"))
    assert numbers_without_entry(agency.vault) == 2, "the last one too"


def test_a_step_that_fails_before_its_end_takes_no_number(agency: Any) -> None:
    append(agency, "a-case")
    with pytest.raises(InterruptedError):
        append(agency, "a-case", fail=True)
    append(agency, "a-case")
    assert numbers_without_entry(agency.vault) == 0


def test_a_home_whose_numbers_lag_behind_its_log_counts_on(agency: Any) -> None:
    """As one restored from SQLite, whose entries never waited."""
    if agency.vault._alone:
        pytest.skip("on SQLite nothing waits")
    for _ in range(3):
        append(agency, "a-case")
    sequence(agency.vault)
    with agency.vault.write() as tx:
        tx.execute(text("SELECT setval('audit_queue_qid_seq', 1, false)"))
    sequence(agency.vault)
    append(agency, "a-case")
    assert numbers_without_entry(agency.vault) == 0
    with agency.vault.write() as tx:
        tx.execute(text("DELETE FROM audit_queue"))
    assert numbers_without_entry(agency.vault) == 1
