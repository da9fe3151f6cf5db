"""Row S10 at its two last doors: what would still tell does not cross, nor does a manager."""

from collections.abc import Callable
from typing import Any

import pytest

import casework.releasing.release
from casework.applicant.cases import find_case
from casework.attribution.attribute import unattributed
from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import release
from casework.reviewing.review import approve, open_desk
from casework.steps.permissions import BEHIND_THE_WALL, Permission, authorize
from models.audit import AuditAction
from models.case import CaseState
from models.errors import LeakError, NotPermittedError, RawAccessError
from models.people import Role
from storage.audit import AuditLog
from storage.exposures import ExposureStore
from storage.outbox import OutboxStore

Post = Callable[..., str]
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."


def answered(office: Any, post: Post) -> Any:
    """Take a case to the end of the applicant's time."""
    case_id = office.screened(post(THREAT))
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        taken = {"actor": reviewer, "vault": office.vault, "now": office.now}
        open_desk(case_id, screener=office.services.screener_of(case_id), **taken)
        approve(case_id, **taken)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    office.clock.move(days=14)
    return case_id


def denied(office: Any, case_id: Any) -> tuple[str, str]:
    with office.vault.read() as tx:
        entry = AuditLog(tx).entries(case_id)[-1]
    assert entry.action is AuditAction.DENIED
    return entry.actor, entry.code


def test_s10_a_package_is_looked_at_once_more_as_it_crosses(
    office: Any, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list may have grown since the package was built; the refusal repeats none of its words."""
    case_id = answered(office, post)
    officer = office.who(Role.RELEASING_OFFICER)
    with monkeypatch.context() as grown:
        grown.setattr(
            casework.releasing.release, "leaks", lambda text: ("leak.word",) if text else ()
        )
        with pytest.raises(LeakError) as caught:
            release(case_id, **officer)
    assert caught.value.code == "E-S10-LEAK"
    assert "boss" not in str(caught.value)
    assert denied(office, case_id) == (officer["actor"].id, "E-S10-LEAK")
    assert find_case(case_id, vault=office.vault).state is CaseState.REBUTTAL
    with office.vault.read() as tx:
        assert not OutboxStore(tx).pending(casework.releasing.release.DELIVERY, case_id=case_id)
    assert release(case_id, **officer).texts()
    assert find_case(case_id, vault=office.vault).state is CaseState.RELEASED


def test_s10_a_manager_who_asks_for_raw_evidence_is_refused_by_name(
    office: Any, post: Post
) -> None:
    case_id = office.screened(post(THREAT))
    manager = office.who(Role.HIRING_MANAGER)
    for look in (
        lambda: open_desk(case_id, screener=office.services.screener_of(case_id), **manager),
        lambda: unattributed(case_id, **manager),
    ):
        with pytest.raises(RawAccessError) as caught:
            look()
        assert caught.value.code == "E-S10-RAW-ACCESS"
        assert denied(office, case_id) == (manager["actor"].id, "E-S10-RAW-ACCESS")
        with office.vault.read() as tx:
            assert not ExposureStore(tx).exposed(manager["actor"].id, case_id)
    reviewer = office.who(Role.WALL_OFF_REVIEWER)
    assert open_desk(case_id, screener=office.services.screener_of(case_id), **reviewer).findings


@pytest.mark.parametrize("permission", sorted(BEHIND_THE_WALL))
def test_s10_no_step_behind_the_wall_is_a_manager_s(office: Any, permission: Permission) -> None:
    """Anybody else without a grant is merely not permitted."""
    with pytest.raises(RawAccessError):
        authorize(office.people[Role.HIRING_MANAGER], permission)
    with pytest.raises(NotPermittedError) as caught:
        authorize(office.people[Role.ADMINISTRATOR], permission)
    assert caught.value.code == "not-permitted"
