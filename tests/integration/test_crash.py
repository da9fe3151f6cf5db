"""A process that is killed leaves every case resumable, nothing done twice, and the log true."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from casework.applicant.cases import list_cases
from models.audit import AuditAction
from models.case import CaseState
from models.people import Role
from storage.audit import AuditLog
from storage.checkpoints import publish
from storage.evidence import EvidenceStore
from storage.packages import PackageStore
from storage.verification import verify

Post = Callable[..., str]
CASES = 24
POSTS = 6
CANARY = "thunderplover"


def work(office: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "work", "--home", str(office.services.home.root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def states(office: Any) -> Counter[CaseState]:
    return Counter(
        case.state for case in list_cases(actor=office.people[Role.AUDITOR], vault=office.vault)
    )


def kill_when(office: Any, process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not ready():
        assert process.poll() is None, process.stderr and process.stderr.read()[-2000:]
        assert time.monotonic() < deadline
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("kill_at", [CaseState.COLLECTING, CaseState.REDACTED])
def test_the_next_start_finishes_what_a_killed_one_began(
    office: Any, post: Post, kill_at: CaseState
) -> None:
    """Killed in the middle of collection, or of screening: every case ends the same way."""
    texts = [f"Day {number}: the {CANARY} sang over the pond again." for number in range(POSTS)]
    cases = [office.collecting(*(post(text) for text in texts)) for _ in range(CASES)]

    def begun() -> bool:
        if kill_at is CaseState.REDACTED:
            return states(office)[CaseState.REDACTED] >= 3
        with office.vault.read() as tx:
            return sum(EvidenceStore(tx).count(case_id) > 0 for case_id in cases) >= 3

    kill_when(office, work(office), begun)
    assert states(office)[CaseState.REDACTED] < CASES, "the kill came too late to mean anything"

    again = work(office)
    _out, errors = again.communicate(timeout=180)
    assert again.returncode == 0, errors[-2000:]
    assert states(office) == {CaseState.REDACTED: CASES}
    with office.vault.read() as tx:
        for case_id in cases:
            assert EvidenceStore(tx).count(case_id) == POSTS
            package = PackageStore(tx).current(case_id)
            assert package is not None
            assert package.version == 1
            done = Counter(entry.action for entry in AuditLog(tx).entries(case_id))
            once = (AuditAction.CAPTURED, AuditAction.TRIAGED, AuditAction.REDACTED)
            assert [done[action] for action in once] == [1, 1, 1]
    publish(office.vault, now=office.now)
    assert verify(office.vault).intact
    for path in office.services.home.prefect.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path.name
