"""How well people agree, and how often one misses: figures that stay silent about few."""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import NormalDist
from typing import Final

K_MIN: Final = 10
"""Fewer than so many are not reported: a rate over three items is somebody's name."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its Wilson interval."""

    of: int
    share: float
    low: float
    high: float


def wilson(hits: int, of: int, *, confidence: float = 0.95) -> Rate:
    """Return a share and its Wilson score interval. Raises `ValueError` for none or too many."""
    if of < 1 or not 0 <= hits <= of:
        raise ValueError("a rate is of at least one, and of no more than all")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, spread = hits / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    return Rate(of, share, max(0.0, middle - half), min(1.0, middle + half))


def suppressed(hits: int, of: int) -> Rate | None:
    """Return a rate, or None if it would be over fewer than `K_MIN`."""
    return wilson(hits, of) if of >= K_MIN else None


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Return Cohen's kappa of two raters, or None where it is not defined.

    It is not defined without pairs, and where both raters gave one and the same answer always.
    """
    if not pairs:
        return None
    observed = sum(one == other for one, other in pairs) / len(pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(first[answer] * second[answer] for answer in first) / len(pairs) ** 2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def krippendorff_alpha(units: Sequence[Sequence[Hashable]]) -> float | None:
    """Return Krippendorff's alpha for nominal answers of any number of raters, or None.

    A unit holds the answers that it got; one with fewer than two counts for nothing. Not defined
    where no unit has two answers, or all answers are the same.
    """
    paired = [unit for unit in units if len(unit) >= 2]
    if not paired:
        return None
    totals = Counter(chain.from_iterable(paired))
    number = sum(totals.values())
    differing = sum(
        (len(unit) ** 2 - sum(count * count for count in Counter(unit).values())) / (len(unit) - 1)
        for unit in paired
    )
    expected = number * number - sum(count * count for count in totals.values())
    return None if expected == 0 else 1 - (number - 1) * differing / expected
