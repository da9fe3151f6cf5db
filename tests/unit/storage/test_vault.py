"""A transaction happens whole or not at all, from several threads and processes at once."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import storage.vault
from models.case import CaseState
from models.errors import (
    ConstraintError,
    HomeError,
    WalloffError,
)
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.checkpoints import publish
from storage.commands import CommandStore
from storage.outbox import OutboxStore
from storage.packages import PackageStore
from storage.vault import Vault
from storage.verification import verify


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


RACER = """
import json
import sys
from pathlib import Path
from models.case import CaseState
from models.errors import CaseChangedError, SeparationOfDutiesError
from models.ids import ActorId, CaseId
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.checkpoints import publish
from storage.domain import Domain
from storage.home import open_home
from storage.keyring import open_key_ring
from storage.leases import LeaseStore
from storage.migrate import Database
from storage.packages import PackageStore
from storage.postgresql import database_url
from storage.vault import Vault

root, passphrase, urls, case_id, name, mode = sys.argv[1:]
urls = {Database(name): database_url(url) for name, url in json.loads(urls).items()}
home = open_home(Path(root), urls=urls)
ring = open_key_ring(home, passphrase=passphrase.encode(), domains=frozenset(Domain))
vault = Vault(home, ring)
with vault.read() as tx:
    case = CaseStore(tx).get(CaseId(case_id))
    entry = AuditLog(tx).entries()[0]
if mode == "die":
    import os
    with vault.write() as tx:
        CaseStore(tx).move(case, CaseState.NOTICED, now=case.opened_at)
        AuditLog(tx).append(entry)
        os._exit(9)
sys.stdout.write("ready ")
sys.stdout.flush()
sys.stdin.read(1)
done = {"moved": 0, "approved": 0, "refused": 0, "claimed": 0}
for step in range(20):
    with vault.write() as tx:
        AuditLog(tx).append(entry.model_copy(update={"event_id": f"{name}-{step}"}))
    try:
        with vault.write() as tx:
            package = PackageStore(tx).current(case.id)
            PackageStore(tx).approve(package.id, reviewer=ActorId(f"reviewer-{int(name) % 3}"))
        done["approved"] += 1
    except SeparationOfDutiesError:
        done["refused"] += 1
with vault.write() as tx:
    until = case.opened_at.replace(year=2030)
    got = LeaseStore(tx).claim([case.id], owner=name, now=case.opened_at, until=until)
    done["claimed"] += len(got)
try:
    with vault.write() as tx:
        CaseStore(tx).move(case, CaseState.NOTICED, now=case.opened_at)
    done["moved"] += 1
except CaseChangedError:
    pass
publish(vault, now=case.opened_at)
print(*done.values())
"""


def racer(agency: Any, case: Any, name: int, mode: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            RACER,
            str(agency.home.root),
            agency.passphrase.decode(),
            json.dumps({name: str(url) for name, url in agency.home.urls.items()}),
            case.id,
            str(name),
            mode,
        ],
        cwd=Path(storage.vault.__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_racing_processes_do_everything_exactly_once(agency: Any) -> None:
    """Read-then-write transactions that begin deferred would fail in most rounds."""
    case = agency.case()
    with agency.vault.write() as tx:
        PackageStore(tx).put(case.id, b"payload", now=agency.now)
        AuditLog(tx).append(agency.entry(case.id))
    racers = [racer(agency, case, name, "race") for name in range(4)]
    for process in racers:
        assert process.stdout is not None
        assert process.stdout.read(6) == "ready "
    results = [process.communicate("x", timeout=60)[0] for process in racers]
    assert [process.returncode for process in racers] == [0] * 4
    moved, approved, refused, claimed = (
        sum(column) for column in zip(*(map(int, line.split()) for line in results), strict=True)
    )
    assert (moved, approved, refused, claimed) == (1, 2, 78, 1)
    with agency.vault.read() as tx:
        assert AuditLog(tx).size == 81
    publish(agency.vault, now=agency.now)
    assert verify(agency.vault).intact


def test_a_killed_writer_leaves_nothing_half_written(agency: Any) -> None:
    """The process dies without a word between two statements of one transaction."""
    case = agency.case()
    with agency.vault.write() as tx:
        AuditLog(tx).append(agency.entry(case.id))
    process = racer(agency, case, 0, "die")
    process.communicate(timeout=60)
    assert process.returncode == 9
    with agency.vault.write() as tx:
        assert CaseStore(tx).get(case.id) == case
        assert AuditLog(tx).size == 1
        CaseStore(tx).move(case, CaseState.NOTICED, now=agency.now)


@pytest.mark.sqlite_only
def test_a_forked_child_is_refused_and_the_parent_goes_on(agency: Any) -> None:
    """SQLite's locks do not pass to a child, which would write as if it held them."""
    with agency.vault.write() as tx:
        CommandStore(tx).remember("parent", "before", agency.now)
    child = os.fork()
    if child == 0:
        refused = 0
        try:
            for attempt in (agency.vault.read, lambda: Vault(agency.home, agency.ring).read):
                try:
                    with attempt():
                        pass
                except HomeError:
                    refused += 1
        finally:
            os._exit(refused)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    with agency.vault.write() as tx:
        CommandStore(tx).remember("parent 2", "after", agency.now)


@pytest.mark.sqlite_only
def test_compacting_empties_the_write_ahead_log(agency: Any) -> None:
    agency.case()
    log = agency.home.root / "raw.db-wal"
    assert log.stat().st_size > 0
    agency.vault.compact()
    assert log.stat().st_size == 0
    with agency.vault.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM cases")).scalar() == 1


@pytest.mark.sqlite_only
def test_a_full_disk_loses_nothing_that_was_committed(agency: Any) -> None:
    """Writes are refused with an error that names the database; reads still work."""
    case = agency.case()
    with agency.vault.read() as tx:
        limit = tx.execute(text("PRAGMA page_count")).scalar_one() + 20
    done = 0

    def fill() -> None:
        nonlocal done
        while True:
            with agency.vault.write() as tx:
                tx.execute(text(f"PRAGMA max_page_count = {limit}"))
                OutboxStore(tx).add("deliver", case.id, b"x" * 2000, now=agency.now)
                AuditLog(tx).append(agency.entry(case.id))
            done += 1

    with pytest.raises(HomeError, match="full"):
        fill()
    assert done > 3
    with agency.vault.read() as tx:
        assert len(OutboxStore(tx).pending()) == done
        assert AuditLog(tx).size == done
    assert verify(agency.vault).intact
