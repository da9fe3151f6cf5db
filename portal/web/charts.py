"""A chart is geometry worked out from figures, none of them smaller than the least that is shown.

A count from one up to `least` could tell who is meant, so it is taken out before anything is drawn:
neither the drawing nor its table holds it. What is drawn is told by pattern and text, not by colour
alone. Templates draw it: `import "charts.html" as charts with context`, `charts.figure(chart)`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["bar", "grouped", "stacked", "line"]
Figure = int | float | None
"""None is a figure that is not known, or not shown."""

WIDTH: Final = 640
_LEFT, _RIGHT, _TOP, _PLOT, _LABELS = 52, 12, 12, 200, 32
_MOST_SERIES: Final = 4
"""As many patterns as eyes tell apart."""
_HIDDEN: Final = 8.0
_STEPS: Final = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Series:
    """What one bar of every group, or one line, stands for."""

    name: str
    values: tuple[Figure, ...]


@dataclass(frozen=True)
class Bar:
    """One bar; `hidden` stands where a figure is too small to be shown."""

    series: int
    x: float
    y: float
    width: float
    height: float
    hidden: bool


@dataclass(frozen=True)
class Point:
    """One figure of a line."""

    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A line in as many parts as its known figures leave, so that no gap is bridged."""

    series: int
    parts: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True)
class Mark:
    """A text at a place of an axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """All that a template needs to draw a chart and its table."""

    id: str
    kind: Kind
    title: str
    description: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    least: int
    hidden: tuple[tuple[bool, ...], ...]
    ticks: tuple[Mark, ...]
    places: tuple[Mark, ...]
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]

    @property
    def hides(self) -> bool:
        """Whether any figure is left out as too small."""
        return any(any(row) for row in self.hidden)

    @property
    def rows(self) -> tuple[tuple[str, tuple[tuple[Figure, bool], ...]], ...]:
        """The table: a label, and per series its figure and whether that was too small."""
        return tuple(
            (label, tuple((one.values[at], self.hidden[number][at]) for number, one in self._all))
            for at, label in enumerate(self.labels)
        )

    @property
    def _all(self) -> tuple[tuple[int, Series], ...]:
        return tuple(enumerate(self.series))


def chart(
    kind: Kind,
    title: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[Figure]],
    *,
    description: str = "",
    unit: str = "",
    least: int = 0,
    id: str = "chart",  # noqa: A002 - the attribute's name
) -> Chart:
    """Return the chart of these figures, each series as long as the labels.

    Figures above 0 and below `least` are left out. A page with several charts names each by `id`.
    """
    if not labels or not series or any(len(one) != len(labels) for one in series.values()):
        raise ValueError("a chart has labels, and for each of them a figure of every series")
    if len(series) > (1 if kind == "bar" else _MOST_SERIES):
        raise ValueError("more series than can be told apart")
    figures = [figure for one in series.values() for figure in one if figure is not None]
    if any(figure < 0 or not math.isfinite(figure) for figure in figures):
        raise ValueError("a figure is a count or a share: finite and not below zero")
    hidden = tuple(
        tuple(figure is not None and 0 < figure < least for figure in one)
        for one in series.values()
    )
    shown = tuple(
        Series(name, tuple(None if gone else figure for figure, gone in zip(one, row, strict=True)))
        for (name, one), row in zip(series.items(), hidden, strict=True)
    )
    top, ticks = _axis(kind, shown, len(labels))
    band = (WIDTH - _LEFT - _RIGHT) / len(labels)
    return Chart(
        id=id,
        kind=kind,
        title=title,
        description=description,
        labels=tuple(labels),
        series=shown,
        unit=unit,
        least=least,
        hidden=hidden,
        ticks=ticks,
        places=tuple(
            Mark(_round(_LEFT + band * (at + 0.5)), label) for at, label in enumerate(labels)
        ),
        bars=() if kind == "line" else _bars(kind, shown, hidden, top, band),
        lines=_lines(shown, top, band) if kind == "line" else (),
    )


HEIGHT: Final = _TOP + _PLOT + _LABELS
BASE: Final = _TOP + _PLOT
LEFT: Final = _LEFT
END: Final = WIDTH - _RIGHT


def nice_top(most: float, *, whole: bool) -> tuple[float, float]:
    """Return the end of an axis that holds `most`, and the step of its few ticks."""
    if most <= 0:
        return 4.0, 1.0
    rough = most / 4
    unit = 10.0 ** math.floor(math.log10(rough))
    steps = [unit * factor for factor in _STEPS if unit * factor >= rough * (1 - 1e-9)]
    step = next((one for one in steps if not whole or one == int(one)), 1.0)
    return step * math.ceil(most / step - 1e-9), step


def _axis(kind: Kind, series: Sequence[Series], count: int) -> tuple[float, tuple[Mark, ...]]:
    if kind == "stacked":
        most = max(sum(one.values[at] or 0 for one in series) for at in range(count))
    else:
        most = max(figure or 0 for one in series for figure in one.values)
    whole = all(isinstance(figure, int | None) for one in series for figure in one.values)
    top, step = nice_top(most, whole=whole)
    return top, tuple(
        Mark(_height(number * step, top), _number(number * step))
        for number in range(round(top / step) + 1)
    )


def _bars(
    kind: Kind,
    series: Sequence[Series],
    hidden: Sequence[Sequence[bool]],
    top: float,
    band: float,
) -> tuple[Bar, ...]:
    beside = 1 if kind == "stacked" else len(series)
    width = min(band * 0.72 / beside, 56.0)
    bars = []
    for at in range(len(series[0].values)):
        start = _LEFT + band * (at + 0.5) - width * beside / 2
        floor = float(BASE)
        for number, one in enumerate(series):
            x = _round(start + (0 if kind == "stacked" else width * number))
            figure, gone = one.values[at], hidden[number][at]
            if figure is None and not gone:
                continue
            # One height for all that is hidden: it says that there is something, never how much.
            height = _HIDDEN if gone else (figure or 0) / top * _PLOT
            bars.append(Bar(number, x, _round(floor - height), _round(width), _round(height), gone))
            if kind == "stacked":
                floor -= height
    return tuple(bars)


def _lines(series: Sequence[Series], top: float, band: float) -> tuple[Line, ...]:
    lines = []
    for number, one in enumerate(series):
        parts: list[list[Point]] = [[]]
        for at, figure in enumerate(one.values):
            if figure is None:
                parts.append([])
                continue
            place = _round(_LEFT + band * (at + 0.5))
            parts[-1].append(Point(place, _height(figure, top)))
        lines.append(Line(number, tuple(tuple(part) for part in parts if part)))
    return tuple(lines)


def _height(figure: float, top: float) -> float:
    return _round(BASE - figure / top * _PLOT)


def _round(place: float) -> float:
    return round(place, 1)


def _number(figure: float) -> str:
    return f"{figure:,.10g}"
