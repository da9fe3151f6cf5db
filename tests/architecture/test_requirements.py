"""Every row of what is asked has a function that holds it and a test that shows it."""

import ast
import importlib
import pkgutil
import runpy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from models.errors import WalloffError

ROOT = Path(__file__).resolve().parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "requirements_table.py"))
ROWS: list[dict[str, Any]] = TOOL["rows"]()
SECTIONS = {"S": 11, "M": 5, "A": 2, "I": 5, "F": 4, "G": 9}
CLAUSES = [
    *("N1", "N1b", "N2", "N2b", "N3", "Q1", "Q2", "Q3"),
    *(f"{section}{number + 1}" for section, count in SECTIONS.items() for number in range(count)),
]
BESIDE = ["reportable", "attribution", "adverse path", "retention", "exposure ledger"]
OPEN: set[str] = set()
"""Rows that nothing holds yet. Whoever builds one takes it out here and in the list."""

PACKAGES = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
VOCABULARY = [ROOT / "models" / "errors.py", *sorted((ROOT / "models").glob("*clauses.py"))]
BUILT = [row for row in ROWS if not row.get("open")]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def refusals() -> dict[str, str]:
    """Return the name of every class of refusal, by its code."""
    found: dict[str, str] = {}
    for path in VOCABULARY:
        for kind in vars(importlib.import_module(f"models.{path.stem}")).values():
            if isinstance(kind, type) and issubclass(kind, WalloffError):
                found[kind.code] = kind.__name__
    return found


def raised_in(module: ast.Module, *, remark: bool) -> Iterator[str]:
    """Yield the names of the refusals that a module raises, by name or out of a table of its own.

    A remark refuses nothing: it counts where its code is read.
    """
    raises = [node.exc for node in ast.walk(module) if isinstance(node, ast.Raise) and node.exc]
    called = [one.func if isinstance(one, ast.Call) else one for one in raises]
    yield from (one.id for one in called if isinstance(one, ast.Name))
    if remark or any(isinstance(one, ast.Attribute) for one in called):
        yield from (node.id for node in ast.walk(module) if isinstance(node, ast.Name))


@cache
def raised(*, remark: bool) -> frozenset[str]:
    return frozenset(
        name
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path not in VOCABULARY
        for name in raised_in(tree(path), remark=remark)
    )


def is_raised(code: str) -> bool:
    return refusals()[code] in raised(remark=code.startswith("W-"))


def function_of(test: str) -> ast.FunctionDef | None:
    path, name = test.split("::")
    if not (ROOT / path).is_file():
        return None
    found = [
        node
        for node in tree(ROOT / path).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    return found[0] if found else None


def asserts(test: str, code: str) -> bool:
    """Whether a test names a refusal, by its code or its class."""
    function = function_of(test)
    assert function is not None, test
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == refusals()[code]:
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and code in node.value:
            return True
    return False


@cache
def all_tests() -> str:
    files = (ROOT / "tests").glob("[iu]*/**/test_*.py")
    return "".join(path.read_text(encoding="utf-8") for path in files)


def is_asserted(code: str) -> bool:
    return f'"{code}"' in all_tests() or f"{refusals()[code]}," in all_tests()


def found(function: str) -> object:
    return pkgutil.resolve_name(function)


def test_every_row_is_listed_once_and_in_order() -> None:
    assert [row["id"] for row in ROWS] == [*CLAUSES, *BESIDE]


def test_only_the_rows_said_to_be_open_are_open() -> None:
    assert {row["id"] for row in ROWS if row.get("open")} == OPEN


def test_a_row_that_is_built_is_not_called_open() -> None:
    """Once all its refusals are raised and asserted somewhere, take the mark off."""
    for row in ROWS:
        if row.get("open"):
            assert not row["functions"] + row["tests"], row["id"]
            built = [is_raised(code) and is_asserted(code) for code in row["codes"]]
            assert not built or not all(built), row["id"]


@pytest.mark.parametrize("row", BUILT, ids=lambda row: row["id"])
def test_a_row_has_functions_that_are_there(row: dict[str, Any]) -> None:
    assert row["functions"]
    assert all(callable(found(function)) for function in row["functions"])


@pytest.mark.parametrize("row", BUILT, ids=lambda row: row["id"])
def test_a_row_has_tests_that_are_there(row: dict[str, Any]) -> None:
    assert row["tests"]
    assert [test for test in row["tests"] if function_of(test) is None] == []


@pytest.mark.parametrize("row", BUILT, ids=lambda row: row["id"])
def test_every_refusal_of_a_row_is_raised_and_asserted(row: dict[str, Any]) -> None:
    assert [code for code in row["codes"] if code not in refusals()] == []
    assert [code for code in row["codes"] if not is_raised(code)] == []
    assert [
        code for code in row["codes"] if not any(asserts(test, code) for test in row["tests"])
    ] == []


def test_every_refusal_of_a_clause_belongs_to_a_row() -> None:
    listed = {code for row in ROWS for code in row["codes"]}
    assert {code for code in refusals() if code.startswith(("E-", "W-"))} == listed


def test_a_refusal_that_nobody_raises_would_be_found() -> None:
    """The search itself, on a module that only mentions one and on one that raises it."""
    mentions = ast.parse("from models.errors import LeakError\nkinds = [LeakError]")
    raises = ast.parse("def f():\n    raise LeakError('no')")
    table = ast.parse("kinds = [LeakError]\ndef f(one):\n    raise one.refusal()")
    assert "LeakError" not in list(raised_in(mentions, remark=False))
    assert "LeakError" in list(raised_in(raises, remark=False))
    assert "LeakError" in list(raised_in(table, remark=False))
    assert "LeakError" in list(raised_in(mentions, remark=True))


def test_the_page_is_the_list() -> None:
    assert TOOL["TABLE"].read_text(encoding="utf-8") == TOOL["table"]()
