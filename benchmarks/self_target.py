"""Whom a mention is about is measured: the writer, a target, words that are quoted, or another.

    python -m benchmarks.self_target                      both halves of the labelled set
    python -m benchmarks.self_target --misses development   also list what went wrong

Every text goes through the redactor and triage as in a case. A mention that survives redaction
has no answer and counts as missed; one that is rendered in plain words ("a relative") leaves
nothing to ask about, and is counted apart. Intervals of precision and recall are Wilson's, those
of F1 bootstrapped over texts.
"""

import argparse
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import Figure
from benchmarks.intervals import Share
from models.criteria import Conduct
from models.redaction import Outcome
from models.reference import Reference, Referent
from models.text import CodedText, RawText
from policy.criteria import load_pack
from policy.defaults import CRITERIA
from redaction.pipeline import Redactor, default_redactor
from triage.engine import Triage

FOLDER: Final = Path(__file__).parent / "data" / "self_target"
HALVES: Final = ("development", "heldout")
_RESAMPLES: Final = 1000
_BIAS: Final = frozenset(
    {Conduct.DEMEANS_A_PROTECTED_GROUP, Conduct.CALLS_FOR_HARM_TO_A_PROTECTED_GROUP}
)
_WORD: Final = re.compile(r"⟦[a-z]+⟧|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Answered:
    """One labelled text: pairs of label and answer (None: it survived), and what was found."""

    row: dict[str, Any]
    coded: str
    pairs: tuple[tuple[Referent, Referent | None], ...]
    plain: int
    """Mentions that were rendered in plain words."""
    biased: bool
    """Whether a bias finding stands that no person need confirm."""


@dataclass(frozen=True, slots=True)
class Score:
    """One label's precision, recall and F1."""

    precision: Share
    recall: Share
    f1: Figure


def answers(half: str, redactor: Redactor) -> list[Answered]:
    """Put one half of the set through redaction and triage."""
    triage = Triage(load_pack(CRITERIA))
    lines = (FOLDER / f"{half}.jsonl").read_text("utf-8").splitlines()
    return [_answered(json.loads(line), redactor, triage) for line in lines]


def score(found: Sequence[Answered], label: Referent) -> Score:
    """Score one label over texts."""
    right, given, gold = _counts(found, label)
    chance = random.Random(label)
    drawn = sorted(
        _f1(*_counts(chance.choices(found, k=len(found)), label)) for _ in range(_RESAMPLES)
    )
    edge = _RESAMPLES // 40
    f1 = Figure(_f1(right, given, gold), gold, drawn[edge], drawn[-edge - 1], "mentions")
    return Score(Share(right, given), Share(right, gold), f1)


def figures(found: Sequence[Answered]) -> dict[str, Figure]:
    """Return what the evaluation keeps a floor under."""
    return {
        "mentions.self": score(found, Referent.SELF).f1,
        "mentions.target": score(found, Referent.TARGET).f1,
    }


HEAD: Final = (
    "label",
    "precision",
    "95 % interval",
    "recall",
    "95 % interval",
    "F1",
    "95 % interval",
    "n",
)


def rows(found: Sequence[Answered]) -> list[list[str]]:
    """Return the table's rows, a label each."""
    return [_row(label, score(found, label)) for label in Referent]


def remarks(found: Sequence[Answered]) -> list[str]:
    """Return what the table does not hold."""
    plain = sum(item.plain for item in found)
    aimed = [item for item in found if _has(item, Referent.TARGET)]
    others = [item for item in found if not _has(item, Referent.TARGET)]
    return [
        f"rendered in plain words, so not asked about: {plain} mentions",
        f"texts with a target that become a bias finding: "
        f"{sum(item.biased for item in aimed)} of {len(aimed)}",
        f"texts without one that do: {sum(item.biased for item in others)} of {len(others)}",
    ]


def main() -> None:
    """Print both halves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", choices=["development"], help="also list what went wrong")
    options = parser.parse_args()
    for half in HALVES:
        found = answers(half, default_redactor())
        print(f"\n{half}: {len(found)} texts, {sum(len(item.pairs) for item in found)} mentions")
        for line in [list(HEAD), *rows(found)]:
            print("  " + "  ".join(cell.ljust(14) for cell in line))
        print("\n".join(f"  {line}" for line in remarks(found)))
        if options.misses == half:
            _list_misses(found)


def _answered(row: dict[str, Any], redactor: Redactor, triage: Triage) -> Answered:
    redaction = redactor.redact(RawText(row["text"]))
    coded = redaction.coded
    found = triage.references(coded)
    pairs = []
    plain = 0
    aligned = list(_aligned(row["text"], coded, found))
    for mention in row["mentions"]:
        label = Referent(mention["label"])
        near = [item for item in aligned if _touch(item, mention)]
        if near:
            pairs.append((label, _closest(near, mention)))
        elif redaction.outcome is Outcome.PASSED and not _survives(row["text"], coded, mention):
            plain += 1
        else:
            pairs.append((label, None))
    biased = any(item.conduct in _BIAS and not item.needs_person for item in triage.assess(coded))
    return Answered(row, coded, tuple(pairs), plain, biased)


@dataclass(frozen=True, slots=True)
class _Aligned:
    """A reference, and between which characters of the raw text its token stands."""

    start: int
    end: int
    part: float
    """Where in that stretch: 0 for the first of several tokens, 1 for the last."""
    referent: Referent


def _aligned(raw: str, coded: CodedText, found: Iterable[Reference]) -> Iterator[_Aligned]:
    """Find each token's place in the raw text by the words that stand in both."""
    ours, theirs = list(_WORD.finditer(raw)), list(_WORD.finditer(coded))
    by_start = {item.start: item.referent for item in found}
    matcher = SequenceMatcher(
        None, [word[0] for word in ours], [word[0] for word in theirs], autojunk=False
    )
    for kind, first, last, begin, until in matcher.get_opcodes():
        if kind == "equal" or first == last:
            continue
        tokens = [word for word in theirs[begin:until] if word.start() in by_start]
        for number, token in enumerate(tokens):
            part = number / max(1, len(tokens) - 1)
            yield _Aligned(ours[first].start(), ours[last - 1].end(), part, by_start[token.start()])


def _touch(item: _Aligned, mention: dict[str, Any]) -> bool:
    return bool(item.start < mention["end"] and mention["start"] < item.end)


def _closest(near: Sequence[_Aligned], mention: dict[str, Any]) -> Referent:
    """Return the answer of the token that lies where the mention does in the changed stretch."""
    best = near[0]
    middle = (mention["start"] + mention["end"]) / 2
    for item in near:
        here = abs(item.start + item.part * (item.end - item.start) - middle)
        if here < abs(best.start + best.part * (best.end - best.start) - middle):
            best = item
    return best.referent


def _survives(raw: str, coded: str, mention: dict[str, Any]) -> bool:
    return raw[mention["start"] : mention["end"]].lower() in coded.lower()


def _counts(found: Iterable[Answered], label: Referent) -> tuple[int, int, int]:
    pairs = [pair for item in found for pair in item.pairs]
    return (
        sum(pair == (label, label) for pair in pairs),
        sum(answer == label for _, answer in pairs),
        sum(gold == label for gold, _ in pairs),
    )


def _f1(right: int, given: int, gold: int) -> float:
    return 2 * right / (given + gold) if given + gold else 0.0


def _has(item: Answered, label: Referent) -> bool:
    return any(mention["label"] == label for mention in item.row["mentions"])


def _row(label: Referent, one: Score) -> list[str]:
    def shown(share: Share) -> tuple[str, str]:
        low, high = share.interval
        return f"{share.value:.3f}", f"{low:.3f} to {high:.3f}"

    f1 = one.f1
    spread = f"{f1.low:.3f} to {f1.high:.3f}"
    cells = (*shown(one.precision), *shown(one.recall))
    return [label.value, *cells, f"{f1.value:.3f}", spread, str(f1.n)]


def _list_misses(found: Iterable[Answered]) -> None:
    for item in found:
        for label, answer in item.pairs:
            if label != answer:
                print(f"    {item.row['id']}: {label} read as {answer}: {item.coded}")


if __name__ == "__main__":
    main()
