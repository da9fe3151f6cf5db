"""Every row of the law's tables is compiled to something, or says for what reason it is not.

A row that nobody compiled would look like law that is kept, while no step knows of it. Opening a
policy's law therefore fails on one, and a test does.
"""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from models.value import Value
from policy.law import legal_param, legal_params, password_laws, protected_classes
from policy.obligations import law_obligations
from policy.reporting_law import gate_rows
from policy.request_clocks import request_clocks
from policy.retention_law import law_rules
from policy.toml_file import TomlFile
from policy.waiting import waiting_rules

INFORMATION_FILE: Final = Path(__file__).parent / "data" / "information.toml"


class Compiled(StrEnum):
    """What a row was made into."""

    OBLIGATION = "obligation"
    RETENTION = "retention"
    WAITING_TIME = "waiting-time"
    REQUEST_CLOCK = "request-clock"
    REPORTING_GATE = "reporting-gate"
    ACCESS = "access"
    """What may be asked of an applicant's accounts."""
    WITHHELD = "withheld"
    """A class that every package leaves out."""
    INFORMATION = "information"
    """No step: the reason stands in information.toml."""


class Information(Value):
    """A row that binds no step, and why."""

    row: str
    reason: str = Field(min_length=20)


def compiled() -> dict[str, frozenset[Compiled]]:
    """Return what became of each row of the three tables, by the row's id.

    A row of the two lesser tables is named with its table, as in `password_laws.csv:NY`.
    """
    found: dict[str, set[Compiled]] = {row: set() for row in legal_params()}
    for obligation in law_obligations():
        found[obligation.row].add(Compiled.OBLIGATION)
    for rule in law_rules():
        found[rule.rule.id].add(Compiled.RETENTION)
    for waiting in waiting_rules():
        found[waiting.id].add(Compiled.WAITING_TIME)
    for clock in request_clocks():
        found[clock.row].add(Compiled.REQUEST_CLOCK)
    for gate in gate_rows():
        if gate.basis in found:
            found[gate.basis].add(Compiled.REPORTING_GATE)
    for one in information():
        found[one.row].add(Compiled.INFORMATION)
    for state in password_laws():
        found[f"password_laws.csv:{state}"] = {Compiled.ACCESS}
    for class_id in protected_classes():
        found[f"protected_classes.csv:{class_id}"] = {Compiled.WITHHELD}
    return {row: frozenset(kinds) for row, kinds in found.items()}


def uncompiled() -> tuple[str, ...]:
    """Return the rows of which nothing was made and nobody said why: none, or a fault."""
    return tuple(sorted(row for row, kinds in compiled().items() if not kinds))


@lru_cache(maxsize=1)
def information() -> tuple[Information, ...]:
    """Return the rows that are information only. Raises `PolicyError` for one without law."""
    file = TomlFile(INFORMATION_FILE)
    rows: Any = file.fields.get("information", [])
    found = tuple(file.model(Information, row, "information", at) for at, row in enumerate(rows))
    for one in found:
        legal_param(one.row)
    return found
