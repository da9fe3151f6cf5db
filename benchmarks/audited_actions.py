"""Audited actions a second: permission, change and audit entry in one transaction, on SQLite.

One action is a whole `casework.step`: the case is read, the actor's standing worked out and the
permission checked, an outbox row and an audit leaf written, the tree's edge moved on, committed.
Writers are processes, as in production.
"""

import multiprocessing
import time
from pathlib import Path
from typing import Any

from benchmarks.homes import NOW, case_in, opened, requisition_in, temporary_home
from benchmarks.measure import Result, parser, show
from casework.permissions import Permission
from casework.step import step
from models.audit import AuditAction
from models.ids import CaseId
from models.people import SYSTEM
from storage.audit import AuditLog

SECONDS = 3.0
WRITERS = (1, 4)
WARM_UP = 20
MEMORY = Path("/dev/shm")
"""A file system in memory, where there is one: the same without waiting for the disk."""


def measure() -> list[Result]:
    """Return the rate for each number of writers, and that nothing was lost."""
    places: list[tuple[str, Path | None]] = [("on disk", None)]
    if MEMORY.is_dir():
        places.append(("in memory", MEMORY))
    results = []
    for place, folder in places:
        for writers in WRITERS:
            with temporary_home(folder) as root:
                rate, done, kept = _run(root, writers)
            lost = done - (kept - WARM_UP * writers)
            results.append(
                Result(
                    f"audited actions, SQLite {place}, {writers} writer{'s'[: writers - 1]}",
                    f"{rate:,.0f} /s",
                    "≥ 2,000 /s" if folder is None else "",
                    f"{SECONDS:.0f} s of wall time, each commit synced; {lost} of {done} lost",
                )
            )
    return results


def _run(root: Path, writers: int) -> tuple[float, int, int]:
    services = opened(root)
    requisition = requisition_in(services.vault)
    cases = [case_in(services.vault, requisition).id for _ in range(writers)]
    with services.vault.read() as tx:
        before = AuditLog(tx).size
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(writers + 1)
    counts = context.Array("q", writers)
    children = [
        context.Process(target=_writer, args=(root, case_id, at, ready, counts))
        for at, case_id in enumerate(cases)
    ]
    for child in children:
        child.start()
    ready.wait()
    for child in children:
        child.join()
    with services.vault.read() as tx:
        kept = AuditLog(tx).size - before
    done = int(sum(counts[:]))
    return done / SECONDS, done, kept


def _writer(root: Path, case_id: CaseId, at: int, ready: Any, counts: Any) -> None:
    vault = opened(root).vault
    for _ in range(WARM_UP):
        _act(vault, case_id)
    ready.wait()
    until = time.monotonic() + SECONDS
    done = 0
    while time.monotonic() < until:
        _act(vault, case_id)
        done += 1
    counts[at] = done


def _act(vault: Any, case_id: CaseId) -> None:
    with step(vault, case_id, actor=SYSTEM, permission=Permission.SCREEN, now=NOW) as work:
        work.queue("bench")
        work.log(AuditAction.TRIAGED)


if __name__ == "__main__":
    given = parser(__doc__).parse_args()
    show(measure(), as_json=given.json)
