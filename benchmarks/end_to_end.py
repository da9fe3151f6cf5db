"""Whole cases, from notice to retention, and how much of the time orchestration takes.

The same applicants are rehearsed three times, each time in a process and home of its own: once with
Prefect running the automatic segments, as in production, and before and after that with the very
same segment functions called directly. What Prefect's takes more is orchestration. With
`--workers`, a Prefect server and so many workers run them as well, each a process of its own.
"""

import json
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory

from benchmarks.cluster import wait_for_workers, workers
from benchmarks.homes import opened, temporary_home
from benchmarks.measure import Result, parser, posts, show
from cli.session import flows_running
from models.ids import BatchId
from models.segment import OF_CASES, Segment
from policy.defaults import default_draft
from walloff import dispatch
from walloff.dispatch import register, take_batch
from walloff.lists import redactor_of
from walloff.rehearsal import Rehearsal, rehearse
from walloff.segments import run_segment
from walloff.services import Services, use

APPLICANTS = 300
POSTS = 26


def measure(applicants: int = APPLICANTS, count: int = 0) -> list[Result]:
    """Return cases a minute and orchestration's share of wall time; also with so many workers."""
    with TemporaryDirectory(prefix="walloff-bench-") as folder:
        root = Path(folder)
        write_applicants(root, applicants, POSTS)
        # The machine may be busier at one time than at another: direct, hosted, direct.
        before = _child(root)
        hosted = _child(root, "--flows")
        after = _child(root)
        scaled = _child(root, "--workers", str(count)) if count else None
        direct = {name: (before[name] + after[name]) / 2 for name in before}
    how = f"{applicants} applicants x {POSTS} posts, embedded"
    share = 1 - direct["wall"] / hosted["wall"]
    cpu = 1 - direct["cpu"] / hosted["cpu"]
    found = [
        Result(
            "whole cases a minute",
            f"{60 * hosted['cases'] / hosted['wall']:.0f}",
            "≥ 120",
            f"{how}; {hosted['errors']:.0f} failed; {hosted['wall']:.1f} s",
        ),
        Result("share of time in orchestration", f"{100 * share:.0f} %", "≤ 25 %", how),
        Result("share of CPU in orchestration", f"{100 * cpu:.0f} %", "", how),
    ]
    if scaled is not None:
        how = (
            f"{applicants} applicants x {POSTS} posts, a server and {count} workers on one machine"
        )
        rate = f"{60 * scaled['cases'] / scaled['wall']:.0f}"
        more = 1 - direct["cpu"] / scaled["cpu"]
        found += [
            Result("whole cases a minute, scaled out", rate, "", f"{how}; {scaled['wall']:.1f} s"),
            Result("share of CPU in orchestration, scaled out", f"{100 * more:.0f} %", "", how),
        ]
    return found


def write_applicants(root: Path, applicants: int, posts_each: int) -> None:
    """Write applicants' folders: what each of them discloses, and posts of the last years."""
    texts = posts(applicants * posts_each)
    newest = datetime.now(UTC) - timedelta(days=30)
    for number in range(applicants):
        folder = root / f"applicant-{number:04}"
        folder.mkdir()
        handle = f"bench{number:04}"
        (folder / "disclosure.toml").write_text(
            f'name = "Bench Applicant {number}"\nemails = ["{handle}@postbox.example"]\n'
            f'handles = ["{handle}"]\nincomplete_memory = true\n\n'
            f'[[accounts]]\nplatform = "x"\nhandle = "{handle}"\n'
        )
        with (folder / "posts.jsonl").open("w") as file:
            for at in range(posts_each):
                said = newest - timedelta(days=20 * at)
                item = {
                    "id": f"{number}{at:04}",
                    "created_at": said.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "platform": "x",
                    "author": handle,
                    "url": f"https://x.example/{handle}/status/{at}",
                    "text": texts[number * posts_each + at],
                }
                file.write(json.dumps(item) + "\n")


def _child(root: Path, *options: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.end_to_end", "--folder", str(root), *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _play(options: Namespace) -> None:
    """Rehearse one folder in this process and print what it took."""
    with temporary_home() as root:
        services = opened(root)
        use(services)
        folders = sorted(options.folder.iterdir())
        redactor_of(default_draft().policy.lists).version  # noqa: B018 - its set-up is no orchestration
        began, cpu = time.monotonic(), _cpu()
        if options.flows:
            with flows_running(services):
                result = rehearsed(folders, services)
        elif options.workers:
            batch = max(1, len(folders) // (2 * options.workers))
            with workers(root, options.workers, batch_size=batch):
                dispatch.drain = wait_for_workers
                began = time.monotonic()  # what starts them is not measured
                result = rehearsed(folders, services)
        else:
            for segment in OF_CASES:
                register(segment, plain(segment, services))
            result = rehearsed(folders, services)
        taken = {
            "wall": time.monotonic() - began,
            "cpu": _cpu() - cpu,
            "cases": len(result.applicants),
            "errors": sum(bool(one.error) for one in result.applicants),
        }
    print(json.dumps(taken))


def rehearsed(folders: list[Path], services: Services) -> Rehearsal:
    """Rehearse folders under the default policy, without a word."""
    return rehearse(folders, default_draft(), services=services, progress=lambda *_: None)


def plain(segment: Segment, services: Services) -> Callable[[BatchId], None]:
    """Return what runs a batch without Prefect."""

    def run(batch_id: BatchId) -> None:
        for case_id in take_batch(batch_id, services):
            run_segment(segment, case_id, batch_id, services)

    return run


def _cpu() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    arguments = parser(__doc__)
    arguments.add_argument("--applicants", type=int, default=APPLICANTS)
    arguments.add_argument("--folder", type=Path, help="rehearse this folder, in this process")
    arguments.add_argument("--flows", action="store_true", help="with Prefect")
    arguments.add_argument("--workers", type=int, default=0, help="also with so many workers")
    given = arguments.parse_args()
    if given.folder is None:
        show(measure(given.applicants, given.workers), as_json=given.json)
    else:
        _play(given)
