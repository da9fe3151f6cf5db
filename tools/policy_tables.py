"""Writes docs/policy-tables.md from the models of a policy (run it after a change)."""

import ast
import inspect
import sys
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from models.requisition import Policy  # noqa: E402 - only now is it found

PAGE = ROOT / "docs" / "policy-tables.md"
WRITTEN = {"after_hire": "after-hire"}
"""Tables whose name in a file has a hyphen."""
HEAD = """# Every table and key of a policy

A policy file has the keys of the first table at its top (a requisition has them under `[policy]`,
and each other table as `[policy.NAME]`). A table that is left out asks nothing of its area or holds
its cautious default, as its sentence says; a key that is left out has the default named here.
Anything else in the file is refused with its line. What the keys mean for people is in
[the guide for policy owners](guides/policy-owners.md). This page is written by
`python tools/policy_tables.py`.
"""


def page() -> str:
    """Return the page."""
    parts = [HEAD, _section("", Policy, "")]
    told = _sentences(Policy)
    for name, field in Policy.model_fields.items():
        model = _model_of(field.annotation)
        if model is not None:
            parts.append(_section(WRITTEN.get(name, name), model, told.get(name, "")))
    return "\n".join(parts)


def _section(name: str, model: type[BaseModel], sentence: str) -> str:
    title = f"## `[{name}]`" if name else "## The policy itself"
    lines = [title, "", *([sentence, ""] if sentence else [])]
    lines += ["| key | default | what it says |", "|---|---|---|"]
    told = _sentences(model)
    for key, field in model.model_fields.items():
        if name or _model_of(field.annotation) is None:
            lines.append(f"| `{key}` | {_default(field)} | {told.get(key, '')} |")
    return "\n".join(lines) + "\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    return _shown(field.get_default(call_default_factory=True))


def _shown(value: Any) -> str:
    if value is None or value == "" or value in (frozenset(), ()):
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, frozenset | tuple):
        parts = map(_shown, value)
        return ", ".join(sorted(parts) if isinstance(value, frozenset) else parts)
    if isinstance(value, BaseModel):
        return "its own defaults"
    return f"`{value}`" if isinstance(value, str | StrEnum) else str(value)


def _model_of(annotation: Any) -> type[BaseModel] | None:
    found = [part for part in get_args(annotation) if inspect.isclass(part)]
    tables = [part for part in found if issubclass(part, BaseModel)]
    return tables[0] if type(None) in found and tables else None


def _sentences(model: type[BaseModel]) -> dict[str, str]:
    """Return what stands below each field of a model."""
    return dict(_told(ast.parse(inspect.getsource(model)).body[0]))


def _told(body: ast.stmt) -> Iterator[tuple[str, str]]:
    lines = body.body if isinstance(body, ast.ClassDef) else []
    for field, below in pairwise(lines):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            yield field.target.id, " ".join(below.value.value.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
