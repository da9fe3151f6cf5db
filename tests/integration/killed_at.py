"""A program of the tests: run every automatic step, and kill the process at a chosen commit.

    python killed_at.py HOME PHASE TIME

Reads WALLOFF_TEST_KILL, `before` or `after`, which no other program does. Runs the home's copies
one after the other, each in a process of its own: once undisturbed, then once for each kind of
commit, killed there, and finished by a further process. Prints what became of each as one JSON
document.
"""

import json
import os
import pickle
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from casework.applicant.cases import list_cases
from casework.people.people import find_person
from casework.records.clock_guard import confirm_clock
from models.errors import KeyUnavailableError
from models.ids import ActorId, BatchId
from models.people import Role
from models.segment import OF_CASES, Segment
from policy.defaults import default_draft
from storage import passphrase
from storage.audit import AuditLog
from storage.outbox import OutboxStore
from storage.packages import PackageStore
from storage.verification import verify
from walloff.dispatch import close_batch, register, take_batch, work_off
from walloff.lists import redactor_of
from walloff.segments import run_segment
from walloff.services import Services, open_services, use
from walloff.settings import Settings
from walloff.upkeep import publish_checkpoint, reconcile_home, retain_all, sweep_due


@dataclass(frozen=True)
class StandingClock:
    """Shows one time."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


class Commits:
    """Counts the commits that changed something, names each by what it logged, kills at one."""

    def __init__(self, at: int | None = None, when: str = "") -> None:
        self.names: list[str] = []
        self._at, self._when = at, when
        self._logged: list[str] = []
        self._last = "the start"
        self._changes: dict[int, int] = {}
        self._append, self._commit = AuditLog.append, DefaultDialect.do_commit
        AuditLog.append = self._appending()  # type: ignore[method-assign]
        DefaultDialect.do_commit = self._committing()  # type: ignore[method-assign]

    def _appending(self) -> Any:
        def append(log: AuditLog, entry: Any, *more: Any, **given: Any) -> Any:
            self._logged.append(entry.action.value)
            return self._append(log, entry, *more, **given)

        return append

    def _committing(self) -> Any:
        def commit(dialect: Any, connection: Any) -> None:
            driver = getattr(connection, "driver_connection", None) or connection
            wrote = driver.total_changes > self._changes.get(id(driver), 0)
            self._changes[id(driver)] = driver.total_changes
            if wrote:
                self.names.append(self._name(driver))
            hit = wrote and len(self.names) - 1 == self._at
            if hit and self._when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            self._commit(dialect, connection)
            if hit:
                os.kill(os.getpid(), signal.SIGKILL)

        return commit

    def _name(self, driver: Any) -> str:
        """The database and what was logged in it; else what was logged before."""
        file = Path(driver.execute("PRAGMA database_list").fetchone()[2]).name
        if self._logged:
            self._last = "+".join(self._logged)
            self._logged.clear()
            return f"{file} {self._last}"
        return f"{file} after {self._last}"


def play(services: Services, phase: str) -> None:
    """Every automatic step of a phase, as the schedules would have them."""
    if phase == "cases":
        work_off(services)
        reconcile_home(services)
        retain_all(services)
    else:
        reconcile_home(services)
        custodian = find_person(ActorId(f"the-{Role.EVIDENCE_CUSTODIAN}"), vault=services.vault)
        now = services.clock.now()
        confirm_clock(now.date(), actor=custodian, vault=services.vault, now=now)
        retain_all(services)
        sweep_due(services)
    # What these left for after their commits comes to rest, as it would five minutes later.
    reconcile_home(services)
    publish_checkpoint(services)


def outcome(services: Services) -> dict[str, Any]:
    """What became of every case, without what is random: identifiers and times."""
    auditor = find_person(ActorId(f"the-{Role.AUDITOR}"), vault=services.vault)
    found: dict[str, Any] = {}
    for case in list_cases(actor=auditor, vault=services.vault):
        with services.vault.read() as tx:
            try:
                package = PackageStore(tx).current(case.id)
                payload = None if package is None else package.payload.hex()
            except KeyUnavailableError as gone:
                payload = gone.code  # destroyed
            done = Counter(entry.action.value for entry in AuditLog(tx).entries(case.id))
            left = Counter(row.kind for row in OutboxStore(tx).pending(case_id=case.id))
        found[case.id] = [case.state, payload, sorted(done.items()), sorted(left.items())]
    found["released"] = sorted(services.released.all())
    found["log"] = verify(services.vault).intact
    return found


def plain(segment: Segment, services: Services) -> Callable[[BatchId], None]:
    def run(batch_id: BatchId) -> None:
        for case_id in take_batch(batch_id, services):
            run_segment(segment, case_id, batch_id, services)
        close_batch(batch_id, services)

    return run


class Stretched:
    """Stretches each passphrase once for all processes: it is slow so that guessing is."""

    def __init__(self) -> None:
        self.known: dict[Any, bytes] = {}
        self._stretch = passphrase._stretch

    def __call__(self, *given: Any) -> bytes:
        if given not in self.known:
            self.known[given] = self._stretch(*given)
        return self.known[given]


def in_a_process(home: Path, phase: str, now: datetime, **fault: Any) -> tuple[int, Any]:
    """Play in a process of its own: the signal that ended it, and commits and outcome if none."""
    with tempfile.TemporaryFile() as answer:
        if (child := os.fork()) == 0:
            commits = Commits(**fault)
            opened = open_services(Settings(home=home))
            services = replace(opened, clock=StandingClock(now))
            use(services)
            for segment in OF_CASES:
                register(segment, plain(segment, services))
            play(services, phase)
            pickle.dump((list(commits.names), outcome(services), STRETCHED.known), answer)
            answer.flush()
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return os.WTERMSIG(status), None
        if os.WEXITSTATUS(status) != 0:
            raise SystemExit(f"a process failed: {status}")
        answer.seek(0)
        names, found, known = pickle.load(answer)
        STRETCHED.known.update(known)
        return 0, (names, found)


STRETCHED = Stretched()
passphrase._stretch = STRETCHED


def main(home: Path, phase: str, now: datetime) -> None:
    when = os.environ["WALLOFF_TEST_KILL"]
    redactor_of(default_draft().policy.lists).version  # noqa: B018 - loaded once, for all children
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:

        def fresh() -> Path:
            copy = Path(folder) / "home"
            shutil.rmtree(copy, ignore_errors=True)
            return Path(shutil.copytree(home, copy))

        _signal, (names, quiet) = in_a_process(fresh(), phase, now)
        killed = []
        for at, name in enumerate(names):
            # A claim or a lease alone is test_crash's; what stands outside raw.db is not.
            if name in names[:at] or name.startswith("raw.db after"):
                continue
            copy = fresh()
            ended, _nothing = in_a_process(copy, phase, now, at=at, when=when)
            _signal, (_names, found) = in_a_process(copy, phase, now)
            differs = [key for key in quiet if found.get(key) != quiet[key]]
            killed.append(
                {
                    "commit": name,
                    "signal": ended,
                    "differs": [(quiet[key], found.get(key)) for key in differs],
                }
            )
    json.dump({"commits": names, "quiet": quiet, "killed": killed}, sys.stdout, default=str)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3]))
