"""Ten thousand cases loaded and verified, and sealed rows beside plain ones, on both engines.

In plain, the functions that seal and open a value give it back as it is; everything else stays.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from sqlalchemy.engine import URL

from benchmarks.homes import ADMINISTRATOR, NOW, requisition_in
from benchmarks.measure import Result, parser, posts, rounds, show, timed
from benchmarks.server import postgresql
from models.audit import AuditAction, AuditEntry
from models.case import Case, CaseState
from models.ids import CaseId, new_id
from models.people import Role
from models.requisition import Requisition
from models.text import RawText
from models.value import Value
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.domain import Domain
from storage.home import HomeMode, create_home
from storage.keyring import Lockbox, generate_passphrase, init_keys, open_key_ring
from storage.migrate import Database
from storage.records import RecordKind, RecordStore
from storage.sequencer import sequence
from storage.vault import Vault
from storage.verification import verify

CASES = 10_000
RECORDS = 10
BATCH = 50
SAMPLE = 40
"""Cases in one round of the comparison of sealed with plain."""

WRITERS = 8
ACTIONS = 250


class Post(Value):
    """What a record of this measurement holds: a post of the synthetic users."""

    text: RawText


def measure(cases: int = CASES) -> list[Result]:
    """Return what each engine took, and the ratios."""
    results = []
    for engine in ("SQLite", "PostgreSQL"):
        with _vault(engine) as vault:
            requisition = requisition_in(vault)
            results += _load(vault, requisition, engine, cases)
            results += _ratios(vault, requisition, engine)
            results.append(_actions(vault, requisition, engine))
    return results


@contextmanager
def _vault(engine: str) -> Iterator[Vault]:
    server: AbstractContextManager[dict[Database, URL]] = (
        postgresql() if engine == "PostgreSQL" else nullcontext({})
    )
    with server as urls, TemporaryDirectory(prefix="walloff-bench-") as made:
        home = create_home(Path(made) / "home", HomeMode.REHEARSAL, urls)
        passphrase = generate_passphrase(home)
        init_keys(home, passphrase)
        vault = Vault(home, open_key_ring(home, passphrase=passphrase, domains=frozenset(Domain)))
        yield vault
        vault.close()
        vault.key_ring.close()


def _load(vault: Vault, requisition: Requisition, engine: str, count: int) -> list[Result]:
    began = time.perf_counter()
    made: list[CaseId] = []
    for _ in range(0, count, BATCH):
        made += _write(vault, requisition, BATCH)
    sequence(vault)
    loaded = time.perf_counter() - began
    began = time.perf_counter()
    read = sum(_read(vault, made[at : at + BATCH]) for at in range(0, len(made), BATCH))
    found = verify(vault)
    verified = time.perf_counter() - began
    if read != len(made) * RECORDS or not found.intact or found.size < len(made):
        raise SystemExit("what was loaded did not come back whole")
    how = f"{len(made)} cases of {RECORDS} sealed rows, one audit entry each, wall clock"
    return [
        Result(f"{engine}: load", f"{len(made) / loaded:.0f} cases/s", "", how),
        Result(f"{engine}: open every row, verify the log", f"{verified:.1f} s", "", how),
    ]


def _ratios(vault: Vault, requisition: Requisition, engine: str) -> list[Result]:
    """Compare CPU time of this process: a server's own is not in it, for either side."""
    sealed = _write(vault, requisition, SAMPLE)
    with _unsealed():
        plain = _write(vault, requisition, SAMPLE)

    def write_plain() -> None:
        with _unsealed():
            _write(vault, requisition, SAMPLE)

    def read_plain() -> None:
        with _unsealed():
            _read(vault, plain)

    seconds = rounds(
        {
            "sealed write": timed(lambda: _write(vault, requisition, SAMPLE)),
            "plain write": timed(write_plain),
            "sealed read": timed(lambda: _read(vault, sealed)),
            "plain read": timed(read_plain),
        }
    )
    return [
        Result(
            f"{engine}: sealed against plain {what}",
            f"{seconds[f'sealed {what}'] / seconds[f'plain {what}']:.2f} x",
            "≤ 1.35 x" if what == "write" else "",
            f"{SAMPLE * RECORDS} rows of a post, median of 5 rounds, CPU time",
        )
        for what in ("write", "read")
    ]


def _actions(vault: Vault, requisition: Requisition, engine: str) -> Result:
    cases = _write(vault, requisition, WRITERS)

    def work(case_id: CaseId) -> None:
        for _ in range(ACTIONS):
            with vault.write(case_id) as tx:
                RecordStore(tx).put(case_id, RecordKind.PROBLEM, Post(text=RawText("x")), now=NOW)
                AuditLog(tx).append(_entry(case_id))

    threads = [threading.Thread(target=work, args=(case_id,)) for case_id in cases]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sequence(vault)
    taken = time.perf_counter() - began
    return Result(
        f"{engine}: audited actions, {WRITERS} threads",
        f"{WRITERS * ACTIONS / taken:.0f}/s",
        "≥ 1,000/s" if engine == "PostgreSQL" else "≥ 2,000/s",
        "one sealed row and one audit entry a commit, sequenced, one process, wall clock",
    )


@contextmanager
def _unsealed() -> Iterator[None]:
    def as_it_is(_key: Any, value: bytes, _context: Any) -> bytes:
        return value

    with patch("storage.transaction.seal", as_it_is), patch.object(Lockbox, "unseal", as_it_is):
        yield


def _write(vault: Vault, requisition: Requisition, count: int) -> list[CaseId]:
    texts = posts(RECORDS)
    made = []
    with vault.write() as tx:
        for _ in range(count):
            case = Case(
                id=CaseId(new_id()),
                requisition_id=requisition.id,
                state=CaseState.CONSENTED,
                opened_by=ADMINISTRATOR.id,
                opened_at=NOW,
                changed_at=NOW,
            )
            CaseStore(tx).add(case)
            for words in texts:
                post = Post(text=RawText(words))
                RecordStore(tx).put(case.id, RecordKind.PROBLEM, post, now=NOW)
            AuditLog(tx).append(_entry(case.id))
            made.append(case.id)
    return made


def _read(vault: Vault, cases: list[CaseId]) -> int:
    with vault.read() as tx:
        store = RecordStore(tx)
        return sum(len(store.all(case_id, RecordKind.PROBLEM, Post)) for case_id in cases)


def _entry(case_id: CaseId) -> AuditEntry:
    return AuditEntry(
        event_id=new_id(),
        at=NOW,
        actor=ADMINISTRATOR.id,
        role=Role.ADMINISTRATOR,
        action=AuditAction.CASE_OPENED,
        object_id=case_id,
    )


if __name__ == "__main__":
    arguments = parser(__doc__)
    arguments.add_argument("--cases", type=int, default=CASES, help="how many to load")
    given = arguments.parse_args()
    show(measure(given.cases), as_json=given.json)
    sys.exit(0)
