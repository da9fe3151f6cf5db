"""Writes docs/requirements-table.md from the list that the tests check (run it after a change)."""

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ROWS = ROOT / "tests" / "architecture" / "requirements.toml"
TABLE = ROOT / "docs" / "requirements-table.md"
HEAD = """# What is asked, row by row

Every clause of the cyber-vetting policy that Walloff carries out: the refusals that it raises
(`E-…`, or `W-…` for a remark that refuses nothing), the functions that hold it, and the tests that
show a grant beside each denial. `tests/architecture/test_requirements.py` fails if a function or a
test is missing, or if a refusal is raised nowhere or asserted by no test. The table is written by
`python tools/requirements_table.py`.

| row | what is asked | refusals | functions | tests |
|---|---|---|---|---|
"""


def rows() -> list[dict[str, Any]]:
    """Return the rows as the list has them."""
    found: list[dict[str, Any]] = tomllib.loads(ROWS.read_text(encoding="utf-8"))["row"]
    return found


def table() -> str:
    """Return the page."""
    return HEAD + "".join(_line(row) for row in rows())


def _line(row: dict[str, Any]) -> str:
    if row.get("open"):
        cells = [row["id"], row["about"], _codes(row["codes"]), "not built yet", ""]
    else:
        cells = [
            row["id"],
            row["about"],
            _codes(row["codes"]),
            _codes(row["functions"]),
            "<br>".join(_link(test) for test in row["tests"]),
        ]
    return "| " + " | ".join(cells) + " |\n"


def _codes(names: list[str]) -> str:
    return "<br>".join(f"`{name}`" for name in names)


def _link(test: str) -> str:
    path, name = test.split("::")
    return f"[{name.removeprefix('test_').replace('_', ' ')}](../{path})"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
