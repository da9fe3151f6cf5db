"""Whether a class can be told from what managers saw: cross-validated AUROC and a shuffle test.

The classifier is naive Bayes over which marks a package has, in plain Python: with a few hundred
short packages, most with the same few codes, it finds what single words tell, and no library has
to enter the enclave. One group is set against the others that are large enough to be told, so
that no figure depends on a smaller one. Labels are shuffled to say what chance would give, and
Holm's correction makes one alarm in twenty reports, not in twenty groups, the rate of false ones.
"""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final

from models.errors import PolicyError
from models.residual import Chance, GroupInference, ResidualReport, Shown
from models.self_identification import RaceEthnicity, SelfIdentification, Sex
from policy.impact import SIGNIFICANT, K

GATE: Final = 0.55
FOLDS: Final = 5
PERMUTATIONS: Final = 1000
_PULL: Final = 2.0
"""How many packages of the usual share are added to each side."""
_KINDS: Final = {"sex": tuple(Sex), "race-ethnicity": tuple(RaceEthnicity)}
_SEED: Final = "walloff-residual-1"

Marks = Set[str]


def residual_report(
    people: Iterable[tuple[SelfIdentification, Shown]],
    *,
    requisition: str | None,
    k: int = K,
    permutations: int = PERMUTATIONS,
) -> ResidualReport:
    """Return the report over those who identified themselves and whose package was released.

    Raises `PolicyError` for a `k` below `K`, or for no shuffles.
    """
    if k < K:
        raise PolicyError(f"groups below {K} are never told")
    if permutations < 1:
        raise PolicyError("without shuffles nothing says what chance would give")
    wanted = [
        (answer, shown.marks)
        for answer, shown in people
        if requisition is None or shown.requisition == requisition
    ]
    found: list[GroupInference] = []
    for kind, groups in _KINDS.items():
        by_group: dict[str, list[Marks]] = defaultdict(list)
        for answer, marks in wanted:
            group = answer.sex if kind == "sex" else answer.race_ethnicity
            if group is not None:
                by_group[group].append(marks)
        found += _of_kind(kind, groups, by_group, k, permutations)
    return ResidualReport(
        requisition=requisition,
        gate=GATE,
        k=k,
        folds=FOLDS,
        permutations=permutations,
        seed=_SEED,
        groups=tuple(_corrected(found)),
    )


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Return how often one of the group scores above one of the others; a tie counts half."""
    ordered = sorted(zip(scores, labels, strict=True))
    positives = sum(labels)
    negatives = len(labels) - positives
    ranks, at = 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        ranks += (at + 1 + end) / 2 * sum(label for _score, label in ordered[at:end])
        at = end
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def cross_validated(packages: Sequence[Marks], labels: Sequence[bool]) -> float:
    """Return the AUROC of naive Bayes on packages that it was not trained on, mean over folds.

    Folds are stratified in the order given; scores of different folds are not compared, because
    each fold's classifier has its own scale.
    """
    return _mean_area(*_numbered(packages), labels)


def interval(value: float, group: int, others: int) -> tuple[float, float]:
    """Return the interval of 95 per cent of an AUROC after Hanley and McNeil (1982)."""
    q1, q2 = value / (2 - value), 2 * value * value / (1 + value)
    variance = (
        value * (1 - value)
        + (group - 1) * (q1 - value * value)
        + (others - 1) * (q2 - value * value)
    ) / (group * others)
    reach = 1.959964 * math.sqrt(max(0.0, variance))
    return max(0.0, value - reach), min(1.0, value + reach)


def _of_kind(
    kind: str,
    groups: Sequence[str],
    by_group: Mapping[str, list[Marks]],
    k: int,
    permutations: int,
) -> list[GroupInference]:
    told = [group for group in groups if len(by_group.get(group, ())) >= k]
    found: list[GroupInference] = []
    for group in groups:
        if group not in told or len(told) < 2:
            found.append(GroupInference(kind=kind, group=group))
        elif len(told) == 2 and group == told[1]:
            # Two groups are one question: the other's figures, seen from this side.
            first = next(one for one in found if one.told)
            turned = {"group": group, "n": first.others, "others": first.n}
            found.append(first.model_copy(update=turned))
        else:
            others = [marks for other in told if other != group for marks in by_group[other]]
            found.append(_inferred(kind, group, by_group[group], others, permutations))
    return found


def _inferred(
    kind: str, group: str, inside: list[Marks], outside: list[Marks], permutations: int
) -> GroupInference:
    shuffles = random.Random(f"{_SEED}/{kind}/{group}")  # noqa: S311 - figures, not secrets
    people = [(marks, True) for marks in inside] + [(marks, False) for marks in outside]
    people.sort(key=lambda one: sorted(one[0]))
    shuffles.shuffle(people)
    packages = [marks for marks, _label in people]
    labels = [label for _marks, label in people]
    rows, counts = _numbered(packages)
    value = _mean_area(rows, counts, labels)
    as_high = 0
    for _ in range(permutations):
        shuffles.shuffle(labels)
        as_high += _mean_area(rows, counts, labels) >= value - 1e-12
    low, high = interval(value, len(inside), len(outside))
    return GroupInference(
        kind=kind,
        group=group,
        n=len(inside),
        others=len(outside),
        auroc=value,
        low=low,
        high=high,
        p_value=(as_high + 1) / (permutations + 1),
        within_gate=value <= GATE,
    )


def _corrected(found: list[GroupInference]) -> list[GroupInference]:
    """Correct the p values after Holm, and say what is found."""
    questions: dict[tuple[float, str, float], list[int]] = defaultdict(list)
    for at, one in enumerate(found):
        if one.p_value is not None and one.auroc is not None:
            questions[one.p_value, one.kind, one.auroc].append(at)
    told, worst = list(found), 0.0
    for rank, same in enumerate(sorted(questions)):
        p_value = same[0]
        worst = max(worst, min(1.0, p_value * (len(questions) - rank)))
        finding = Chance.ABOVE if worst < SIGNIFICANT else Chance.NOT_ABOVE
        for at in questions[same]:
            told[at] = found[at].model_copy(update={"p_holm": worst, "finding": finding})
    return told


def _numbered(packages: Sequence[Marks]) -> tuple[list[list[int]], list[int]]:
    """Return each package's marks as numbers, and how many packages have each mark.

    A mark that only one package has can tell nothing of any other, and one that all have neither.
    """
    counts = Counter(mark for marks in packages for mark in marks)
    useful = sorted(mark for mark, count in counts.items() if 1 < count < len(packages))
    number = {mark: at for at, mark in enumerate(useful)}
    rows = [sorted(number[mark] for mark in marks if mark in number) for marks in packages]
    return rows, [counts[mark] for mark in useful]


def _mean_area(rows: list[list[int]], all_of: list[int], labels: Sequence[bool]) -> float:
    folds: list[list[int]] = [[] for _ in range(FOLDS)]
    seen = [0, 0]
    group_of = [0] * len(all_of)
    for at, label in enumerate(labels):
        folds[seen[label] % FOLDS].append(at)
        seen[label] += 1
        if label:
            for mark in rows[at]:
                group_of[mark] += 1
    areas = [_area(held, rows, labels, all_of, group_of, seen) for held in folds]
    return sum(areas) / len(areas)


def _area(
    held: list[int],
    rows: list[list[int]],
    labels: Sequence[bool],
    all_of: list[int],
    group_of: list[int],
    seen: list[int],
) -> float:
    held_labels = [labels[at] for at in held]
    inside = seen[True] - sum(held_labels)
    outside = seen[False] - (len(held) - sum(held_labels))
    held_all: dict[int, int] = {}
    held_group: dict[int, int] = {}
    for at, label in zip(held, held_labels, strict=True):
        for mark in rows[at]:
            held_all[mark] = held_all.get(mark, 0) + 1
            if label:
                held_group[mark] = held_group.get(mark, 0) + 1
    weight: dict[int, float] = {}
    for mark, count in held_all.items():
        both = all_of[mark] - count
        if not 0 < both < inside + outside:
            continue
        yes = group_of[mark] - held_group.get(mark, 0)
        # Shares are drawn towards that of everybody, so that a rare mark leans to neither side
        # because one side is smaller. Absence counts: a package without the mark tells as well.
        share = both / (inside + outside)
        p = (yes + _PULL * share) / (inside + _PULL)
        q = (both - yes + _PULL * share) / (outside + _PULL)
        weight[mark] = math.log(p / q) - math.log((1 - p) / (1 - q))
    scores = [math.fsum(weight.get(mark, 0.0) for mark in rows[at]) for at in held]
    return auroc(scores, held_labels)
