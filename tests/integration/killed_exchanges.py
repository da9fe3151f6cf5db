"""What the matrix of kills compares of a home whose other processes wrote to it, and of fetches.

Everything that lasts is compared: what may be read on each shelf, what waits, what became of each
letter and delivery, how many rows every table has, and which files lie there. Part of the program
`killed_at.py`.
"""

import dataclasses
import hashlib
import os
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from models.errors import RecordNotFoundError
from policy.defaults import default_draft
from policy.digest import sha256_of_value
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.collector_folder import open_collector
from storage.exchange import ExchangeVault
from storage.findings import FindingStore
from storage.home import describe, open_home
from storage.originals import faulty_originals
from triage.engine import Triage
from walloff.services import Services

COLLECTOR: Final = "collector"
"""Where a home of these tests has its collector's folder: within, to be copied with it."""
_VARIES: Final = frozenset({"batches", "batch_cases", "leases", "checkpoints", "clock_witness"})
"""Tables that say when processes ran: a process that was killed ran too."""
_RANDOM: Final = re.compile(r"[0-9a-f]{16,}")


def site() -> str:
    """Return which of our functions writes, by the innermost one above the storage layer."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.partition(".")[0] in ("casework", "walloff", "collection"):
            return f"{name.rpartition('.')[2]}.{frame.f_code.co_name}"
        frame = frame.f_back  # type: ignore[assignment]
    return "nobody"


class Files:
    """Every name that a process gives a file or takes from one is a step, as a commit is."""

    def __init__(self, step: Callable[[str, Callable[[], Any]], Any]) -> None:
        self._step = step
        for name in ("replace", "rename", "unlink", "link"):
            setattr(os, name, self._watched(name, getattr(os, name)))

    def _watched(self, name: str, do: Any) -> Any:
        def watched(path: Any, *more: Any, **given: Any) -> Any:
            # A database's own files are its own affair, as are those that are gone already.
            if not os.path.lexists(path):
                return do(path, *more, **given)
            return self._step(f"file {name}", lambda: do(path, *more, **given))

        return watched


def moved(home: Path) -> None:
    """Let a copy of a home know its own collector's folder."""
    made = open_home(home)
    if made.collectors:
        there = dict.fromkeys(made.collectors, home / COLLECTOR)
        describe(dataclasses.replace(made, collectors=there))


def engines() -> dict[str, Triage]:
    """Build what weighs posts once, for all children."""
    criteria = default_draft().criteria
    return {sha256_of_value(criteria): Triage(criteria)}


def all_of(services: Services) -> dict[str, Any]:
    """What stands in a home outside the cases' own states."""
    home = services.home
    found: dict[str, Any] = {}
    for vault in (services.applicants, services.released):
        found[f"shelf {vault.domain}"] = _shelf(vault)
    for vault in (services.applicants, services.released, services.sealed, services.fairness):
        found[f"waits {vault.domain}"] = [
            len(vault.waiting()),
            len(vault.untaken()),
            len(vault.untaken(receipts=True)),
        ]
    with services.vault.read() as tx:
        found["originals"] = faulty_originals(tx, home=home)
        for case in CaseStore(tx).all():
            store = FindingStore(tx)
            found[f"findings {case.id}"] = sorted(one.state for one in store.for_case(case.id))
        ids = [entry.event_id for entry in AuditLog(tx).entries()]
        found["each entry once"] = len(ids) == len(set(ids))
    for root in home.collectors.values():
        folder = open_collector(root)
        found["receipts"] = [(one.delivery_id, one.code) for one in folder.receipts()]
        found["ordered"] = sorted(folder.ordered())
    for path in sorted(home.root.glob("*.db")):
        found[path.name] = _rows(path)
    # The enclave is told the same twice after a kill, and the newest stands.
    del found["fairness.db"]["inbox"], found["waits fairness"]
    told = {(one.case_id, one.kind) for one in services.fairness.waiting()}
    found["told fairness"] = sorted(told)
    names = (path.relative_to(home.root) for path in home.root.rglob("*") if path.is_file())
    found["files"] = sorted(Counter(_RANDOM.sub("#", str(name)) for name in names).items())
    return found


def _shelf(vault: ExchangeVault) -> list[Any]:
    shelf = []
    for one in vault.on_shelf():
        try:
            body = vault.read(one.case_id, one.kind, one.position)
        except RecordNotFoundError:
            continue
        shelf.append((one.case_id, one.kind, one.position, hashlib.sha256(body).hexdigest()))
    return shelf


def _rows(path: Path) -> dict[str, int]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for (name,) in tables.fetchall()
            if name not in _VARIES
        }
