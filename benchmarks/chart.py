"""Bars drawn as SVG, with the interval as a line; the table beside it holds the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH: Final = 760
_LABEL: Final = 250
_ROW: Final = 20
_TOP: Final = 34
_RIGHT: Final = 70
_STYLE: Final = (
    "text{font:12px system-ui,sans-serif;fill:#1b1b1b}"
    ".head{font-weight:600}.bar{fill:#2672de}.half{fill:#a9aeb1}"
    ".whisker{stroke:#1b1b1b;stroke-width:1.5}.grid{stroke:#dfe1e2}"
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; all three numbers are between 0 and 1. `muted` draws it in grey."""

    label: str
    value: float
    low: float
    high: float
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A titled group of bars on one scale from `start` to 1."""

    title: str
    bars: Sequence[Bar]
    start: float = 0.0


def svg(title: str, blocks: Sequence[Block]) -> str:
    """Return the drawing as one SVG document."""
    parts: list[str] = []
    y = 0
    for block in blocks:
        parts += _block(block, y)
        y += _TOP + _ROW * len(block.bars) + 26
    name = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{y}" '
        f'viewBox="0 0 {_WIDTH} {y}" role="img" aria-label="{name}">\n'
        f"<title>{name}</title>\n<style>{_STYLE}</style>\n"
        f'<rect width="{_WIDTH}" height="{y}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _block(block: Block, top: int) -> list[str]:
    room = _WIDTH - _LABEL - _RIGHT

    def x(value: float) -> float:
        inside = min(1.0, max(block.start, value))
        return round(_LABEL + room * (inside - block.start) / (1 - block.start), 1)

    bottom = top + _TOP + _ROW * len(block.bars)
    parts = [f'<text class="head" x="8" y="{top + 20}">{escape(block.title)}</text>']
    for step in range(5):
        value = block.start + (1 - block.start) * step / 4
        parts.append(
            f'<line class="grid" x1="{x(value)}" y1="{top + 28}" x2="{x(value)}" y2="{bottom}"/>'
            f'<text x="{x(value)}" y="{bottom + 14}" text-anchor="middle">{value:.2f}</text>'
        )
    for number, bar in enumerate(block.bars):
        y = top + _TOP + _ROW * number
        kind = "half" if bar.muted else "bar"
        width = round(x(bar.value) - _LABEL, 1)
        parts.append(
            f'<text x="{_LABEL - 8}" y="{y + 12}" text-anchor="end">{escape(bar.label)}</text>'
            f'<rect class="{kind}" x="{_LABEL}" y="{y + 2}" width="{width}" height="{_ROW - 7}"/>'
            f'<line class="whisker" x1="{x(bar.low)}" y1="{y + 8}" x2="{x(bar.high)}" '
            f'y2="{y + 8}"/>'
            f'<text x="{_WIDTH - _RIGHT + 8}" y="{y + 12}">{bar.value:.3f}</text>'
        )
    return parts
