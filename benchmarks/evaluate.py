"""`python -m benchmarks.evaluate`: measure redaction on held-out text; fail below a floor.

Writes `docs/evaluation.md` and its chart. Exit code 1 if a figure passes its bound in
`benchmarks/floors.toml`, or if groups lie further apart than the design allows.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import self_target
from benchmarks.chart import svg
from benchmarks.figures import bounds, passed
from benchmarks.foreign import lines_for
from benchmarks.measuring import GAP, PERMUTATIONS, Evaluation, evaluate
from benchmarks.report import (
    CLASS_HEAD,
    GAP_HEAD,
    SUMMARY_HEAD,
    blocks,
    class_rows,
    gap_rows,
    markdown,
    summary,
)
from redaction.pipeline import default_redactor

DOCS = Path(__file__).resolve().parents[1] / "docs"
CHART = "images/evaluation.svg"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the evaluation and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder of JSONL sets to score as well")
    parser.add_argument("--docs", type=Path, default=DOCS, help="where the page is written")
    parser.add_argument("--permutations", type=int, default=PERMUTATIONS)
    options = parser.parse_args(arguments)
    if options.data is not None and not options.data.is_dir():
        parser.error("--data: not a folder")
    result = evaluate(default_redactor(), permutations=options.permutations)
    limits = bounds()
    _show("Summary", SUMMARY_HEAD, summary(result, limits))
    _show("By class", CLASS_HEAD, class_rows(result))
    _show("Parity", GAP_HEAD, gap_rows(result))
    for half, found in result.mentions.items():
        _show(f"Self or target, {half}", self_target.HEAD, self_target.rows(found))
        print("\n".join(self_target.remarks(found)))
    if options.data is not None:
        print("\nSets from elsewhere")
        for line in lines_for(options.data, default_redactor()):
            print(line)
    useful = usefulness(options.data)
    print("\nUsefulness: does conduct that matters reach the manager, and only that?\n")
    print("\n".join(useful))
    page = options.docs / "evaluation.md"
    (options.docs / "images").mkdir(parents=True, exist_ok=True)
    own = useful if options.data is None else usefulness(None)
    page.write_text(markdown(result, limits, CHART, own), "utf-8")
    drawing = svg("Recall by class, and what a classifier still tells", blocks(result))
    (options.docs / CHART).write_text(drawing, "utf-8")
    print(f"\nWritten: {page.name} and its chart")
    return _verdict(passed(result.figures, limits) + _apart(result))


def usefulness(data: Path | None) -> list[str]:
    """Return what `benchmarks.usefulness` prints, but for its speed, which is no property of text.

    Raises `CalledProcessError` if it fails: without it, blindness counts for nothing.
    """
    command = [sys.executable, "-m", "benchmarks.usefulness"]
    if data is not None:
        command += ["--data", str(data.resolve())]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = [line.rstrip() for line in done.stdout.strip().splitlines()]
    return [line for line in lines if "cpu-second" not in line]


def _apart(result: Evaluation) -> list[str]:
    return [
        f"{gap.name}: {gap.measure} of {gap.worst[0]} and {gap.best[0]} lie "
        f"{100 * gap.size:.1f} points apart"
        for gap in result.gaps
        if gap.size > GAP
    ]


def _verdict(faults: list[str]) -> int:
    for fault in faults:
        print(f"FAILED  {fault}", file=sys.stderr)
    if not faults:
        print("Every floor holds.")
    return int(bool(faults))


def _show(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    print(f"\n{title}")
    for row in (head, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
