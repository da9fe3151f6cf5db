"""A real Prefect server takes the deployments, schedules, and runs one: wrong pins cannot pass."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
PREFECT = str(Path(sys.executable).parent / "prefect")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A `prefect server start` in a folder of its own."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.environment = os.environ | {
            "PREFECT_HOME": str(folder),
            "PREFECT_API_URL": self.url,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_UI_ENABLED": "false",
            "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
            "PREFECT_LOGGING_TO_API_ENABLED": "false",
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
            "DO_NOT_TRACK": "1",
            "WALLOFF_ROOT": str(ROOT),
            "WALLOFF_HOME": str(home),
        }
        self.processes = [
            self.start("server", "start", "--host", "127.0.0.1", "--port", str(self.port))
        ]

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [PREFECT, *arguments],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def call(self, *arguments: str) -> str:
        done = subprocess.run(
            [PREFECT, "--no-prompt", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def api(self, path: str, body: dict[str, Any]) -> Any:
        answer = httpx.post(f"{self.url}{path}", json=body, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def until(self, what: str, true: Any, seconds: float = 90) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := true():
                return found
            time.sleep(0.3)
        raise AssertionError(f"{what}: not within {seconds} s")

    def healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=2).is_success
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture
def server(tmp_path: Path, office: Any) -> Iterator[Server]:
    running = Server(tmp_path / "prefect", office.services.home.root)
    try:
        running.until("the server's start", running.healthy)
        yield running
    finally:
        running.stop()


def test_the_deployments_are_scheduled_and_one_runs(server: Server, office: Any) -> None:
    """Deploys all of deployments/prefect.yaml, waits for scheduled runs, and completes one."""
    server.call("work-pool", "create", "walloff", "--type", "process")
    server.call("deploy", "--all", "--prefect-file", "deployments/prefect.yaml")
    deployments = server.api("/deployments/filter", {})
    assert {one["name"] for one in deployments} == {
        "notify",
        "collect",
        "screen",
        "release",
        "reconcile",
        "retention-sweep",
        "audit-publish",
    }
    by_id = {one["id"]: one["name"] for one in deployments}
    only_scheduled = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}

    def scheduled() -> set[str]:
        runs = server.api("/flow_runs/filter", only_scheduled)
        return {by_id[run["deployment_id"]] for run in runs}

    server.until(
        "runs of everything that has a schedule",
        lambda: scheduled() == {"reconcile", "retention-sweep", "audit-publish"},
    )

    audit = next(one for one in deployments if one["name"] == "audit-publish")
    run = server.api(
        f"/deployments/{audit['id']}/create_flow_run",
        {
            "state": {
                "type": "SCHEDULED",
                "message": "",
                "state_details": {
                    "scheduled_time": (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
                },
            }
        },
    )
    server.processes.append(server.start("worker", "start", "--pool", "walloff", "--run-once"))
    finished = server.until(
        "the run's end",
        lambda: [
            one
            for one in server.api("/flow_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})
            if one["state_type"] in {"COMPLETED", "FAILED", "CRASHED"}
        ],
    )
    assert finished[0]["state_type"] == "COMPLETED"
    from storage.verification import verify

    found = verify(office.vault)
    assert found.intact
    assert found.checkpoints == 1


def test_no_parameter_but_a_segment_and_an_opaque_batch_id_is_known_to_prefect() -> None:
    """What a flow takes is what Prefect stores in clear."""
    import importlib
    import inspect

    batch = importlib.import_module("flows.case_batch").case_batch
    assert list(inspect.signature(batch.fn).parameters) == ["segment", "batch_id"]
    for name in ("reconcile_cases", "retention_sweep", "audit_publish"):
        flow = getattr(importlib.import_module(f"flows.{name}"), name)
        assert not inspect.signature(flow.fn).parameters
