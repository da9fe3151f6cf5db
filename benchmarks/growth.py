"""What a whole case costs does not grow with the number of other cases in the home.

Homes are filled with cases that wait for consent or are retained, as most of a home's are, each
with a sealed record and an audit entry. One reconciliation later the same few applicants are
rehearsed in each home, the segments called directly. What a process builds once is built before.
"""

import json
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.end_to_end import plain, rehearsed, write_applicants
from benchmarks.homes import ADMINISTRATOR, NOW, case_in, opened, requisition_in, temporary_home
from benchmarks.measure import Result, parser, show
from casework.records.retention import dates_of
from casework.steps.step import entry
from models.audit import AuditAction
from models.case import Case, CaseState
from models.disclosure import Applicant
from models.ids import CaseId, new_id
from models.people import Role
from models.requisition import Requisition
from models.retention import RetentionSchedule
from models.segment import OF_CASES
from models.text import RawText
from policy.defaults import default_draft
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.records import RecordKind, RecordStore
from storage.schedules import ScheduleStore
from storage.transaction import Transaction
from storage.vault import Vault
from walloff.dispatch import register
from walloff.lists import redactor_of
from walloff.services import use
from walloff.upkeep import reconcile_home

SIZES = (1_000, 3_000, 10_000)
STATES = (CaseState.NOTICED, CaseState.RETAINED, CaseState.RETAINED, CaseState.RETAINED)
AT_ONCE = 500
APPLICANTS = 20
POSTS = 6


def measure(sizes: tuple[int, ...] = SIZES, applicants: int = APPLICANTS) -> list[Result]:
    """Return the CPU time of a case at each size, and how much a case more in the home adds."""
    with TemporaryDirectory(prefix="walloff-bench-") as folder:
        root = Path(folder)
        write_applicants(root, applicants, POSTS)
        taken = {size: _child(root, size) for size in sizes}
    how = f"{applicants} applicants x {POSTS} posts, rules alone, in homes of {sizes} cases"
    found = [
        Result(f"CPU a case in a home of {size:,}", f"{1000 * one['case']:.0f} ms", "", how)
        for size, one in taken.items()
    ]
    found += [
        Result(f"CPU of a reconciliation of {size:,}", f"{one['reconcile']:.2f} s", "", how)
        for size, one in taken.items()
    ]
    first, last = sizes[0], sizes[-1]
    ratio = taken[last]["case"] / taken[first]["case"]
    return [
        *found,
        Result(f"a case at {last:,} against at {first:,}", f"{ratio:.2f} x", "≤ 1.25 x", how),
    ]


def _child(root: Path, size: int) -> dict[str, float]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.growth",
        "--folder",
        str(root),
        "--size",
        str(size),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _play(options: Namespace) -> None:
    with temporary_home() as root:
        services = opened(root)
        use(services)
        services.screener(_fill(services.vault, options.size))
        redactor_of(default_draft().policy.lists).version  # noqa: B018 - built now
        reconcile_home(services)
        for segment in OF_CASES:
            register(segment, plain(segment, services))
        began = time.process_time()
        result = rehearsed(sorted(options.folder.iterdir()), services)
        case = (time.process_time() - began) / len(result.applicants)
        began = time.process_time()
        reconcile_home(services)
        reconcile = time.process_time() - began
        errors = sum(bool(one.error) for one in result.applicants)
    print(json.dumps({"case": case, "reconcile": reconcile, "errors": errors}))


def _fill(vault: Vault, size: int) -> Requisition:
    requisition = requisition_in(vault)
    first = case_in(vault, requisition)
    with vault.read() as tx:
        dates = dates_of(tx, first, now=NOW)
    for start in range(0, size - 1, AT_ONCE):
        with vault.write() as tx:
            for number in range(start, min(size - 1, start + AT_ONCE)):
                _one(tx, requisition, STATES[number % len(STATES)], dates)
    return requisition


def _one(
    tx: Transaction, requisition: Requisition, state: CaseState, dates: RetentionSchedule
) -> None:
    case = Case(
        id=CaseId(new_id()),
        requisition_id=requisition.id,
        state=state,
        opened_by=ADMINISTRATOR.id,
        opened_at=NOW,
        changed_at=NOW,
    )
    CaseStore(tx).add(case)
    RecordStore(tx).put(case.id, RecordKind.APPLICANT, Applicant(name=RawText("Bench")), now=NOW)
    if state is CaseState.RETAINED:
        ScheduleStore(tx).put(dates.model_copy(update={"case_id": case.id}))
    opened = AuditAction.CASE_OPENED
    role = Role.ADMINISTRATOR
    AuditLog(tx).append(entry(opened, actor=ADMINISTRATOR, role=role, object_id=case.id, now=NOW))


if __name__ == "__main__":
    arguments = parser(__doc__)
    arguments.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    arguments.add_argument("--applicants", type=int, default=APPLICANTS)
    arguments.add_argument("--folder", type=Path, help="rehearse this folder, in this process")
    arguments.add_argument("--size", type=int, help="in a home of so many cases")
    given = arguments.parse_args()
    if given.folder is None:
        show(measure(tuple(given.sizes), given.applicants), as_json=given.json)
    else:
        _play(given)
