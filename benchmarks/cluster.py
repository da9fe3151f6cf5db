"""A Prefect server and workers for one measurement, each a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from casework.duties.due import queued_work
from storage.leases import LeaseStore
from walloff.services import Services

ROOT = Path(__file__).resolve().parents[1]
PREFECT = str(Path(sys.executable).parent / "prefect")
_LIMIT = 180.0


@contextmanager
def workers(home: Path, count: int, *, batch_size: int) -> Iterator[None]:
    """Start a server and so many workers of a home; stop them at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url = f"http://127.0.0.1:{port}/api"
    folder = home.with_name("prefect-server")
    folder.mkdir()
    environment = os.environ | {
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "WALLOFF_ROOT": str(ROOT),
        "WALLOFF_HOME": str(home.resolve()),
        "WALLOFF_BATCH_SIZE": str(batch_size),
    }
    started: list[subprocess.Popen[bytes]] = []

    def start(*command: str) -> None:
        quiet = subprocess.DEVNULL
        started.append(
            subprocess.Popen(command, env=environment, cwd=ROOT, stdout=quiet, stderr=quiet)
        )

    def call(*arguments: str) -> None:
        command = [PREFECT, "--no-prompt", *arguments]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True)

    try:
        start(PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port))
        _await(f"{url}/health")
        call("work-pool", "create", "walloff", "--type", "process")
        call("deploy", "--all", "--prefect-file", "deployments/prefect.yaml")
        for _ in range(count):
            start(sys.executable, "-m", "cli", "worker", "--pause", "0.2", "--mend-seconds", "5")
        yield
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait()


def wait_for_workers(services: Services) -> int:
    """Stand in for `walloff.dispatch.drain`: leave every batch to the workers, and wait."""
    while _busy(services):
        time.sleep(0.1)
    return 0


def _busy(services: Services) -> bool:
    with services.vault.read() as tx:
        if LeaseStore(tx).unfinished_batches():
            return True
    return bool(queued_work(vault=services.vault, limit=1))


def _await(url: str) -> None:
    deadline = time.monotonic() + _LIMIT
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise TimeoutError(url)
