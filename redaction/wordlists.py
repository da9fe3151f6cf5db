"""The package's own closed lists of words, read once from `redaction/rules/*.toml`."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return one TOML file under `redaction/rules/`, parsed."""
    path = resources.files("redaction") / "rules" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def word_set(column: str) -> frozenset[str]:
    """Return the words of a column of text, parted by white space."""
    return frozenset(column.split())
