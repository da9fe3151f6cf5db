"""E-Q2-LOG-BROKEN: whoever gathered is in the log, by whichever step they did."""

from typing import Any

import pytest

from casework.steps.step import entry
from models.audit import AuditAction
from models.errors import AuditBrokenError
from models.people import Role
from storage.audit import AuditLog
from storage.duties import Duty, DutyStore
from storage.log_check import require_whole_log


def gathered(office: Any, action: AuditAction) -> None:
    """Write down that an investigator gathered, with an entry of some step, and look at the log."""
    case_id, investigator = office.drafted(), office.people[Role.INVESTIGATOR]
    with office.vault.write(case_id) as tx:
        DutyStore(tx).record(case_id, investigator.id, Duty.COLLECTED, office.now)
        made = entry(
            action,
            actor=investigator,
            role=Role.INVESTIGATOR,
            object_id=case_id,
            now=office.now,
        )
        AuditLog(tx).append(made)
        require_whole_log(tx, case_id)


@pytest.mark.parametrize(
    "action", [AuditAction.SOURCE_REGISTERED, AuditAction.CONTACT_MADE, AuditAction.CAPTURED]
)
def test_a_step_that_gathers_stands_for_who_gathered(office: Any, action: AuditAction) -> None:
    """A folder, a friend who was spoken to, and an item of somebody else's account."""
    gathered(office, action)


@pytest.mark.parametrize("action", [AuditAction.RAW_READ, AuditAction.CONTACT_PROPOSED])
def test_no_other_step_stands_for_it(office: Any, action: AuditAction) -> None:
    with pytest.raises(AuditBrokenError):
        gathered(office, action)
