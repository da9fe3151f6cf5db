"""Every command explains itself, speaks JSON, says who acts, and is typed in some test."""

import ast
import inspect
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest
import typer

from cli.main import build

ROOT = Path(__file__).resolve().parents[2]
JSONL = {"explain", "redact", "screen"}
"""They print one JSON document a line, always."""

OPERATORS = {
    "applicant invite",
    "applicant setup",
    "audit key",
    "audit sequence",
    "audit setup",
    "audit verify",
    "audit witness init",
    "audit witness serve",
    "audit witness trust",
    "backup",
    "collector setup",
    "collector take-in",
    "custody setup",
    "doctor",
    "fairness setup",
    "keys drill",
    "keys init",
    "keys status",
    "keys verify-certificate",
    "manager roles",
    "manager setup",
    "portal account add",
    "portal account disable",
    "portal account list",
    "portal account renew",
    "portal account tie",
    "portal serve",
    "rehearse",
    "restore",
    "serve",
    "start",
    "upgrade",
    "work",
    "worker",
}
"""Whoever holds the home's files and its passphrase: no role of a person stands behind them."""

NO_CASE = {
    "consent forms",
    "explain",
    "formats",
    "mapping check",
    "people list",
    "policy check",
    "policy diff",
    "policy explain",
    "policy new-key",
    "policy sign",
    "policy standalone",
    "production key",
    "production open",
    "query check",
    "redact",
    "requisition list",
    "screen",
}
"""They read rules, papers or a text that is given, change nothing, and touch no case."""

OWN_PROCESS = {
    "collector collect",
    "collector list",
    "fairness report",
    "fairness residual",
    "manager list",
}
"""The process itself is who looks: its portion opens its own database and no other."""

ELSEWHERE = {
    "applicant setup",
    "audit witness init",
    "audit witness serve",
    "audit witness trust",
    "fairness setup",
    "portal serve",
    "serve",
}
"""Typed with their names in a variable, or by a process of their own."""


@cache
def commands() -> dict[str, Callable[..., Any]]:
    return dict(_commands(build(), ""))


def _commands(app: typer.Typer, before: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield from _commands(group.typer_instance, f"{before}{group.name} ")
    for command in app.registered_commands:
        assert command.callback is not None
        yield f"{before}{command.name}", command.callback


def parameters(command: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(command).parameters)


def test_every_command_and_every_option_is_explained() -> None:
    bare = []
    for name, command in commands().items():
        if not (command.__doc__ or "").strip().endswith("."):
            bare.append(name)
        bare += [
            f"{name}: {parameter.name}"
            for parameter in parameters(command).values()
            if not explained(parameter.annotation)
        ]
    assert bare == []


def explained(annotation: Any) -> bool:
    parts = get_args(annotation)
    return any(getattr(part, "help", None) or explained(part) for part in parts)


def test_every_command_speaks_json() -> None:
    silent = {name for name, one in commands().items() if "as_json" not in parameters(one)}
    assert silent == JSONL


def test_every_command_that_touches_a_case_says_who_acts() -> None:
    """A command that changes something without an actor would leave no name in the log."""
    unnamed = {name for name, one in commands().items() if "actor" not in parameters(one)}
    assert unnamed == OPERATORS | NO_CASE | OWN_PROCESS


def test_a_command_that_names_a_case_names_who_acts() -> None:
    """Or it is a process of its own, with a folder and no home."""
    assert [
        name
        for name, one in commands().items()
        if "case" in parameters(one) and not {"actor", "folder"} & set(parameters(one))
    ] == []


@cache
def typed() -> frozenset[tuple[str, ...]]:
    """Return all words that stand beside each other in a test's calls and lists.

    A fixture that is named as a group types that group's commands.
    """
    found: set[tuple[str, ...]] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts = node.args if isinstance(node, ast.Call) else getattr(node, "elts", [])
            words = [one.value if isinstance(one, ast.Constant) else None for one in parts]
            plain = [one if isinstance(one, str) else "" for one in words]
            found.update((one,) for one in plain)
            found.update(pairwise(plain))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and plain:
                found.add((node.func.id, plain[0]))
    return frozenset(found)


@pytest.mark.parametrize("name", sorted(set(commands()) - ELSEWHERE))
def test_every_command_is_typed_in_a_test(name: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert tuple(name.split()[-2:]) in typed() or f"walloff {name} " in readme
