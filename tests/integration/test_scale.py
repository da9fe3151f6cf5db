"""Workers, Prefect servers, PostgreSQL and Redis: whatever dies, each case ends right, once."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy.engine import URL

from casework.applicant.cases import list_cases
from models.audit import AuditAction
from models.case import CaseState
from models.ids import CaseId
from models.people import Role
from models.segment import Segment
from storage.audit import AuditLog
from storage.checkpoints import publish
from storage.evidence import EvidenceStore
from storage.migrate import Database
from storage.packages import PackageStore
from storage.sequencer import sequence
from storage.verification import verify

ROOT = Path(__file__).resolve().parents[2]
PREFECT = str(Path(sys.executable).parent / "prefect")
CASES = 50
SERVERS = 2
CANARY = "thunderplover"
TEXTS = (
    f"The {CANARY} sang over the pond again.",
    "I will beat that clerk until he cannot walk.",
    "Sold the old bicycle, bought a newer one.",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def shipped(*roles: str) -> dict[str, str]:
    """The environment of roles, as deployments/env has it; a later file counts."""
    found: dict[str, str] = {}
    for role in roles:
        lines = (ROOT / "deployments" / "env" / f"{role}.env").read_text().splitlines()
        found |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return found


@pytest.fixture
def home_urls(postgresql: Any) -> Iterator[dict[Database, URL]]:
    urls = postgresql.urls()
    yield urls
    postgresql.drop(*(url.database for url in urls.values()))


@pytest.fixture
def prefect_database() -> Iterator[str]:
    """A PostgreSQL of Debian's: Prefect asks for an extension that the bundled one lacks."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    assert found, "no PostgreSQL of Debian's: run 'make system' as root"
    folder = Path(tempfile.mkdtemp(prefix="walloff-prefect-postgresql-"))
    user = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = "postgres"
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)

    def run(name: str, *arguments: str) -> None:
        subprocess.run(
            [found[-1].with_name(name), "-D", folder / "data", *arguments],
            user=user,
            cwd="/",
            check=True,
            stdout=subprocess.DEVNULL,
        )

    run("initdb", "-U", "prefect", "-A", "trust", "-E", "UTF8", "--locale", "C")
    options = f"-h '' -k {folder} -c fsync=off"
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        with psycopg.connect(f"host={folder} user=prefect dbname=postgres", autocommit=True) as db:
            db.execute("CREATE DATABASE prefect")
        yield f"postgresql+asyncpg://prefect@/prefect?host={folder}"
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis() -> Iterator[dict[str, str]]:
    """A Redis that asks for a password, as the servers are told of it."""
    program = shutil.which("redis-server")
    assert program, "no redis-server: run 'make system' as root"
    port, password = free_port(), secrets.token_hex(16)
    options = f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\n'
    process = subprocess.Popen([program, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin is not None
    process.stdin.write(options.encode())  # not on the command line, where others see it
    process.stdin.close()
    try:
        yield {
            "PREFECT_REDIS_MESSAGING_HOST": "127.0.0.1",
            "PREFECT_REDIS_MESSAGING_PORT": str(port),
            "PREFECT_REDIS_MESSAGING_PASSWORD": password,
            "PREFECT_SERVER_DOCKET_URL": f"redis://:{password}@127.0.0.1:{port}/1",
        }
    finally:
        process.kill()
        process.wait()


class Cluster:
    """Servers and workers, each a process of its own, as an operator would start them."""

    def __init__(
        self,
        office: Any,
        folder: Path,
        database: str,
        redis: dict[str, str],
        urls: dict[Database, URL],
    ) -> None:
        self.ports = [free_port() for _ in range(SERVERS)]
        self.folder = folder
        self.log = folder / "log"
        folder.mkdir()
        secret = f"operator:{secrets.token_hex(16)}"
        self.auth = ("operator", secret.partition(":")[2])
        self.environment = os.environ | {
            "PREFECT_API_AUTH_STRING": secret,
            "PREFECT_LOGGING_TO_API_ENABLED": "false",
            "WALLOFF_ROOT": str(ROOT),
            "WALLOFF_HOME": str(office.services.home.root),
            "WALLOFF_BATCH_SIZE": "4",
            "WALLOFF_LEASE_SECONDS": "60",
        }
        for name, url in urls.items():
            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            self.environment[f"WALLOFF_{name.upper()}_URL"] = plain
        self.of_servers = shipped("prefect-server", "prefect-redis") | redis
        self.of_servers["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = database
        self.of_servers["PREFECT_SERVER_API_AUTH_STRING"] = secret
        self.processes: list[subprocess.Popen[bytes]] = []

    def url(self, server: int) -> str:
        return f"http://127.0.0.1:{self.ports[server]}/api"

    def variables(self, server: int, *, serves: bool) -> dict[str, str]:
        """What a process is told: the password of Redis is for servers only."""
        own = {"PREFECT_API_URL": self.url(server), "PREFECT_HOME": str(self.folder / f"{server}")}
        return self.environment | (self.of_servers if serves else {}) | own

    def start(self, *command: str, server: int = 0, serves: bool = True) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                env=self.variables(server, serves=serves),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def server(self, number: int) -> subprocess.Popen[bytes]:
        options = ("--no-services", "--host", "127.0.0.1", "--port", str(self.ports[number]))
        process = self.start(PREFECT, "server", "start", *options, server=number)
        self.until("the server's start", lambda: self.healthy(number), process)
        return process

    def worker(self, server: int) -> subprocess.Popen[bytes]:
        command = (sys.executable, "-m", "cli", "worker", "--pause", "0.2", "--mend-seconds", "2")
        return self.start(*command, server=server, serves=False)

    def call(self, *arguments: str, serves: bool = False) -> None:
        done = subprocess.run(
            [PREFECT, "--no-prompt", *arguments],
            env=self.variables(0, serves=serves),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def healthy(self, server: int) -> bool:
        try:
            return httpx.get(f"{self.url(server)}/health", timeout=5).is_success
        except httpx.HTTPError:
            return False

    def ask(self, path: str, body: dict[str, Any], server: int = 1) -> Any:
        answer = httpx.post(f"{self.url(server)}{path}", json=body, auth=self.auth, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def runs(self, *states: str) -> list[dict[str, Any]]:
        body = {"flow_runs": {"state": {"type": {"any_": list(states)}}}} if states else {}
        found: list[dict[str, Any]] = self.ask("/flow_runs/filter", body)
        return found

    def until(
        self,
        what: str,
        true: Callable[[], Any],
        *alive: subprocess.Popen[bytes],
        limit: float = 240,
    ) -> None:
        deadline = time.monotonic() + limit
        while not true():
            said = self.log.read_text()[-3000:] if self.log.exists() else ""
            assert all(process.poll() is None for process in alive), said
            assert time.monotonic() < deadline, f"{what}: not within {limit} s\n{said}"
            time.sleep(0.2)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> list[int]:
        """Stop what still runs, the newest first; return how each ended."""
        running = [process for process in reversed(self.processes) if process.poll() is None]
        for process in running:
            process.terminate()
        try:
            return [process.wait(timeout=60) for process in running]
        finally:
            for process in running:
                if process.poll() is None:
                    self.kill(process)


@pytest.fixture
def cluster(
    office: Any,
    tmp_path: Path,
    prefect_database: str,
    redis: dict[str, str],
    home_urls: dict[Database, URL],
) -> Iterator[Cluster]:
    made = Cluster(office, tmp_path / "prefect", prefect_database, redis, home_urls)
    try:
        yield made
    finally:
        made.stop()


def filled(office: Any, post: Callable[..., str], cases: int) -> list[CaseId]:
    """Cases that wait for collection; each has what its number says, every third the same."""
    return [
        office.collecting(*(post(TEXTS[(number + at) % len(TEXTS)]) for at in range(2)))
        for number in range(cases)
    ]


def redacted(office: Any) -> int:
    cases = list_cases(actor=office.people[Role.AUDITOR], vault=office.vault)
    return Counter(case.state for case in cases)[CaseState.REDACTED]


def outcome(office: Any, case_id: CaseId) -> tuple[Any, ...]:
    """What became of a case, without what is random: ids and times."""
    with office.vault.read() as tx:
        current = PackageStore(tx).current(case_id)
        assert current is not None
        done = Counter(entry.action for entry in AuditLog(tx).entries(case_id))
        # A step that a dying server or worker took along is on record, and was done again.
        failures = done.pop(AuditAction.STEP_FAILED, 0)
        assert failures <= 3
        return (
            EvidenceStore(tx).count(case_id),
            current.version,
            current.payload,
            done,
        )


def test_a_killed_worker_and_a_killed_server_change_nothing(
    office: Any,
    another_office: Callable[..., Any],
    post: Callable[..., str],
    cluster: Cluster,
    tmp_path: Path,
) -> None:
    """50 cases, 3 workers on 2 API servers: a worker and a server die; the end is a quiet run's."""
    quiet = another_office(tmp_path / "quiet", {})
    expected = filled(quiet, post, len(TEXTS))
    for case_id in expected:
        quiet.run(Segment.COLLECT, case_id)
        quiet.run(Segment.SCREEN, case_id)
    cases = filled(office, post, CASES)

    cluster.call("server", "database", "upgrade", "-y", serves=True)
    services = cluster.start(PREFECT, "server", "services", "start")
    dying, staying = (cluster.server(number) for number in range(SERVERS))
    cluster.call("work-pool", "create", "walloff", "--type", "process")
    cluster.call("deploy", "--all", "--prefect-file", "deployments/prefect.yaml")
    first, second, third = (cluster.worker(number) for number in (1, 0, 1))
    lasting = (services, staying, second, third)

    cluster.until("some cases", lambda: redacted(office) >= 6, dying, first, *lasting)
    cluster.kill(first)
    cluster.until("more cases", lambda: redacted(office) >= 16, dying, *lasting)
    cluster.kill(dying)
    before = redacted(office)
    assert before < CASES - 12, "the faults came too late to mean anything"
    cluster.until("cases without that server", lambda: redacted(office) >= before + 8, *lasting)
    again = cluster.server(0)
    cluster.until("all cases", lambda: redacted(office) == CASES, again, *lasting)
    cluster.until(
        "no run of the dead left", lambda: not cluster.runs("RUNNING", "PENDING"), again, *lasting
    )
    # Only the process of services writes these, from what the API servers left in Redis.
    cluster.until("runs of tasks", lambda: cluster.ask("/task_runs/count", {}) >= CASES, *lasting)
    assert [run for run in cluster.runs() if not run["parameters"]], "nothing was scheduled"
    batches = [run for run in cluster.runs() if "batch_id" in run["parameters"]]
    for run in batches:
        assert set(run["parameters"]) == {"segment", "batch_id"}
        assert run["idempotency_key"] == run["parameters"]["batch_id"]
    assert len({run["idempotency_key"] for run in batches}) == len(batches)
    for process in (second, third):
        process.terminate()
    assert [process.wait(timeout=60) for process in (second, third)] == [0, 0], "told to stop"

    sequence(office.vault)
    quietly = [outcome(quiet, case_id) for case_id in expected]
    assert len({one[2] for one in quietly}) > 1, "the cases say nothing"
    for number, case_id in enumerate(cases):
        assert outcome(office, case_id) == quietly[number % len(quietly)]
    publish(office.vault, now=office.services.wall_time())
    assert verify(office.vault).intact
