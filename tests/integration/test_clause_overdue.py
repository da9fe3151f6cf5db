"""E-A2-OVERDUE: what should be gone is named, logged once, and gone after the sweep."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from casework.applicant.consent import withdraw_consent
from casework.records.clock_guard import confirm_clock
from casework.records.disposition import due_cases, sweep
from casework.records.holds import lift_hold, place_hold
from casework.records.overdue import overdue_cases, require_none_overdue
from casework.records.retention import retain
from models.audit import AuditAction
from models.clauses import OverdueDestructionError
from models.people import Role
from models.retention import HoldKind
from storage.audit import AuditLog

Post = Callable[..., str]


def overdue_notes(office: Any, case_id: Any) -> list[str]:
    with office.vault.read() as tx:
        return [
            one.code for one in AuditLog(tx).entries(case_id) if one.action is AuditAction.OVERDUE
        ]


def test_a2_what_is_overdue_is_named_and_logged_once(office: Any) -> None:
    case_id = office.consented()
    withdraw_consent(case_id, **office.who(Role.APPLICANT))
    dates = retain(case_id, vault=office.vault, now=office.now)
    require_none_overdue(vault=office.vault, now=office.now)
    last = max(day for day in (dates.keep_until, dates.destroy_by) if day is not None)
    office.clock.moment = datetime.combine(last, time(12), UTC) + timedelta(days=2)
    for _ in range(2):
        with pytest.raises(OverdueDestructionError, match=case_id):
            require_none_overdue(vault=office.vault, now=office.now)
    assert overdue_notes(office, case_id) == [OverdueDestructionError.code]
    assert overdue_cases(vault=office.vault, now=office.now) == [case_id]
    custodian = office.who(Role.EVIDENCE_CUSTODIAN)
    hold = place_hold(case_id, "23-cv-0117", kind=HoldKind.OTHER, **custodian)
    assert overdue_cases(vault=office.vault, now=office.now) == []
    lift_hold(case_id, hold.id, **custodian)
    confirm_clock(office.now.date(), **custodian)
    sweep(
        due_cases(vault=office.vault, now=office.now),
        released=office.services.released,
        **custodian,
    )
    require_none_overdue(vault=office.vault, now=office.now)
