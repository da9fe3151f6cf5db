"""The residual-inference figures as rows and as a drawing; the same numbers in each."""

from html import escape
from typing import Final

from models.residual import Chance, GroupInference, ResidualReport

COLUMNS: Final = (
    "kind",
    "group",
    "n",
    "others",
    "auroc",
    "low",
    "high",
    "p_value",
    "p_holm",
    "within_gate",
    "finding",
)
_WIDTH: Final = 760
_LABEL: Final = 300
_ROW: Final = 22
_TOP: Final = 40
_RIGHT: Final = 130
_STYLE: Final = (
    "text{font:12px system-ui,sans-serif;fill:#1b1b1b}.head{font-weight:600}"
    ".reach{stroke:#2672de;stroke-width:2}.dot{fill:#2672de}.above{stroke:#b50909;fill:#b50909}"
    ".grid{stroke:#dfe1e2}.gate{stroke:#1b1b1b;stroke-width:1.5;stroke-dasharray:4 3}"
)


def rows_of(report: ResidualReport) -> list[tuple[object, ...]]:
    """Return one row a group, in the order of the columns; None for what is not told."""
    return [tuple(_shown(getattr(one, column)) for column in COLUMNS) for one in report.groups]


def svg_of(report: ResidualReport) -> str:
    """Return each AUROC with its interval on one scale from 0 to 1, with a line at the gate."""
    height = _TOP + _ROW * len(report.groups) + 30
    bottom = height - 30
    name = escape(f"AUROC by group; the line is at {report.gate:g}, guessing at 0.5")
    parts = [f'<text class="head" x="8" y="20">{name}</text>']
    for step in range(5):
        value = step / 4
        parts.append(
            f'<line class="grid" x1="{_x(value)}" y1="{_TOP - 6}" x2="{_x(value)}" y2="{bottom}"/>'
            f'<text x="{_x(value)}" y="{bottom + 16}" text-anchor="middle">{value:.2f}</text>'
        )
    parts += [_line(one, _TOP + _ROW * at) for at, one in enumerate(report.groups)]
    gate = _x(report.gate)
    parts.append(f'<line class="gate" x1="{gate}" y1="{_TOP - 6}" x2="{gate}" y2="{bottom}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{name}">\n'
        f"<title>{name}</title>\n<style>{_STYLE}</style>\n"
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _line(one: GroupInference, y: int) -> str:
    label = (
        f'<text x="{_LABEL - 8}" y="{y + 14}" text-anchor="end">'
        f"{escape(f'{one.kind}: {one.group}')}</text>"
    )
    if one.auroc is None or one.low is None or one.high is None:
        return f'{label}<text x="{_LABEL + 6}" y="{y + 14}">too few to tell</text>'
    above = " above" if one.finding is Chance.ABOVE else ""
    words = "above chance" if above else "not above chance"
    return (
        f'{label}<line class="reach{above}" x1="{_x(one.low)}" y1="{y + 10}" '
        f'x2="{_x(one.high)}" y2="{y + 10}"/>'
        f'<circle class="dot{above}" cx="{_x(one.auroc)}" cy="{y + 10}" r="4"/>'
        f'<text x="{_WIDTH - _RIGHT + 8}" y="{y + 14}">{one.auroc:.2f} {words}</text>'
    )


def _x(value: float) -> float:
    return round(_LABEL + (_WIDTH - _LABEL - _RIGHT) * min(1.0, max(0.0, value)), 1)


def _shown(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value
