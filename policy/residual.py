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
    fold_of, seen = [0] * len(labels), Counter[bool]()
    for at, label in enumerate(labels):
        fold_of[at] = seen[label] % FOLDS
        seen[label] += 1
    all_of = Counter(mark for marks in packages for mark in marks)
    group_of = Counter(
        mark for marks, label in zip(packages, labels, strict=True) if label for mark in marks
    )
    values = [_fold(fold, fold_of, packages, labels, all_of, group_of) for fold in range(FOLDS)]
    return sum(values) / len(values)


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
    value = cross_validated(packages, labels)
    as_high = 0
    for _ in range(permutations):
        shuffles.shuffle(labels)
        as_high += cross_validated(packages, labels) >= value - 1e-12
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


def _fold(
    fold: int,
    fold_of: Sequence[int],
    packages: Sequence[Marks],
    labels: Sequence[bool],
    all_of: Counter[str],
    group_of: Counter[str],
) -> float:
    held = [at for at in range(len(labels)) if fold_of[at] == fold]
    held_all = Counter(mark for at in held for mark in packages[at])
    held_group = Counter(mark for at in held if labels[at] for mark in packages[at])
    inside = sum(labels) - sum(labels[at] for at in held)
    outside = len(labels) - len(held) - inside
    weight: dict[str, float] = {}
    for mark in held_all:
        yes = group_of[mark] - held_group[mark]
        no = all_of[mark] - held_all[mark] - yes
        # Presence against absence: a package without the mark tells something as well.
        p, q = (yes + 1) / (inside + 2), (no + 1) / (outside + 2)
        weight[mark] = math.log(p / q) - math.log((1 - p) / (1 - q))
    scores = [sum(sorted(weight[mark] for mark in packages[at])) for at in held]
    return auroc(scores, [labels[at] for at in held])
