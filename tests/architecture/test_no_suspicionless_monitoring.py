"""M2: no path leads to a monitoring case but an approved trigger, and no clock leads anywhere."""

import ast
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from casework.steps.monitoring_gate import require_trigger
from casework.steps.permissions import GRANTS, Permission
from models.case import CaseState, may_move
from models.clauses import NoTriggerError
from models.people import Role

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
OPENING = (Permission.STATE_TRIGGER, Permission.APPROVE_TRIGGER, Permission.OPEN_MONITORING)


def puts(kind: str) -> set[str]:
    """The modules that name a kind of record."""
    found = set()
    for path in (each for one in PACKAGES for each in (ROOT / one).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr == kind:
                found.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return found


@pytest.mark.parametrize("permission", OPENING)
def test_no_machine_states_approves_or_opens(permission: Permission) -> None:
    """Investigators and supervisors state, supervisors approve and open; nobody else."""
    roles = {clause.role for clause in GRANTS[permission]}
    assert Role.SYSTEM not in roles
    assert roles <= {Role.INVESTIGATOR, Role.SUPERVISOR}
    assert all(clause.conditions for clause in GRANTS[permission])


def test_a_scope_is_recorded_by_the_step_that_asks_and_read_by_the_gate() -> None:
    assert puts("MONITORING_SCOPE") == {
        "casework.after_hire.monitoring",
        "casework.steps.monitoring_gate",
    }
    assert puts("OPEN_MONITORING") <= {
        "casework.after_hire.monitoring",
        "casework.steps.permissions",
        "casework.steps.restriction",
    }


def test_every_case_that_moves_asks_the_gate() -> None:
    """`Work.move` is the one caller of the store's move, and the gate stands in it."""
    source = (ROOT / "casework" / "steps" / "step.py").read_text()
    assert source.index("require_trigger(self.tx") < source.index("CaseStore(self.tx).move(")


def test_no_entry_point_reaches_the_opening_but_the_command() -> None:
    """Flows, pages and wiring know no function that opens one."""
    for package in ("flows", "portal", "walloff", "collection", "triage", "storage", "policy"):
        for path in (ROOT / package).rglob("*.py"):
            assert "open_monitoring" not in path.read_text(), path


@pytest.mark.parametrize(("origin", "role"), list(product(CaseState, Role)))
def test_a_draft_without_a_scope_goes_nowhere(
    origin: CaseState, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over every state that leads to telling or gathering, whoever moves the case."""
    monkeypatch.setattr("casework.steps.monitoring_gate.of_monitoring", lambda *_: True)
    monkeypatch.setattr("casework.steps.monitoring_gate.monitoring_scope", lambda *_: None)
    case: Any = type("C", (), {"state": origin, "requisition_id": "r", "id": "c"})()
    tx: Any = None
    for to in (CaseState.NOTICED, CaseState.COLLECTING):
        if may_move(origin, to):
            with pytest.raises(NoTriggerError):
                require_trigger(tx, case, to, f"the-{role}")  # type: ignore[arg-type]
