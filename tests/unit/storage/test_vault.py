"""A transaction happens whole or not at all, from several threads and processes at once."""

import multiprocessing
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.case import CaseState
from models.errors import (
    CaseChangedError,
    ConstraintError,
    HomeError,
    SeparationOfDutiesError,
    WalloffError,
)
from models.ids import ActorId
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.checkpoints import publish, verify
from storage.commands import CommandStore
from storage.domain import Domain
from storage.home import open_home
from storage.keyring import open_key_ring
from storage.leases import LeaseStore
from storage.outbox import OutboxStore
from storage.packages import PackageStore
from storage.vault import Vault


def test_an_error_leaves_nothing_behind(agency: Any) -> None:
    case = agency.case()

    def fail_midway() -> None:
        with agency.vault.write() as tx:
            CaseStore(tx).move(case, CaseState.NOTICED, now=agency.now)
            OutboxStore(tx).add("deliver", case.id, b"payload", now=agency.now)
            AuditLog(tx).append(agency.entry(case.id))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail_midway()
    with agency.vault.read() as tx:
        assert CaseStore(tx).get(case.id) == case
        assert OutboxStore(tx).pending() == []
        assert AuditLog(tx).size == 0


def test_a_reader_cannot_write(agency: Any) -> None:
    with pytest.raises(HomeError), agency.vault.read() as tx:
        CommandStore(tx).remember("key", "result", agency.now)


def test_a_second_write_in_one_thread_is_refused_at_once(agency: Any) -> None:
    """It would wait for itself."""
    with agency.vault.write(), pytest.raises(ConstraintError), agency.vault.write():
        pass
    with agency.vault.write() as tx:
        CommandStore(tx).remember("key", "result", agency.now)


def test_a_reader_sees_one_state(agency: Any) -> None:
    with agency.vault.read() as tx:
        assert CommandStore(tx).seen("key") is None
        with agency.vault.write() as writing:
            CommandStore(writing).remember("key", "result", agency.now)
        assert CommandStore(tx).seen("key") is None
    with agency.vault.read() as tx:
        assert CommandStore(tx).seen("key") == "result"


def test_threads_take_turns(agency: Any) -> None:
    failures: list[WalloffError] = []

    def work(name: int) -> None:
        try:
            for step in range(25):
                with agency.vault.write() as tx:
                    CommandStore(tx).remember(f"{name}:{step}", "done", agency.now)
                    AuditLog(tx).append(agency.entry())
        except WalloffError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with agency.vault.read() as tx:
        assert AuditLog(tx).size == 150
    assert verify(agency.vault).intact


def _opened(root: str, passphrase: bytes) -> Vault:
    home = open_home(Path(root))
    return Vault(home, open_key_ring(home, passphrase=passphrase, domains=frozenset(Domain)))


def _race(root: str, passphrase: bytes, name: int, case: Any, agency_entry: Any, out: Any) -> None:
    vault = _opened(root, passphrase)
    done = {"moved": 0, "approved": 0, "refused": 0, "claimed": 0}
    for step in range(20):
        with vault.write() as tx:
            AuditLog(tx).append(agency_entry.model_copy(update={"event_id": f"{name}-{step}"}))
        with vault.write() as tx:
            package = PackageStore(tx).current(case.id)
            try:
                PackageStore(tx).approve(package.id, reviewer=ActorId(f"reviewer-{name % 3}"))
                done["approved"] += 1
            except SeparationOfDutiesError:
                done["refused"] += 1
    with vault.write() as tx:
        got = LeaseStore(tx).claim(
            [case.id],
            owner=f"worker-{name}",
            now=case.opened_at,
            until=case.opened_at.replace(year=2030),
        )
        done["claimed"] += len(got)
    try:
        with vault.write() as tx:
            CaseStore(tx).move(case, CaseState.NOTICED, now=case.opened_at)
        done["moved"] += 1
    except CaseChangedError:
        pass
    publish(vault, now=case.opened_at)
    vault.close()
    out.put(done)


def test_racing_processes_do_everything_exactly_once(agency: Any) -> None:
    """Read-then-write transactions that begin deferred would fail in most rounds."""
    case = agency.case()
    with agency.vault.write() as tx:
        PackageStore(tx).put(case.id, b"payload", now=agency.now)
    context = multiprocessing.get_context("fork")
    out = context.Queue()
    arguments = (str(agency.home.root), agency.passphrase)
    racers = [
        context.Process(target=_race, args=(*arguments, name, case, agency.entry(), out))
        for name in range(4)
    ]
    for racer in racers:
        racer.start()
    results = [out.get(timeout=60) for _ in racers]
    for racer in racers:
        racer.join()
        assert racer.exitcode == 0
    assert sum(result["moved"] for result in results) == 1
    assert sum(result["claimed"] for result in results) == 1
    assert sum(result["approved"] for result in results) == 2
    assert sum(result["refused"] for result in results) == 78
    with agency.vault.read() as tx:
        assert AuditLog(tx).size == 80
    publish(agency.vault, now=agency.now)
    assert verify(agency.vault).intact


def test_a_forked_child_does_not_touch_its_parents_connections(agency: Any) -> None:
    with agency.vault.write() as tx:
        CommandStore(tx).remember("parent", "before", agency.now)
    child = os.fork()
    if child == 0:
        try:
            with agency.vault.write() as tx:
                CommandStore(tx).remember("child", "done", agency.now)
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    with agency.vault.write() as tx:
        assert CommandStore(tx).seen("child") == "done"
        CommandStore(tx).remember("parent 2", "after", agency.now)


def test_a_killed_writer_leaves_nothing_half_written(agency: Any) -> None:
    """The process dies without a word between two statements of one transaction."""
    case = agency.case()
    child = os.fork()
    if child == 0:
        vault = _opened(str(agency.home.root), agency.passphrase)
        with vault.write() as tx:
            CaseStore(tx).move(case, CaseState.NOTICED, now=agency.now)
            AuditLog(tx).append(agency.entry(case.id))
            os._exit(9)
    os.waitpid(child, 0)
    with agency.vault.write() as tx:
        assert CaseStore(tx).get(case.id) == case
        assert AuditLog(tx).size == 0
        CaseStore(tx).move(case, CaseState.NOTICED, now=agency.now)


def test_compacting_empties_the_write_ahead_log(agency: Any) -> None:
    agency.case()
    log = agency.home.root / "raw.db-wal"
    assert log.stat().st_size > 0
    agency.vault.compact()
    assert log.stat().st_size == 0
    with agency.vault.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM cases")).scalar() == 1
