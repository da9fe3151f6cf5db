"""What a page of the managers' application takes at ten thousand cases, asked for by ApacheBench.

The application runs in a process of its own, as `walloff portal serve` starts it. Times are those
that a client on the same machine waits; needs Debian's apache2-utils.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.homes import opened, temporary_home
from benchmarks.measure import parser
from models.criteria import Conduct, Mitigator, Severity
from models.finding import Recency
from models.ids import ActorId, CaseId, new_id
from models.release import ReleasedFinding, ReleasePackage, canonical_order
from models.signin import Stage
from models.text import RedactedText
from portal.web.interfaces import MANAGER
from storage.home import open_home
from storage.signin.database import SigninDatabase
from storage.signin.sessions import Sessions

CASES = 10_000
ASKED = 500
AT_ONCE = 2
MIA = ActorId("mia")
_SERVE = ("portal", "serve", MANAGER.name)
_ASK = ("ab", "-q", "-l", "-c", str(AT_ONCE))
_P95 = re.compile(r"^\s+95%\s+(\d+)", re.MULTILINE)
_P50 = re.compile(r"^\s+50%\s+(\d+)", re.MULTILINE)
_BYTES = re.compile(r"^HTML transferred:\s+(\d+)", re.MULTILINE)
_FAILED = re.compile(r"^(?:Non-2xx responses|Failed requests):\s+([1-9]\d*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One page: milliseconds that half, and 95 of a hundred, waited at most, and its bytes."""

    page: str
    p50: int
    p95: int
    size: int


def measure(cases: int = CASES, asked: int = ASKED) -> list[Asked]:
    """Return what each page took. Raises `RuntimeError` without ApacheBench."""
    if shutil.which("ab") is None:
        raise RuntimeError("install Debian's apache2-utils")
    memory = Path("/dev/shm")
    with temporary_home(memory if memory.is_dir() else None) as root:
        ids = _load(root, cases)
        token = _session(root)
        with _served(root) as origin:
            middle = ids[len(ids) // 2]
            pages = ("/", f"/?after={middle}", f"/cases/{middle}", f"/cases/{middle}/decision")
            for page in pages:
                _ask(origin, page, token, 20)  # templates are made on first use
            return [_ask(origin, page, token, asked) for page in pages]


def package(findings: int) -> ReleasePackage:
    """Return a release with so many findings."""
    found = tuple(
        ReleasedFinding(
            criterion="threats-violence",
            criterion_text="Threatened, wished for, praised or boasted of violence against people.",
            conduct=Conduct.THREATENS_VIOLENCE,
            severity=Severity.HIGH,
            recency=Recency.ONE_TO_THREE_YEARS,
            mitigators=(Mitigator.ISOLATED,),
            excerpt=RedactedText(f"They wrote that they would hurt somebody, {number} times over."),
        )
        for number in range(findings)
    )
    return ReleasePackage(
        policy_sha256="0" * 64,
        criteria_pack="measured",
        criteria_sha256="0" * 64,
        findings=canonical_order(found),
    )


def _load(root: Path, cases: int) -> list[str]:
    services = opened(root)
    now, payloads = datetime.now(UTC), [package(count).payload() for count in range(6)]
    ids = sorted(new_id() for _ in range(cases))
    for number, case_id in enumerate(ids):
        released = services.released
        with released.together():
            released.deliver(CaseId(case_id), 1, payloads[number % len(payloads)], now)
            released.name_viewers(CaseId(case_id), [MIA])
        if number % 500 == 0:
            print(f"\rloading {number} of {cases}", end="", file=sys.stderr, flush=True)
    print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    services.released.publish_keys()
    services.released.close()
    services.vault.close()
    return ids


def _session(root: Path) -> str:
    home = open_home(root)
    database = SigninDatabase.open(root / "portal" / MANAGER.name, home, MANAGER.name)
    token = Sessions(database).start(MIA, Stage.SIGNED_IN, at=datetime.now(UTC))
    database.close()
    return token


@contextmanager
def _served(root: Path) -> Iterator[str]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", *_SERVE, "--home", str(root), "--port", str(port)],
            stdout=said,
            stderr=said,
            env=dict(os.environ),
        )
        try:
            _wait(process, port)
            yield f"http://localhost:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the application did not start")


def _ask(origin: str, page: str, token: str, asked: int) -> Asked:
    told = subprocess.run(
        [*_ASK, "-n", str(asked), "-C", f"{MANAGER.cookie}={token}", f"{origin}{page}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = [pattern.search(told) for pattern in (_P50, _P95, _BYTES)]
    if _FAILED.search(told) or not all(found):
        raise RuntimeError(f"a page was not answered as it should be: {told[-2000:]}")
    p50, p95, size = (int(match.group(1)) for match in found if match is not None)
    name = re.sub(r"[0-9a-f]{32}", "…", page)
    return Asked(name, p50, p95, size // asked)


if __name__ == "__main__":
    options = parser(__doc__ or "")
    options.add_argument("--cases", type=int, default=CASES)
    options.add_argument("--asked", type=int, default=ASKED)
    given = options.parse_args()
    print(f"{'page':32} {'p50 ms':>8} {'p95 ms':>8} {'bytes':>8}")
    for one in measure(given.cases, given.asked):
        print(f"{one.page:32} {one.p50:8} {one.p95:8} {one.size:8}")
