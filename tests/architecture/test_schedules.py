"""Every automatic step is reached by a scheduled flow, and every flow is deployed."""

import ast
import inspect
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.session import SCHEDULED_FLOWS
from models.segment import OF_CASES, Segment
from walloff import upkeep
from walloff.schedules import SCHEDULES
from walloff.upkeep import DUTIES

ROOT = Path(__file__).resolve().parents[2]
DEPLOYMENTS: list[dict[str, Any]] = yaml.safe_load((ROOT / "deployments/prefect.yaml").read_text())[
    "deployments"
]
FLOWS = sorted(path.stem for path in (ROOT / "flows").glob("[a-z]*.py"))
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

LOOKED_UP = {
    "plan_sweep",
    "overdue_cases",
    "referrals_due",
    "protected_alone",
    "protected_in",
}
"""They take a time and change nothing: steps of people ask them."""
BY_PEOPLE = {"note_creation"}
"""A command of a person's notes it."""


def decorated(module: str) -> dict[str, Any]:
    """The flows and tasks of a flow file, by name."""
    found = vars(import_module(f"flows.{module}"))
    return {
        name: one
        for name, one in found.items()
        if hasattr(one, "fn") and one.fn.__module__ == f"flows.{module}"
    }


def used(path: Path) -> set[str]:
    """Every name that a module uses beyond importing it."""
    tree = ast.parse(path.read_text())
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_every_flow_function_has_a_deployment() -> None:
    deployed = {one["entrypoint"] for one in DEPLOYMENTS}
    flows = {
        f"flows/{module}.py:{name}"
        for module in FLOWS
        for name, one in decorated(module).items()
        if type(one).__name__ == "Flow"
    }
    assert flows == deployed


def test_every_segment_is_deployed_under_its_name() -> None:
    """A worker finds a deployment by the segment's name."""
    assert {one["name"] for one in DEPLOYMENTS} == {segment.value for segment in Segment}
    for one in DEPLOYMENTS:
        segment = Segment(one["name"])
        if segment in OF_CASES:
            assert one["parameters"] == {"segment": segment.value}
        else:
            name = SCHEDULED_FLOWS[segment]
            assert one["entrypoint"] == f"flows/{name}.py:{name}"


def test_the_deployments_are_scheduled_as_one_machine_is() -> None:
    written = {
        one["name"]: [schedule["cron"] for schedule in one["schedules"]]
        for one in DEPLOYMENTS
        if "schedules" in one
    }
    assert written == {one.segment.value: [one.cron] for one in SCHEDULES}
    assert all(
        schedule["active"] and schedule["timezone"] == "UTC"
        for one in DEPLOYMENTS
        for schedule in one.get("schedules", ())
    )


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda one: one.segment)
def test_a_schedule_comes_again_after_its_time_and_never_at_it(schedule: Any) -> None:
    first = schedule.next_after(NOON)
    assert NOON < first <= NOON + schedule.every
    assert schedule.next_after(first) == first + schedule.every
    assert schedule.next_after(first - timedelta(seconds=1)) == first


def test_every_deployment_is_limited() -> None:
    """Runs on the home exclude each other; batches wait for their place, and are never dropped."""
    for one in DEPLOYMENTS:
        alone = Segment(one["name"]) not in OF_CASES
        assert one["concurrency_limit"]["collision_strategy"] == (
            "CANCEL_NEW" if alone else "ENQUEUE"
        )
        assert one["concurrency_limit"]["limit"] == 1 or not alone


def test_every_duty_of_upkeep_is_called_by_a_scheduled_flow() -> None:
    duties = {
        name
        for name, one in vars(upkeep).items()
        if inspect.isfunction(one) and one.__module__ == upkeep.__name__ and name[0] != "_"
    }
    called = {one.__name__ for one in DUTIES.values()}
    for path in (ROOT / "flows").glob("[a-z]*.py"):
        called |= used(path)
    # It does them all at once, for tests and for whoever has no scheduler.
    assert duties - called == {"reconcile_home"}


def test_everything_that_upkeep_imports_is_one_of_its_duties() -> None:
    tree = ast.parse((ROOT / "walloff/upkeep.py").read_text())
    imported = {
        alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert imported <= used(ROOT / "walloff/upkeep.py") | {"Final", "Callable"}


def test_every_step_that_nobody_takes_is_taken_by_the_machine() -> None:
    """A step of casework with a time and no actor runs by itself, so something has to call it."""
    functions = {
        node.name: node
        for path in (ROOT / "casework").rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }
    steps = {
        name
        for name, node in functions.items()
        for given in [{one.arg for one in (*node.args.args, *node.args.kwonlyargs)}]
        if not name.startswith("_") and {"now", "vault"} <= given and "actor" not in given
    }
    new: set[str] = set()
    for path in (ROOT / "walloff").glob("*.py"):
        if not path.stem.startswith("rehears"):
            new |= used(path)
    reached: set[str] = set()
    while new:
        reached |= new
        called = (functions[name] for name in new if name in functions)
        new = {
            one.id for node in called for one in ast.walk(node) if isinstance(one, ast.Name)
        } - reached
    assert len(steps) > 15
    assert steps - reached <= LOOKED_UP | BY_PEOPLE


@pytest.mark.parametrize("module", FLOWS)
def test_every_task_is_retried_with_a_pause_and_ends(module: str) -> None:
    """What a refusal is stays one; anything else is tried again, each time after a longer pause."""
    for name, one in decorated(module).items():
        assert one.timeout_seconds, name
        assert one.persist_result is False, name
        if type(one).__name__ == "Task":
            assert one.retries == len(one.retry_delay_seconds) >= 2, name
            assert one.retry_delay_seconds == sorted(one.retry_delay_seconds)
            assert one.retry_condition_fn is not None
            assert one.retry_jitter_factor
            assert "guarded" in inspect.getsource(one.fn), f"{name} lets any error out"


def test_prefect_is_told_nothing_but_names_and_opaque_ids() -> None:
    """What a flow takes is what Prefect stores in clear."""
    for module in FLOWS:
        for name, one in decorated(module).items():
            if type(one).__name__ == "Flow":
                taken = list(inspect.signature(one.fn).parameters)
                assert taken == (["segment", "batch_id"] if module == "case_batch" else []), name
