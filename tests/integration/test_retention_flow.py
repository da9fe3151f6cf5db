"""The nightly flow retains what has ended and destroys what is due; it passes on counts only."""

from importlib import import_module
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.applicant.consent import sign_consent
from casework.records.clock_guard import confirm_clock
from casework.records.retention import explain_retention
from models.case import CaseState
from models.errors import StepFailedError
from models.people import Role


@pytest.fixture
def ended(office: Any) -> Any:
    case_id = office.noticed()
    sign_consent(
        case_id,
        granted=frozenset(),
        refused=office.requisition.policy.consent_items,
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    return case_id


def test_the_flow_carries_a_case_to_its_end(office: Any, ended: Any) -> None:
    """Night after night: retained at once, destroyed when its time has come, then left alone."""
    flow = import_module("flows.retention_sweep")

    def night() -> tuple[int, int]:
        """The flow's two tasks, in its order; a server of Prefect's own would outlive the test."""
        return flow.retain_ended.fn(), flow.sweep.fn()

    assert night() == (1, 0)
    assert find_case(ended, vault=office.vault).state is CaseState.RETAINED
    last = explain_retention(ended, **office.who(Role.AUDITOR)).dates.keep_until
    assert last is not None
    office.clock.move(days=(last - office.now.date()).days + 2)
    with pytest.raises(StepFailedError) as failed:
        night()
    assert (failed.value.step, failed.value.cause) == ("sweep", "clock-disagrees")
    assert find_case(ended, vault=office.vault).state is CaseState.RETAINED
    confirm_clock(office.now.date(), **office.who(Role.EVIDENCE_CUSTODIAN))
    assert [night(), night()] == [(0, 1), (0, 0)]
    assert find_case(ended, vault=office.vault).state is CaseState.DESTROYED
