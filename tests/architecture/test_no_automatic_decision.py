"""A1: no path leads from a machine to a decision, and no number stands for a person."""

from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from casework.steps.permissions import GRANTS, Permission
from casework.steps.step import A_PERSON_DECIDES, Work
from models.adverse import Document
from models.case import TRANSITIONS, CaseState
from models.clauses import AutoDecisionError
from models.decision import Decision
from models.people import SYSTEM, Role
from models.rebuttal import Clarification
from models.release import ReleasePackage

ROOT = Path(__file__).resolve().parents[2]
INDEXES = {"finding"}
"""Numbers that name a place in a list."""


@pytest.mark.parametrize(("origin", "to"), list(product(CaseState, sorted(A_PERSON_DECIDES))))
def test_the_system_moves_no_case_into_a_decision(origin: CaseState, to: CaseState) -> None:
    """Over the whole table, whatever permission the step had: the move itself is refused."""
    case: Any = type("C", (), {"state": origin})()
    work = Work(tx=None, case=case, actor=SYSTEM, role=Role.SYSTEM, now=None)  # type: ignore[arg-type]
    with pytest.raises(AutoDecisionError):
        work.move(to)


def test_every_state_that_decides_is_among_those_barred() -> None:
    decisions = {CaseState.FAVOURABLE, CaseState.PENDING_ADVERSE, CaseState.ADVERSE}
    assert decisions == A_PERSON_DECIDES
    assert all(
        decisions.isdisjoint(TRANSITIONS[state])
        for state in CaseState
        if state not in {CaseState.RELEASED, CaseState.PENDING_ADVERSE, CaseState.DISPUTED}
    )


def test_no_permission_of_the_system_decides() -> None:
    holders = {
        permission
        for permission, clauses in GRANTS.items()
        if any(clause.role is Role.SYSTEM for clause in clauses)
    }
    assert Permission.DECIDE not in holders
    assert {clause.role for clause in GRANTS[Permission.DECIDE]} == {Role.HIRING_MANAGER}


def test_cases_move_through_the_guarded_step_alone() -> None:
    """Else the guard could be walked around."""
    users = {
        path.relative_to(ROOT).as_posix()
        for package in ("casework", "cli", "flows", "portal", "walloff")
        for path in (ROOT / package).rglob("*.py")
        if "CaseStore(" in path.read_text()
        and ".move(" in path.read_text()
        and "CaseStore(self.tx).move(" in path.read_text()
    }
    assert users == {"casework/steps/step.py"}
    for package in ("casework", "cli", "flows", "portal", "walloff"):
        for path in (ROOT / package).rglob("*.py"):
            for line in path.read_text().splitlines():
                if ".move(" in line and "work.move(" not in line and "shutil.move(" not in line:
                    assert path.relative_to(ROOT).as_posix() == "casework/steps/step.py", (
                        path,
                        line,
                    )


def numbers(model: type[BaseModel], seen: set[type] | None = None) -> set[str]:
    """Return the fields that hold a number, in a model and in what it is made of."""
    seen = seen if seen is not None else set()
    if model in seen:
        return set()
    seen.add(model)
    found: set[str] = set()
    for name, field in model.model_fields.items():
        todo, kinds = [field.annotation], []
        while todo:
            kind = todo.pop()
            todo += get_args(kind)
            kinds.append(kind)
        for kind in kinds:
            if kind in (int, float):
                found.add(name)
            elif isinstance(kind, type) and issubclass(kind, BaseModel):
                found |= numbers(kind, seen)
    return found


@pytest.mark.parametrize("model", [ReleasePackage, Decision, Clarification, Document])
def test_no_score_stands_in_anything_that_crosses(model: type[BaseModel]) -> None:
    assert numbers(model) <= INDEXES
    for name in model.model_fields:
        assert not any(word in name for word in ("score", "rank", "rating", "probability"))


def test_a_score_would_be_found() -> None:
    class Scored(BaseModel):
        inner: tuple[ReleasePackage, ...]
        score: float | None

    assert numbers(Scored) == {"score"}
