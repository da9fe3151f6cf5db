"""The fairness figures as rows, as CSV and as a drawing; the same numbers in each."""

import csv
import io
from collections.abc import Callable
from html import escape
from typing import Final

from models.impact import GroupRate, ImpactReport, ImpactTable

COLUMNS: Final = (
    "passage",
    "kind",
    "group",
    "n",
    "passed",
    "rate",
    "ratio",
    "p_value",
    "below",
    "cautions",
)

_WIDTH: Final = 760
_LABEL: Final = 270
_ROW: Final = 20
_TOP: Final = 34
_RIGHT: Final = 100
_STYLE: Final = (
    "text{font:12px system-ui,sans-serif;fill:#1b1b1b}"
    ".head{font-weight:600}.bar{fill:#2672de}.below{fill:#b50909}"
    ".grid{stroke:#dfe1e2}.line{stroke:#1b1b1b;stroke-width:1.5;stroke-dasharray:4 3}"
)


def rows_of(report: ImpactReport) -> list[tuple[object, ...]]:
    """Return one row a group, in the order of the columns; None for what is not told."""
    return [
        (
            table.passage,
            table.kind,
            one.group,
            one.n,
            one.passed,
            _rounded(one.rate),
            _rounded(one.ratio),
            _rounded(one.p_value),
            one.below if one.told else None,
            " ".join(one.cautions) if one.told else None,
        )
        for table in report.tables
        for one in table.groups
    ]


def csv_of(report: ImpactReport) -> str:
    """Return the rows as CSV, with a head."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows_of(report))
    return out.getvalue()


def svg_of(report: ImpactReport) -> str:
    """Return the ratios as bars on one scale from 0 to 1, with a line at the threshold."""
    parts: list[str] = []
    y = 0
    for table in report.tables:
        parts += _block(table, report, y)
        y += _TOP + _ROW * len(table.groups) + 26
    name = escape(f"Impact ratios by group; the line is at {report.threshold:g}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{y}" '
        f'viewBox="0 0 {_WIDTH} {y}" role="img" aria-label="{name}">\n'
        f"<title>{name}</title>\n<style>{_STYLE}</style>\n"
        f'<rect width="{_WIDTH}" height="{y}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _block(table: ImpactTable, report: ImpactReport, top: int) -> list[str]:
    room = _WIDTH - _LABEL - _RIGHT

    def x(value: float) -> float:
        return round(_LABEL + room * min(1.0, max(0.0, value)), 1)

    bottom = top + _TOP + _ROW * len(table.groups)
    title = escape(f"{table.passage}, by {table.kind}")
    parts = [f'<text class="head" x="8" y="{top + 20}">{title}</text>']
    for step in range(5):
        value = step / 4
        parts.append(
            f'<line class="grid" x1="{x(value)}" y1="{top + 28}" x2="{x(value)}" y2="{bottom}"/>'
            f'<text x="{x(value)}" y="{bottom + 14}" text-anchor="middle">{value:.2f}</text>'
        )
    for number, one in enumerate(table.groups):
        parts.append(_bar(one, top + _TOP + _ROW * number, x))
    line = x(report.threshold)
    parts.append(f'<line class="line" x1="{line}" y1="{top + 28}" x2="{line}" y2="{bottom}"/>')
    return parts


def _bar(one: GroupRate, y: int, x: Callable[[float], float]) -> str:
    label = f'<text x="{_LABEL - 8}" y="{y + 12}" text-anchor="end">{escape(one.group)}</text>'
    if one.ratio is None:
        words = "too few to tell" if not one.told else "nobody passed"
        return f'{label}<text x="{_LABEL + 6}" y="{y + 12}">{words}</text>'
    kind = "below" if one.below else "bar"
    return (
        f'{label}<rect class="{kind}" x="{_LABEL}" y="{y + 2}" '
        f'width="{round(x(one.ratio) - _LABEL, 1)}" height="{_ROW - 7}"/>'
        f'<text x="{_WIDTH - _RIGHT + 8}" y="{y + 12}">{one.ratio:.2f}, n {one.n}</text>'
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
