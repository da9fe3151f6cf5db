"""A program of the tests: run every automatic step, and kill the process at a chosen commit.

    python killed_at.py HOME PHASE TIME

Reads WALLOFF_TEST_KILL, `before` or `after`, which no other program does. Runs the home's copies
one after the other, each in a process of its own: once undisturbed, then once for each kind of
commit, killed there, and finished by a further process. Prints what became of each as one JSON
document. In the phase `exchanges` a commit counts once for each function that makes it, and each
name that is given to a file or taken from it counts as one; there one home is killed at all of
them, one after the other, each time by a process that goes on where the last one was killed.
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

from killed_exchanges import Files, all_of, engines, moved, site
from killed_fetches import certify, kept, run_both
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

    def __init__(
        self, at: int | None = None, when: str = "", *, spare: frozenset[str] | None = None
    ) -> None:
        self.names: list[str] = []
        self.sites = spare is not None
        self.dying: Callable[[str], object] = str
        self._spare = spare or frozenset()
        self._at, self._when = at, when
        self._logged: list[str] = []
        self._last = "the start"
        self._changes: dict[int, int] = {}
        self._append, self._commit = AuditLog.append, DefaultDialect.do_commit
        AuditLog.append = self._appending()  # type: ignore[method-assign]
        DefaultDialect.do_commit = self._committing()  # type: ignore[method-assign]
        if self.sites:
            Files(self._step)

    def _step(self, name: str, do: Callable[[], Any]) -> Any:
        if self.sites:
            name = f"{name} {site()}"
        self.names.append(name)
        hit = len(self.names) - 1 == self._at
        if self.sites and self._when:
            hit = name not in self._spare
        if hit:
            self.dying(name)
        if hit and self._when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = do()
        if hit:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

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
                self._step(self._name(driver), lambda: self._commit(dialect, connection))
            else:
                self._commit(dialect, connection)

        return commit

    def _name(self, driver: Any) -> str:
        """The database and what was logged in it; else what was logged before."""
        file = Path(driver.execute("PRAGMA database_list").fetchone()[2]).name
        if self._logged:
            self._last = "+".join(self._logged)
            self._logged.clear()
            return f"{file} {self._last}"
        return f"{file} written" if self.sites else f"{file} after {self._last}"


def play(services: Services, phase: str) -> None:
    """Every automatic step of a phase, as the schedules would have them."""
    if phase == "fetches":
        run_both(services)
        return
    if phase == "cases":
        work_off(services)
        reconcile_home(services)
        retain_all(services)
    elif phase == "exchanges":
        reconcile_home(services)
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
    """Play in a process of its own.

    Returns the signal that ended it and where, or none with commits and outcome.
    """
    with tempfile.TemporaryFile() as answer:
        if (child := os.fork()) == 0:
            commits = Commits(**fault)
            commits.dying = lambda name: os.pwrite(answer.fileno(), name.encode(), 0)
            opened = open_services(Settings(home=home))
            services = replace(opened, clock=StandingClock(now), _triage=TRIAGE)
            use(services)
            for segment in OF_CASES:
                register(segment, plain(segment, services))
            play(services, phase)
            names, found = list(commits.names), outcome(services)
            if phase == "fetches":
                found = kept(services) | {"log": found["log"]}
            if phase == "exchanges":
                found |= all_of(services)
            pickle.dump((names, found, STRETCHED.known), answer)
            answer.flush()
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            answer.seek(0)
            return os.WTERMSIG(status), answer.read().decode()
        if os.WEXITSTATUS(status) != 0:
            raise SystemExit(f"a process failed: {status}")
        answer.seek(0)
        names, found, known = pickle.load(answer)
        STRETCHED.known.update(known)
        return 0, (names, found)


STRETCHED = Stretched()
TRIAGE: dict[str, Any] = {}
passphrase._stretch = STRETCHED


def main(home: Path, phase: str, now: datetime) -> None:
    when = os.environ["WALLOFF_TEST_KILL"]
    redactor_of(default_draft().policy.lists).version  # noqa: B018 - loaded once, for all children
    if phase == "exchanges":
        TRIAGE.update(engines())
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        if phase == "fetches":
            certify(Path(folder))

        def fresh() -> Path:
            copy = Path(folder) / "home"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(home, copy)
            moved(copy)
            return copy

        if phase in ("exchanges", "fetches"):
            answer = chain(fresh, phase, now, when)
        else:
            answer = matrix(fresh, phase, now, when)
    json.dump(answer, sys.stdout, default=str)


def matrix(fresh: Callable[[], Path], phase: str, now: datetime, when: str) -> dict[str, Any]:
    """Kill at each kind of commit in a copy of its own."""
    _signal, (names, quiet) = in_a_process(fresh(), phase, now)
    killed = []
    for at, name in enumerate(names):
        # A claim or a lease alone is test_crash's; what stands outside raw.db is not.
        if name in names[:at] or name.startswith("raw.db after"):
            continue
        copy = fresh()
        ended, _where = in_a_process(copy, phase, now, at=at, when=when)
        _signal, (_names, found) = in_a_process(copy, phase, now)
        killed.append({"commit": name, "signal": ended, "differs": differing(quiet, found)})
    return {"commits": names, "quiet": quiet, "killed": killed}


def chain(fresh: Callable[[], Path], phase: str, now: datetime, when: str) -> dict[str, Any]:
    """Kill at every kind of step in one copy, until a process comes through."""
    none: frozenset[str] = frozenset()
    _signal, (names, quiet) = in_a_process(fresh(), phase, now, spare=none)
    copy, killed, spare = fresh(), [], none
    while True:
        ended, found = in_a_process(copy, phase, now, when=when, spare=spare)
        if not ended:
            break
        killed.append({"commit": found, "signal": ended, "differs": []})
        spare |= {found}
    killed.append(
        {"commit": "all", "signal": signal.SIGKILL, "differs": differing(quiet, found[1])}
    )
    return {"commits": names, "quiet": quiet, "killed": killed}


def differing(quiet: dict[str, Any], found: dict[str, Any]) -> list[Any]:
    return [(key, quiet[key], found.get(key)) for key in quiet if found.get(key) != quiet[key]]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3]))
