"""Whole cases, from notice to retention, and how much of the time orchestration takes.

The same applicants are rehearsed three times, each time in a process and home of its own: once with
Prefect running the automatic segments, as in production, and before and after that with the very
same segment functions called directly. What Prefect's takes more is orchestration.
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

from benchmarks.homes import opened, temporary_home
from benchmarks.measure import Result, parser, posts, show
from cli.session import flows_running
from models.ids import BatchId
from models.segment import OF_CASES, Segment
from policy.defaults import default_draft
from walloff.dispatch import register, take_batch
from walloff.rehearsal import Rehearsal, rehearse
from walloff.segments import run_segment
from walloff.services import Services, use

APPLICANTS = 300
POSTS = 26


def measure(applicants: int = APPLICANTS) -> list[Result]:
    """Return cases a minute and orchestration's share of wall time."""
    with TemporaryDirectory(prefix="walloff-bench-") as folder:
        root = Path(folder)
        _write(root, applicants)
        # The machine may be busier at one time than at another: direct, hosted, direct.
        before = _child(root, flows=False)
        hosted = _child(root, flows=True)
        after = _child(root, flows=False)
        direct = {name: (before[name] + after[name]) / 2 for name in before}
    how = f"{applicants} applicants x {POSTS} posts, embedded"
    share = 1 - direct["wall"] / hosted["wall"]
    cpu = 1 - direct["cpu"] / hosted["cpu"]
    return [
        Result(
            "whole cases a minute",
            f"{60 * hosted['cases'] / hosted['wall']:.0f}",
            "≥ 120",
            f"{how}; {hosted['errors']:.0f} failed; {hosted['wall']:.1f} s",
        ),
        Result("share of time in orchestration", f"{100 * share:.0f} %", "≤ 25 %", how),
        Result("share of CPU in orchestration", f"{100 * cpu:.0f} %", "", how),
    ]


def _write(root: Path, applicants: int) -> None:
    """Write applicants' folders: what each of them discloses, and posts of the last years."""
    texts = posts(applicants * POSTS)
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
            for at in range(POSTS):
                said = newest - timedelta(days=20 * at)
                item = {
                    "id": f"{number}{at:04}",
                    "created_at": said.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "platform": "x",
                    "author": handle,
                    "url": f"https://x.example/{handle}/status/{at}",
                    "text": texts[number * POSTS + at],
                }
                file.write(json.dumps(item) + "\n")


def _child(root: Path, *, flows: bool) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.end_to_end", "--folder", str(root)]
    done = subprocess.run(
        [*command, *(["--flows"] if flows else [])], check=True, capture_output=True, text=True
    )
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _play(options: Namespace) -> None:
    """Rehearse one folder in this process and print what it took."""
    with temporary_home() as root:
        services = opened(root)
        use(services)
        folders = sorted(options.folder.iterdir())
        services.redactor.version  # noqa: B018 - built now: its set-up is no orchestration
        began, cpu = time.monotonic(), _cpu()
        if options.flows:
            with flows_running(services):
                result = _rehearse(folders, services)
        else:
            for segment in OF_CASES:
                register(segment, _plain(segment, services))
            result = _rehearse(folders, services)
        taken = {
            "wall": time.monotonic() - began,
            "cpu": _cpu() - cpu,
            "cases": len(result.applicants),
            "errors": sum(bool(one.error) for one in result.applicants),
        }
    print(json.dumps(taken))


def _rehearse(folders: list[Path], services: Services) -> Rehearsal:
    return rehearse(folders, default_draft(), services=services, progress=lambda *_: None)


def _plain(segment: Segment, services: Services) -> Callable[[BatchId], None]:
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
    given = arguments.parse_args()
    if given.folder is None:
        show(measure(given.applicants), as_json=given.json)
    else:
        _play(given)
