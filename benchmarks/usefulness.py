"""Usefulness is measured: conduct that matters reaches the manager, and only that.

    python benchmarks/usefulness.py                      the project's own labelled texts
    python benchmarks/usefulness.py --data FOLDER        also measuring sets kept elsewhere

Every text goes through the redactor and triage as in a case; only findings that stand without a
person count as found. Intervals are Wilson's, 95 %.
"""

import argparse
import json
import math
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.criteria import CriteriaPack, Severity
from models.finding import Proposal
from models.text import CodedText, RawText
from redaction.pipeline import default_redactor
from triage.engine import Triage
from triage.excerpt import neutral_excerpt

ROOT = Path(__file__).resolve().parent.parent
LABELLED = ROOT / "benchmarks" / "data" / "conduct"
PACK = ROOT / "policy" / "packs" / "criteria" / "ca-post-2024.toml"
PARTS = ("development", "heldout", "varied-development", "varied-heldout")
"""The varied halves were written from the criteria alone, before any rule was read."""
POSTS_PER_APPLICANT = 26
GRADES = list(Severity)


@dataclass(frozen=True)
class Weighed:
    """One row of a set, its coded text, and what triage proposed."""

    row: dict[str, Any]
    coded: str
    proposals: tuple[Proposal, ...]

    @property
    def standing(self) -> dict[str, Proposal]:
        """What counts as found, by criterion: no person needs to look first."""
        return {item.criterion: item for item in self.proposals if not item.needs_person}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, help="folder with hatecheck.jsonl and synthpai.jsonl")
    options.add_argument(
        "--misses", choices=["development", "varied-development"], help="also list what went wrong"
    )
    chosen = options.parse_args()
    bench = Bench()
    for part in PARTS:
        weighed = bench.weigh(read(LABELLED / f"{part}.jsonl"))
        print(f"\n{part}: {len(weighed)} texts of the project's own")
        report_conduct(weighed)
        report_clean(weighed)
        report_floor(part, weighed)
        report_voices(weighed)
        if chosen.misses == part:
            list_misses(weighed)
    if chosen.data:
        report_hatecheck(bench, chosen.data)
        report_histories(bench, chosen.data)
    bench.report_speed()


class Bench:
    """The redactor and triage, timed."""

    def __init__(self) -> None:
        self.redactor = default_redactor()
        self.triage = Triage(CriteriaPack(**tomllib.loads(PACK.read_text("utf-8"))))
        self.tokens = 0
        self.seconds = 0.0

    def weigh(self, rows: Iterable[dict[str, Any]]) -> list[Weighed]:
        """Redact and assess every row."""
        return [self._weigh(row) for row in rows]

    def _weigh(self, row: dict[str, Any]) -> Weighed:
        text = row["text"]
        # A labelled text may hold typed tokens where its author wrote a slur; those stay.
        coded = text if "⟦" in text else self.redactor.redact(RawText(text)).coded
        start = time.process_time()
        proposals = self.triage.assess(CodedText(coded))
        self.seconds += time.process_time() - start
        self.tokens += len(coded.split())
        return Weighed(row, coded, proposals)

    def report_speed(self) -> None:
        """Print how fast triage was, redaction not counted."""
        print(f"\ntriage alone: {self.tokens / self.seconds:,.0f} words per cpu-second")


def report_conduct(weighed: Sequence[Weighed]) -> None:
    groups: defaultdict[str, list[Weighed]] = defaultdict(list)
    for item in weighed:
        if item.row["criterion"]:
            groups[item.row["criterion"]].append(item)
            groups["all conduct"].append(item)
    for criterion in sorted(groups, key=lambda name: (name == "all conduct", name)):
        items = groups[criterion]
        found = [item for item in items if item.row["criterion"] in item.standing]
        near = [item for item in found if within_one_step(item)]
        readable = [item for item in found if excerpt_of(item) is not None]
        print(f"  {criterion:24} found {share(len(found), len(items))}")
        if criterion == "all conduct":
            print(f"  {'':24} severity within a step {share(len(near), len(found))}")
            print(f"  {'':24} with a readable excerpt {share(len(readable), len(found))}")
            waits = [item for item in items if item.proposals and not item.standing]
            print(f"  {'':24} waits for a person {share(len(waits), len(items))}")


def report_clean(weighed: Sequence[Weighed]) -> None:
    clean = [item for item in weighed if not item.row["criterion"]]
    print(f"  {'clean, near misses too':24} false {share(false_findings(clean), len(clean))}")


def report_floor(part: str, weighed: Sequence[Weighed]) -> None:
    """Say whether a part fell below what it once reached, or rose above in false findings."""
    floors = tomllib.loads((ROOT / "benchmarks" / "floors.toml").read_text("utf-8"))["usefulness"]
    conduct = [item for item in weighed if item.row["criterion"]]
    clean = [item for item in weighed if not item.row["criterion"]]
    found = sum(item.row["criterion"] in item.standing for item in conduct) / len(conduct)
    false = false_findings(clean) / len(clean)
    holds = found >= floors[part]["found"] and false <= floors[part]["false"]
    print(f"  {'floor and ceiling':24} {'held' if holds else 'BROKEN'}")


def report_voices(weighed: Sequence[Weighed]) -> None:
    """Dialect parity: the same rates, by voice."""
    voices = sorted({item.row["voice"] for item in weighed})
    for voice in voices:
        own = [item for item in weighed if item.row["voice"] == voice]
        conduct = [item for item in own if item.row["criterion"]]
        clean = [item for item in own if not item.row["criterion"]]
        found = sum(item.row["criterion"] in item.standing for item in conduct)
        print(
            f"    voice {voice:14} found {found:3}/{len(conduct):<3} "
            f"false {false_findings(clean):2}/{len(clean)}"
        )


def report_hatecheck(bench: Bench, folder: Path) -> None:
    weighed = bench.weigh(read(folder / "hatecheck.jsonl"))
    apart = bench.weigh(read(folder / "hatecheck_negative.jsonl"))
    print("\nHateCheck through the redactor")
    for label in ("hateful", "non-hateful"):
        items = [item for item in weighed + apart if item.row["label"] == label]
        sure = sum(bool(item.standing) for item in items)
        any_ = sum(bool(item.proposals) for item in items)
        print(f"  {label:12} findings {share(sure, len(items))}   with doubtful {any_}")
        for name in sorted({item.row["functionality"] for item in items}):
            own = [item for item in items if item.row["functionality"] == name]
            print(f"    {name:22} {share(sum(bool(item.standing) for item in own), len(own))}")
    print(f"  negatives apart {share(false_findings(apart), len(apart))}")


def report_histories(bench: Bench, folder: Path) -> None:
    """Clean histories: posts of synthetic users in packets the size of an applicant's history."""
    weighed = bench.weigh(read(folder / "synthpai.jsonl"))
    packets = [
        weighed[start : start + POSTS_PER_APPLICANT]
        for start in range(0, len(weighed), POSTS_PER_APPLICANT)
    ]
    with_any = sum(any(item.standing for item in packet) for packet in packets)
    print("\nposts of synthetic users, in packets of 26")
    print(f"  posts with a finding   {share(false_findings(weighed), len(weighed))}")
    print(f"  packets with a finding {share(with_any, len(packets))}")


def list_misses(weighed: Sequence[Weighed]) -> None:
    for item in weighed:
        wanted = item.row["criterion"]
        got = {name: (str(found.severity), found.rule) for name, found in item.standing.items()}
        if wanted and wanted not in got:
            print(f"    MISS  {item.row['id']} {wanted} got {got}: {item.coded}")
        elif wanted and not within_one_step(item):
            print(f"    GRADE {item.row['id']} {item.row['severity']} {got}: {item.coded}")
        elif not wanted and got:
            print(f"    FALSE {item.row['id']} {got}: {item.coded}")


def within_one_step(item: Weighed) -> bool:
    found = item.standing[item.row["criterion"]].severity
    return abs(GRADES.index(found) - GRADES.index(Severity(item.row["severity"]))) <= 1


def excerpt_of(item: Weighed) -> str | None:
    passage = item.standing[item.row["criterion"]].passage
    return neutral_excerpt(passage, words_max=40, quote_run_max=12)


def false_findings(items: Iterable[Weighed]) -> int:
    return sum(bool(item.standing) for item in items)


def share(part: int, whole: int) -> str:
    if not whole:
        return "no case"
    z, rate = 1.96, part / whole
    middle = (rate + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * math.sqrt(rate * (1 - rate) / whole + z * z / (4 * whole * whole))
    half /= 1 + z * z / whole
    return (
        f"{rate:6.1%}  n={whole:<4} [{max(0.0, middle - half):.1%}, {min(1.0, middle + half):.1%}]"
    )


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    main()
