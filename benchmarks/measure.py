"""How the benchmarks measure: side by side in one run, CPU time, the median of several rounds."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache

from benchmarks.users import users

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table."""

    figure: str
    value: str
    reach: str = ""
    how: str = ""


def rounds(subjects: dict[str, Callable[[], float]], count: int = ROUNDS) -> dict[str, float]:
    """Run every subject in turn, several times over; return each one's median CPU seconds.

    A subject returns the CPU seconds it took, so that one in another process can be timed there.
    """
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(count):
        for name, run in subjects.items():
            taken[name].append(run())
    return {name: statistics.median(times) for name, times in taken.items()}


def timed(run: Callable[[], object]) -> Callable[[], float]:
    """Wrap a subject of this process so that it returns its CPU seconds."""

    def measured() -> float:
        began = time.process_time()
        run()
        return time.process_time() - began

    return measured


@cache
def posts(count: int) -> tuple[str, ...]:
    """Return so many posts of synthetic users, in the order they were written."""
    found: list[str] = []
    size = 64
    while len(found) < count:
        size *= 2
        found = [post for user in users(size) for post in user.posts]
    return tuple(found[:count])


def parser(doc: str | None) -> argparse.ArgumentParser:
    """Return a parser with what every script takes."""
    made = argparse.ArgumentParser(description=doc)
    made.add_argument("--json", action="store_true", help="one JSON object a line")
    return made


def show(results: Sequence[Result], *, as_json: bool) -> None:
    """Print results as a table, or as JSON lines."""
    if as_json:
        for result in results:
            print(json.dumps(asdict(result), ensure_ascii=False))
        return
    head = Result("figure", "value", "reach", "how")
    rows = [tuple(asdict(result).values()) for result in (head, *results)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, (*widths, 0), strict=True)]
        print("  ".join(cells).rstrip())
    sys.stdout.flush()
