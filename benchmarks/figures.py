"""A figure is a value with its n and its interval; a floor is what it may not fall below."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.attack import Attack
from benchmarks.intervals import Share

FLOORS: Final = Path(__file__).parent / "floors.toml"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the summary."""

    value: float
    n: int
    low: float = math.nan
    high: float = math.nan
    unit: str = ""
    """What n counts."""


def of_share(share: Share, unit: str) -> Figure:
    """Return a share's figure."""
    return Figure(share.value, share.n, *share.interval, unit)


def of_attack(attack: Attack) -> Figure:
    """Return an attack's figure."""
    return Figure(attack.area, attack.n, attack.low, attack.high, "users")


@dataclass(frozen=True, slots=True)
class Bound:
    """What a figure may not pass, and what it is meant to reach."""

    limit: float
    reach: str
    least: bool

    def kept(self, value: float) -> bool:
        """Tell whether a value is within the bound; a figure that is no number is not."""
        return value >= self.limit if self.least else value <= self.limit


def bounds(path: Path = FLOORS) -> dict[str, Bound]:
    """Read the floors and ceilings."""
    table = tomllib.loads(path.read_text("utf-8"))
    return {
        name: Bound(float(row["limit"]), row.get("reach", ""), kind == "floor")
        for kind in ("floor", "ceiling")
        for name, row in table.get(kind, {}).items()
    }


def passed(figures: Mapping[str, Figure], limits: Mapping[str, Bound]) -> list[str]:
    """Return a line for every bound that is broken; a bound without a figure is broken too."""
    broken = []
    for name, bound in limits.items():
        figure = figures.get(name)
        if figure is None:
            broken.append(f"{name}: not measured")
        elif not bound.kept(figure.value):
            word = "below its floor" if bound.least else "above its ceiling"
            broken.append(f"{name}: {figure.value:.3f} is {word} {bound.limit:.3f}")
    return broken
