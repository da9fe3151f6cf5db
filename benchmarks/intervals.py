"""Every figure comes with its n and an interval: Wilson for shares, bootstrap for areas."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_Z: Final = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`, as a share between 0 and 1."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        """Return the share; of nothing, no number."""
        return self.hits / self.n if self.n else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of Wilson (1927); of nothing, all there is."""
        if not self.n:
            return 0.0, 1.0
        p, n, square = self.value, self.n, _Z * _Z
        centre = (p + square / (2 * n)) / (1 + square / n)
        half = _Z / (1 + square / n) * math.sqrt(p * (1 - p) / n + square / (4 * n * n))
        return max(0.0, centre - half), min(1.0, centre + half)

    def __add__(self, other: "Share") -> "Share":
        return Share(self.hits + other.hits, self.n + other.n)


def share_of(truths: Sequence[bool]) -> Share:
    """Return the share of what holds."""
    return Share(sum(truths), len(truths))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number (Holm 1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = highest
    return adjusted
