"""The whole evaluation: every set redacted once, every figure counted."""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from benchmarks import corpus, scoring, self_target
from benchmarks.attack import Attack, attack, signal_left
from benchmarks.figures import Figure, of_attack, of_share
from benchmarks.intervals import Share, holm
from benchmarks.releases import histories
from benchmarks.users import ATTRIBUTES, users
from redaction.pipeline import Redactor

PERMUTATIONS: Final = 1000
GAP: Final = 0.02
"""A larger difference between groups fails the evaluation (design, section 6)."""
LEAST: Final = 40
"""Groups with fewer stretches say too little to be compared."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How far the best and the worst group of one comparison lie apart."""

    name: str
    measure: str
    best: tuple[str, Share]
    worst: tuple[str, Share]

    @property
    def size(self) -> float:
        """Return the distance, between 0 and 1."""
        return abs(self.best[1].value - self.worst[1].value)


@dataclass(slots=True)
class Evaluation:
    """Everything that was measured."""

    version: str
    figures: dict[str, Figure] = field(default_factory=dict)
    tallies: dict[str, scoring.Tally] = field(default_factory=dict)
    lost: dict[str, dict[tuple[str, str], Share]] = field(default_factory=dict)
    """Letters lost beside the gold stretches, by set, then by class and group."""
    gaps: list[Gap] = field(default_factory=list)
    attacks: dict[str, tuple[Attack, Attack, Attack, float]] = field(default_factory=dict)
    """By attribute: raw, redacted and released text, and the last one's p-value after Holm."""
    mentions: dict[str, list[self_target.Answered]] = field(default_factory=dict)
    """By half: whom triage takes each labelled mention to be about."""


def evaluate(redactor: Redactor, *, permutations: int = PERMUTATIONS) -> Evaluation:
    """Measure everything on the project's own sets."""
    result = Evaluation(redactor.version)
    _explicit(result, redactor)
    _rest(result, redactor)
    _histories(result, redactor, permutations)
    for half in self_target.HALVES:
        result.mentions[half] = self_target.answers(half, redactor)
    result.figures.update(self_target.figures(result.mentions["heldout"]))
    return result


def _explicit(result: Evaluation, redactor: Redactor) -> None:
    redacted = scoring.redact(corpus.explicit(), redactor)
    recall = scoring.recall(redacted)
    result.tallies["explicit"] = recall
    result.lost["explicit"] = scoring.excess(redacted)
    result.figures["explicit.recall"] = of_share(recall.total, "terms")
    closed = Share(sum(item.closed for item in redacted), len(redacted))
    result.figures["explicit.closed"] = of_share(closed, "texts")
    by_kind: dict[tuple[str, str], list[scoring.Redacted]] = defaultdict(list)
    for item in redacted:
        by_kind[item.row.protected_class, item.row.family].append(item)
    for (name, kind), items in by_kind.items():
        shares = {group: share for (_, group), share in scoring.recall(items).by.items()}
        kept = {group for group, share in shares.items() if share.n >= LEAST}
        _compare(result, f"{name}, {kind}", "recall", {g: shares[g] for g in kept})
        if kind == "clause":
            continue  # each group's clauses lose letters of their own
        lost = {group: share for (_, group), share in scoring.excess(items).items()}
        _compare(result, f"{name}, {kind}", "letters lost", {g: lost[g] for g in kept})


def _compare(result: Evaluation, name: str, measure: str, shares: dict[str, Share]) -> None:
    if len(shares) < 2:
        return
    ordered = sorted(shares.items(), key=lambda item: (-item[1].value, item[0]))
    result.gaps.append(Gap(name, measure, ordered[0], ordered[-1]))


def _rest(result: Evaluation, redactor: Redactor) -> None:
    figures, tallies = result.figures, result.tallies
    tallies["pairs"] = scoring.collapse(scoring.redact(corpus.pairs(), redactor))
    figures["pairs.collapse"] = of_share(tallies["pairs"].total, "groups")
    tallies["tricks"] = scoring.all_gone(scoring.redact(corpus.tricks(), redactor))
    figures["tricks.gone"] = of_share(tallies["tricks"].total, "texts")

    clean = scoring.redact(corpus.clean(), redactor)
    everyday = [item for item in clean if item.row.group != "word"]
    tallies["everyday"] = scoring.untouched(everyday)
    tallies["ambiguous"] = scoring.untouched(item for item in clean if item.row.group == "word")
    figures["clean.everyday"] = of_share(tallies["everyday"].total, "sentences")
    figures["clean.ambiguous"] = of_share(tallies["ambiguous"].total, "sentences")
    lost = scoring.excess(everyday)
    result.lost["everyday"] = lost
    voices = {voice: share for (_, voice), share in lost.items()}
    _compare(result, "voices, everyday text", "letters lost", voices)

    posts, tallies["posts"] = _recalled(corpus.posts(), redactor)
    figures["posts.recall"] = of_share(tallies["posts"].total, "stretches")
    result.lost["posts"] = scoring.excess(posts)
    lost_in_posts = sum(result.lost["posts"].values(), Share(0, 0))
    figures["posts.lost"] = Figure(lost_in_posts.value, lost_in_posts.n, unit="letters")

    told, tallies["told"] = _recalled(corpus.told(), redactor)
    figures["told.recall"] = of_share(tallies["told"].total, "stretches")
    tallies["twins"] = scoring.untouched(item for item in told if not item.row.gold)
    figures["told.untouched"] = of_share(tallies["twins"].total, "posts")

    names = scoring.redact(corpus.names(), redactor)
    tallies["names"] = scoring.recall(names)
    figures["names.recall"] = of_share(tallies["names"].total, "names")
    _compare(result, "names, by tradition", "recall", tallies["names"].groups())


def _recalled(
    marked: corpus.Marked, redactor: Redactor
) -> tuple[list[scoring.Redacted], scoring.Tally]:
    """Redact marked posts and count the stretches that do not survive."""
    redacted = scoring.redact([row for row, _classes in marked], redactor)
    recall = scoring.Tally()
    for item, (row, classes) in zip(redacted, marked, strict=True):
        for gold, protected_class in zip(row.gold, classes, strict=True):
            recall.add(protected_class, row.group, hit=not scoring.survives(gold, item.text))
    return redacted, recall


def _histories(result: Evaluation, redactor: Redactor, permutations: int) -> None:
    found = histories(users(), redactor)
    figures = result.figures
    taken = scoring.withheld((item.raw, item.redacted) for item in found)
    figures["users.withheld"] = Figure(taken.value, taken.n, unit="letters")
    holding = Share(sum(bool(item.released) for item in found), len(found))
    figures["release.holding"] = of_share(holding, "users")
    attacks: dict[str, tuple[Attack, Attack, Attack]] = {}
    for attribute in ATTRIBUTES:
        labels = [bool(getattr(item.user, attribute)) for item in found]
        raw = attack([item.raw for item in found], labels)
        redacted = attack([item.redacted for item in found], labels)
        released = attack([item.released for item in found], labels, permutations=permutations)
        attacks[attribute] = (raw, redacted, released)
        figures[f"raw.{attribute}"] = of_attack(raw)
        figures[f"redacted.{attribute}"] = of_attack(redacted)
        figures[f"released.{attribute}"] = of_attack(released)
        left = signal_left(raw.area, redacted.area)
        figures[f"left.{attribute}"] = Figure(left, raw.n, unit="users")
    chances = [math.nan if item[2].p is None else item[2].p for item in attacks.values()]
    adjusted = dict(zip(attacks, holm(chances), strict=True))
    for attribute, three in attacks.items():
        result.attacks[attribute] = (*three, adjusted[attribute])
        figures[f"release.p.{attribute}"] = Figure(adjusted[attribute], three[2].n, unit="users")
