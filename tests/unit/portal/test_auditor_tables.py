"""What auditors take away is quoted, no formula to a spreadsheet, and what the page shows."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from models.audit import AuditAction
from models.errors import RecordNotFoundError
from models.impact import GroupRate, ImpactReport, ImpactTable
from models.self_identification import Passage
from portal.auditor.filters import NAMES, filters_of
from portal.auditor.ledgers import by_month
from portal.auditor.report_tables import figures_of, impact_table
from portal.auditor.tables import Cell, csv_of, export, json_of

_TEXTS = st.text(max_size=20)
_ROWS = st.lists(st.tuples(_TEXTS, _TEXTS), max_size=6)
COLUMNS = ("one", "other")


@given(_ROWS)
def test_csv_reads_back_as_it_was_but_for_the_apostrophe(rows: list[tuple[str, str]]) -> None:
    text = "".join(csv_of(COLUMNS, (tuple(map(Cell, row)) for row in rows)))
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert found[0] == list(COLUMNS)
    for row, read in zip(rows, found[1:], strict=True):
        assert [
            one if one[:1] != "'" or said[:1] == "'" else one[1:]
            for one, said in zip(read, row, strict=True)
        ] == list(row)


@given(_ROWS)
def test_no_cell_of_a_csv_begins_like_a_formula(rows: list[tuple[str, str]]) -> None:
    text = "".join(csv_of(COLUMNS, (tuple(map(Cell, row)) for row in rows)))
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            assert cell.lstrip(" ")[:1] not in set("=+-@\t\r\n") or not cell.strip(" ")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1"])
def test_a_formula_becomes_a_text(cell: str) -> None:
    assert "".join(csv_of(("a",), [(Cell(cell),)])).startswith('"a"\r\n"\'')


@given(_ROWS)
def test_json_is_a_list_of_objects_as_shown(rows: list[tuple[str, str]]) -> None:
    text = "".join(json_of(COLUMNS, (tuple(map(Cell, row)) for row in rows)))
    assert json.loads(text) == [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def test_there_are_two_forms() -> None:
    assert export("name", "csv", COLUMNS, []).headers["content-type"].startswith("text/csv")
    assert export("name", "json", COLUMNS, []).headers["content-disposition"].endswith('name.json"')
    for form in ("xlsx", "", "CSV"):
        with pytest.raises(RecordNotFoundError):
            export("name", form, COLUMNS, [])


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=150)))
def test_whatever_an_address_says_it_asks_or_is_wrong(said: dict[str, str]) -> None:
    found = filters_of(QueryParams(said))
    if not found.errors:
        asked = found.asked()
        assert asked.action == "" or asked.action in set(AuditAction)
        assert found.address("/entries").startswith("/entries")


def test_a_day_is_whole_and_the_last_one_counts() -> None:
    asked = filters_of(QueryParams("since=2026-09-01&until=2026-09-01")).asked()
    assert asked.since is not None
    assert asked.until is not None
    assert (asked.until - asked.since).days == 1


def test_only_what_a_page_asks_for_is_read_from_its_address() -> None:
    assert filters_of(QueryParams("code=x&person=p"), ("person",)).said["code"] == ""


def test_months_without_entries_are_drawn_as_nought_and_rare_actions_together() -> None:
    figure = by_month("Months", {"2026-01": dict.fromkeys("abcde", 2), "2026-03": {"a": 1}})
    assert figure is not None
    assert figure.labels[-3:] == ("2026-01", "2026-02", "2026-03")
    assert figure.labels[0] == "2025-04"
    assert [one.values[-3:] for one in figure.series] == [
        (2, 0, 1),
        (2, 0, 0),
        (2, 0, 0),
        (4, 0, 0),
    ]
    assert by_month("Months", {}) is None


def test_a_group_that_is_too_small_has_no_figure_in_rows_or_drawing() -> None:
    groups = (
        GroupRate(group="male", n=50, passed=40, rate=0.8, ratio=1.0, highest=True),
        GroupRate(group="female"),
    )
    table = ImpactTable(passage=next(iter(Passage)), kind="sex", groups=groups)
    report = ImpactReport(requisition=None, threshold=0.8, citation="c", k=10, tables=(table,))
    small = impact_table(report).rows[1]
    assert [cell.text for cell in small[3:]] == ["", "", "", "", "fewer than ten", ""]
    (figure,) = figures_of(report)
    assert (figure.labels, figure.series[0].values) == (("male", "female"), (80.0, None))
