"""Memory stays flat over any number of posts: nothing of what was read is kept.

Every post holds words that no other post holds, so whatever remembers words grows. `--rules`
measures the rules alone, which is the way to a million posts in minutes.
"""

import random
import statistics
import string
from collections.abc import Iterator
from pathlib import Path

from benchmarks.corpus import SEED
from benchmarks.measure import Result, parser, posts, show
from models.text import RawText
from redaction.pipeline import Redactor, default_redactor

POSTS = 200_000
STEP = 5_000
WARM = 30_000
"""Posts after which caches that have a bound are full."""


def measure(count: int = POSTS, *, rules: bool = False) -> list[Result]:
    """Return how resident memory grows, once warm."""
    redactor = Redactor() if rules else default_redactor()
    points: list[tuple[int, int]] = []
    for number, _ in enumerate(redactor.redact_many(_posts(count))):
        if number % STEP == 0 and number >= WARM:
            points.append((number, _resident()))
    slope = statistics.linear_regression(*zip(*points, strict=True)).slope
    grown = points[-1][1] - points[0][1]
    read = "the rules alone" if rules else "rules and nets"
    how = f"{count:,} posts with words of their own, {read}, after {WARM:,} to warm up"
    return [
        Result("memory: bytes more a post", f"{slope:.1f}", "≈ 0", how),
        Result("memory: growth in all", f"{grown / 2**20:.1f} MiB", "", how),
        Result("memory: resident", f"{points[-1][1] / 2**20:.0f} MiB", "", how),
    ]


def _posts(count: int) -> Iterator[RawText]:
    dice = random.Random(SEED)
    seeds = posts(2_000)
    for number in range(count):
        odd = "".join(dice.choices(string.ascii_lowercase, k=9))
        yield RawText(f"{seeds[number % len(seeds)]} {odd} {odd.capitalize()} {number}")


def _resident() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("the kernel does not say how much memory is resident")


if __name__ == "__main__":
    arguments = parser(__doc__)
    arguments.add_argument("--posts", type=int, default=POSTS)
    arguments.add_argument("--rules", action="store_true", help="the rules alone")
    given = arguments.parse_args()
    show(measure(given.posts, rules=given.rules), as_json=given.json)
