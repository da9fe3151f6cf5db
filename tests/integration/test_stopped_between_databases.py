"""A step that takes the manager's copy back and is stopped there is taken again, to one end."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from casework.applicant.cases import find_case
from casework.counsel.breaches import contain_breach, report_breach
from casework.deciding.disputes import open_dispute, resolve_dispute
from casework.deciding.manager import view
from casework.deciding.recall import recall
from casework.preview.window import window_of
from models.audit import AuditAction
from models.case import CaseState
from models.counsel import BreachKind
from models.dispute import DisputeOutcome, RecallReason
from models.errors import RecordNotFoundError
from models.people import Role
from models.rebuttal import Claim
from storage.audit import AuditLog

THREAT: Final = "I am going to kill my boss on Monday, I swear I will beat him to death."
Step = Callable[[], object]


def recalled(office: Any, case_id: Any) -> Step:
    who = office.who(Role.WALL_OFF_REVIEWER) | {"released": office.services.released}
    return lambda: recall(case_id, RecallReason.ERROR, **who)


def disputed(office: Any, case_id: Any) -> Step:
    with office.vault.read() as tx:
        shown = window_of(tx, case_id).shown[0]
    redactor = office.services.screener_of(case_id).redactor
    open_dispute(
        case_id, [shown], Claim.FALSE, None, redactor=redactor, **office.who(Role.APPLICANT)
    )
    who = office.who(Role.WALL_OFF_REVIEWER) | {"released": office.services.released}
    return lambda: resolve_dispute(case_id, DisputeOutcome.CORRECTED, **who)


def contained(office: Any, case_id: Any) -> Step:
    seen = [office.people[Role.INVESTIGATOR].id]
    who = office.who(Role.SUPERVISOR)
    breach = report_breach(case_id, BreachKind.RAW_SEEN, seen, **who)
    who["released"] = office.services.released
    return lambda: contain_breach(case_id, breach.id, **who)


@pytest.mark.parametrize("taken", [recalled, disputed, contained])
def test_what_was_taken_back_and_not_written_down_is_taken_back_again(
    office: Any, post: Any, taken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = office.released(post(THREAT))
    manager = office.who(Role.HIRING_MANAGER) | {"released": office.services.released}
    view(case_id, **manager)
    take = taken(office, case_id)
    before = find_case(case_id, vault=office.vault).state

    def stopped(*_what: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("casework.deciding.recall.store_package", stopped)
        with pytest.raises(KeyboardInterrupt):
            take()
    assert find_case(case_id, vault=office.vault).state is before
    with pytest.raises(RecordNotFoundError):
        office.services.released.view(case_id)
    take()
    assert find_case(case_id, vault=office.vault).state is CaseState.RECALLED
    with office.vault.read() as tx:
        done = [one.action for one in AuditLog(tx).entries(case_id)]
    assert done.count(AuditAction.RECALLED) == 1
    assert done.count(AuditAction.RECUSED) == 1
