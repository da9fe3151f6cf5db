"""Charts: what is too small is nowhere, axes are round, and nothing is told by colour alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, PackageLoader, StrictUndefined

from portal.web.charts import BASE, Kind, chart, nice_top

ENVIRONMENT = Environment(
    loader=PackageLoader("portal.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
KINDS: tuple[Kind, ...] = ("bar", "grouped", "stacked", "line")
PAGE = '{% import "charts.html" as charts with context %}{{ charts.figure(chart) }}'


def drawn(made: object, language: str = "en") -> str:
    return ENVIRONMENT.from_string(PAGE).render(chart=made, language=language)


@pytest.mark.parametrize("kind", KINDS)
def test_a_count_below_the_least_stands_neither_in_the_drawing_nor_in_the_table(
    kind: Kind,
) -> None:
    """Charts that differ only in how small a small count is are the same bytes."""
    pages = {
        drawn(chart(kind, "Cases", ["a", "b"], {"all": [count, 700]}, least=5))
        for count in range(1, 5)
    }
    assert len(pages) == 1
    assert "fewer than 5" in pages.pop()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [0, 5])
def test_none_and_the_least_are_shown(kind: Kind, count: int) -> None:
    page = drawn(chart(kind, "Cases", ["a", "b"], {"all": [count, 700]}, least=5))
    assert "fewer than" not in page
    assert f">{count}</td>" in page


@given(
    most=st.floats(min_value=1e-6, max_value=1e12, allow_nan=False) | st.integers(1, 10**9),
)
def test_an_axis_holds_its_figures_in_at_most_five_steps(most: float) -> None:
    whole = isinstance(most, int)
    top, step = nice_top(most, whole=whole)
    assert top >= most * (1 - 1e-9)
    assert 1 <= round(top / step) <= 5
    assert not whole or step == int(step)


@given(
    figures=st.lists(st.none() | st.integers(0, 10**6), min_size=1, max_size=12),
    kind=st.sampled_from(KINDS),
    least=st.integers(0, 20),
)
def test_what_is_drawn_stays_inside_the_plot(
    figures: list[int | None], kind: Kind, least: int
) -> None:
    made = chart(
        kind, "Cases", [str(at) for at in range(len(figures))], {"a": figures}, least=least
    )
    for bar in made.bars:
        assert 0 <= bar.y <= bar.y + bar.height <= BASE + 0.2
    for line in made.lines:
        assert all(0 <= point.y <= BASE for part in line.parts for point in part)


def test_a_gap_in_a_line_is_not_bridged() -> None:
    made = chart("line", "Days", ["a", "b", "c", "d"], {"all": [1, None, 3, 4]})
    assert [len(part) for part in made.lines[0].parts] == [1, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_has_a_name_and_no_inline_style(kind: Kind) -> None:
    series = {"one": [1, 2]} if kind == "bar" else {"one": [1, 2], "two": [3, 4]}
    page = drawn(chart(kind, "<Cases>", ["a", "b"], series, description="Two years.", id="c1"))
    assert 'role="img" aria-labelledby="c1-title c1-desc"' in page
    assert '<title id="c1-title">&lt;Cases&gt;</title>' in page
    assert '<desc id="c1-desc">Two years.</desc>' in page
    assert not re.search(r"\sstyle=|<style|<script|\son[a-z]+=", page)
    if kind in {"grouped", "stacked"}:
        assert "url(#c1-pattern-1)" in page
    if kind == "line":
        assert 'stroke-dasharray="7 4"' in page


def test_the_table_holds_every_label_and_series() -> None:
    page = drawn(chart("stacked", "C", ["2025", "2026"], {"yes": [1, 2], "no": [3, None]}), "es")
    for word in ("2025", "2026", "yes", "no", "Las cifras en una tabla", "ninguno"):
        assert word in page


@pytest.mark.parametrize(
    ("kind", "labels", "series"),
    [
        ("bar", [], {"a": []}),
        ("bar", ["a"], {}),
        ("bar", ["a"], {"a": [1], "b": [2]}),
        ("line", ["a"], {"a": [1, 2]}),
        ("line", ["a"], {"a": [-1]}),
        ("line", ["a"], {"a": [float("nan")]}),
        ("line", ["a"], {"a": [float("inf")]}),
        ("stacked", ["a"], {name: [1] for name in "abcde"}),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    kind: Kind, labels: list[str], series: dict[str, list[float | None]]
) -> None:
    with pytest.raises(ValueError, match=r"chart|series|figure"):
        chart(kind, "Cases", labels, series)
