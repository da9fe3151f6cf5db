"""Learned weights find conduct that no rule foresaw; they add to what the rules found, no more.

A linear model over words and categories, learned from the project's own texts by
`benchmarks/learn_conduct.py`. It reads what rules read, and its verdict is a plain sum, so every
finding can be explained by the features that made it.
"""

import gzip
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

from models.criteria import Conduct, Severity
from models.errors import PolicyError
from triage.context import Context
from triage.features import features_of
from triage.subject import is_of_another
from triage.tagging import Tagged

WEIGHTS: Final = "weights.json.gz"
REACH: Final = 3
"""Sentences that are weighed together."""
_EXCUSED: Final = frozenset({"game", "fiction", "lyrics", "news", "recovery", "trifle"})
"""Settings in which words of conduct are no conduct, and only a rule may say otherwise."""
_ALONE: Final = 1.0
"""A sentence that comes so near to the threshold by itself is the passage."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of conduct the weights know: two readings, by how grave it is."""

    name: str
    threshold: float
    mild: tuple[Conduct, Severity]
    grave: tuple[Conduct, Severity]
    needs: frozenset[str]
    """Categories one of which the passage must show; empty if any passage will do."""
    own: bool
    """Whether it is the writer's own act: told of another it is none."""


class Weighing(NamedTuple):
    """One kind of conduct found in some sentences."""

    name: str
    conduct: Conduct
    severity: Severity
    sentences: frozenset[int]


class Learned:
    """The weights, by feature: for each kind whether it is there, then how grave it is."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Read the weights. Raises `PolicyError` if the table does not hold together."""
        try:
            self.kinds = tuple(
                Kind(
                    name=row["name"],
                    threshold=row["threshold"],
                    mild=(Conduct(row["mild"][0]), Severity(row["mild"][1])),
                    grave=(Conduct(row["grave"][0]), Severity(row["grave"][1])),
                    needs=frozenset(row.get("needs", ())),
                    own=bool(row.get("own", False)),
                )
                for row in table["kinds"]
            )
            self._scale: float = table["scale"]
            self._offsets: tuple[float, ...] = tuple(table["offsets"])
            self._weights: dict[str, list[int]] = table["weights"]
        except (KeyError, ValueError, IndexError) as exc:
            raise PolicyError("the learned weights cannot be read", file=WEIGHTS) from exc

    def scores(self, features: frozenset[str]) -> list[float]:
        """Return each kind's score and then each kind's gravity, all zero if nothing is known."""
        sums = [0] * len(self._offsets)
        known = 0
        for feature in features:
            row = self._weights.get(feature)
            if row is not None:
                known += 1
                for at, weight in enumerate(row):
                    sums[at] += weight
        length = self._scale * math.sqrt(known or 1)
        return [total / length + offset for total, offset in zip(sums, self._offsets, strict=True)]

    def weigh(
        self, rows: Sequence[Tagged], asks: Sequence[bool], context: Context
    ) -> Iterator[Weighing]:
        """Yield the conduct found, each kind once, with the sentences that show it.

        Nothing is found in a question, in what is quoted or disapproved, or in play.
        """
        if not _EXCUSED.isdisjoint(context.settings) or context.disapproves:
            return
        if context.quotes and not context.agrees:
            return
        stretches = [
            tuple(range(start, min(start + REACH, len(rows))))
            for start in range(max(1, len(rows) - REACH + 1))
        ]
        scored = [(part, self._of(part, rows, asks, context)) for part in stretches if rows]
        for number, kind in enumerate(self.kinds):
            part, scores = max(
                scored, key=lambda item: item[1][number], default=((), [-math.inf] * 99)
            )
            if not part or scores[number] < kind.threshold:
                continue
            shown = self._shown(number, part, rows, asks, context)
            seen = frozenset[str]().union(*(rows[at].tags for at in shown))
            lacking = bool(kind.needs) and kind.needs.isdisjoint(seen)
            lacking |= kind.own and all(is_of_another(rows[at].words) for at in shown)
            if not lacking and not all(asks[at] for at in shown):
                grave = scores[len(self.kinds) + number] > 0
                conduct, severity = kind.grave if grave else kind.mild
                yield Weighing(kind.name, conduct, severity, shown)

    def _of(
        self, part: Sequence[int], rows: Sequence[Tagged], asks: Sequence[bool], context: Context
    ) -> list[float]:
        chosen = [rows[at] for at in part]
        return self.scores(features_of(chosen, context, asks=asks[part[-1]]))

    def _shown(
        self,
        number: int,
        part: Sequence[int],
        rows: Sequence[Tagged],
        asks: Sequence[bool],
        context: Context,
    ) -> frozenset[int]:
        """Return the one sentence that shows it nearly by itself, else the whole stretch."""
        alone = {at: self._of((at,), rows, asks, context)[number] for at in part}
        best = max(alone, key=lambda at: (alone[at], -at))
        if alone[best] >= self.kinds[number].threshold - _ALONE:
            return frozenset({best})
        return frozenset(part)


@cache
def learned() -> Learned:
    """Read the package's weights once."""
    data = (resources.files("triage") / "data" / WEIGHTS).read_bytes()
    return Learned(json.loads(gzip.decompress(data)))
