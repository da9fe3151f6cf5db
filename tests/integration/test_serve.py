"""`walloff serve` runs a home on one machine, alone, and stops when it is asked to."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]  # it comes with the server
import pytest

from casework.applicant.cases import find_case
from models.case import CaseState
from storage.verification import verify

ROOT = Path(__file__).resolve().parents[2]
Post = Callable[..., str]


@pytest.fixture
def serving(office: Any, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    started = []

    def start() -> subprocess.Popen[str]:
        home = str(office.services.home.root)
        command = [sys.executable, "-m", "cli", "serve", "--home", home, "--pause", "0.1", "--json"]
        command.append("--without-portal")
        with (tmp_path / "log").open("a") as log:
            started.append(
                subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=ROOT, text=True)
            )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What it printed: the JSON document ends with a closing brace on a line of its own."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "}\n":
            break
    found: dict[str, Any] = json.loads("".join(lines))
    return found


def until(true: Callable[[], bool], limit: float = 120) -> None:
    deadline = time.monotonic() + limit
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_it_runs_what_is_queued_and_its_schedules_alone_and_stops_cleanly(
    office: Any, post: Post, serving: Callable[[], subprocess.Popen[str]], tmp_path: Path
) -> None:
    case_id = office.collecting(post("The pond again."))
    first = serving()
    said = told(first)
    assert said["home"] == office.services.home.id
    assert httpx.get(f"{said['prefect']}/health", timeout=10).is_success
    for asked in (None, ("walloff", ""), ("walloff", "guessed")):
        answer = httpx.post(f"{said['prefect']}/flow_runs/filter", json={}, auth=asked, timeout=30)
        assert answer.status_code == 401, "another user of this machine is refused"

    second = serving()
    assert second.wait(timeout=120) == 4, "a second one on the same home is refused"
    assert "another process serves this home already" in (tmp_path / "log").read_text()

    until(lambda: find_case(case_id, vault=office.vault).state is CaseState.REDACTED)
    until(lambda: verify(office.vault).checkpoints > 0)
    later = office.collecting(post("A newer bicycle."))
    until(lambda: find_case(later, vault=office.vault).state is CaseState.REDACTED)

    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=60) == 0, (tmp_path / "log").read_text()[-2000:]
    # The office's clock stands weeks before this machine's: the sweep refuses to trust either.
    assert '"code": "clock-disagrees"' in (tmp_path / "log").read_text()
    assert verify(office.vault).intact


def test_it_serves_the_pages_starts_one_again_that_dies_and_ends_all_of_them(
    office: Any, tmp_path: Path
) -> None:
    home = str(office.services.home.root)
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "cli", "serve", "--home", home, "--json"]
    command += ["--ports-from", str(port)]
    with (tmp_path / "log").open("a") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=ROOT, text=True)
    try:
        pages = told(process)["pages"]
        assert {"manager", "casework"} <= set(pages)

        def answers(name: str) -> bool:
            try:
                return httpx.get(f"{pages[name]}/sign-in", timeout=30).status_code == 200
            except httpx.TransportError:
                return False

        def child() -> psutil.Process:
            every = psutil.Process(process.pid).children()
            return next(one for one in every if "manager" in one.cmdline())

        until(lambda: answers("manager"), 240)
        until(lambda: answers("casework"), 240)
        child().kill()
        until(lambda: not answers("manager"), 240)
        until(lambda: answers("manager"), 240)
        children = psutil.Process(process.pid).children()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=120) == 0, (tmp_path / "log").read_text()[-2000:]
        assert not any(one.is_running() for one in children)
    finally:
        process.kill()
        process.wait()


def test_a_worker_without_a_server_says_what_is_missing(office: Any) -> None:
    home = str(office.services.home.root)
    done = subprocess.run(
        [sys.executable, "-m", "cli", "worker", "--home", home],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 4
    assert "PREFECT_API_URL" in done.stderr
