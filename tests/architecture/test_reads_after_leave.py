"""A step is allowed, and on record, before anything of a case is read for whoever asks (S10)."""

import ast
from collections.abc import Iterator
from pathlib import Path

CASEWORK = Path(__file__).resolve().parents[2] / "casework"
GATES = {"authorize", "registering", "require_viewer", "step"}
READS = {"find_case", "sealed.read", "vault.read"}

THE_SYSTEM = {
    "captures_in._settled",
    "collect.collect",
    "referral_receipts._receive",
    "release.deliver",
    "screen.triage_case",
}
"""Automatic steps: the system is always allowed. It reads outside the transaction what takes long,
and who wrote a receipt, in whose name the step is then taken."""


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted(CASEWORK.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                yield f"{path.stem}.{node.name}", node


def lines(function: ast.FunctionDef, names: set[str]) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names
    ]


def readers() -> set[str]:
    """Return the functions that read by themselves, for a caller that has a gate."""
    return {
        name.partition(".")[2]
        for name, node in functions()
        if lines(node, READS) and not lines(node, GATES) and node.name.startswith("_")
    }


def test_nothing_is_read_before_the_step_is_allowed() -> None:
    """What is read for somebody who is then refused was read by somebody who may not."""
    inside = readers()
    early = set()
    for name, node in functions():
        gates, reads = lines(node, GATES), lines(node, READS | inside)
        if gates and reads and min(reads) < min(gates):
            early.add(name)
    assert early == THE_SYSTEM
