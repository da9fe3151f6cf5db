"""A coming of age that is stated late counts all the same: screened, reviewed or shown again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.applicant.consent import withdraw_consent
from casework.deciding.coming_of_age import state_coming_of_age
from casework.deciding.manager import view
from casework.preview.package import build_package, shown_of
from casework.releasing.rebuttal import offer_rebuttal, preview
from casework.releasing.release import release
from casework.reviewing.review import approve, open_desk, weigh_finding
from casework.screening.exclusions import read_exclusions
from casework.screening.reportability import said_by_a_minor
from models.audit import AuditAction
from models.case import CaseState
from models.errors import (
    OutOfScopeError,
    RecordNotFoundError,
    SealedError,
    WalloffError,
    WrongStateError,
)
from models.people import Role
from models.segment import Segment
from storage.audit import AuditLog
from storage.findings import FindingStore

Post = Callable[..., str]
DRUGS = "I snorted cocaine off the desk again last night, third time this week."
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."


def came_of_age(office: Any, case_id: Any, *, days_ago: int = 200, **more: Any) -> None:
    day = (office.now - timedelta(days=days_ago)).date()
    who = office.who(more.pop("by", Role.APPLICANT))
    state_coming_of_age(case_id, day, released=office.services.released, **who)


def state(office: Any, case_id: Any) -> CaseState:
    return find_case(case_id, vault=office.vault).state


def package(office: Any, case_id: Any) -> bytes:
    with office.vault.read() as tx:
        shown = shown_of(tx, case_id, office.requisition, office.now)
    return bytes(build_package(office.requisition, shown).payload())


def reviewed(office: Any, case_id: Any) -> None:
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        who = {"actor": reviewer, "vault": office.vault, "now": office.now}
        open_desk(case_id, screener=office.services.screener_of(case_id), **who)
        approve(case_id, **who)


def logged(office: Any, case_id: Any) -> list[tuple[AuditAction, str]]:
    with office.vault.read() as tx:
        return [(one.action, one.code) for one in AuditLog(tx).entries(case_id)]


def posts(post: Post) -> tuple[str, str]:
    """One of a minor, said 400 days ago, and one of the grown-up."""
    return post(DRUGS, days_ago=400), post(THREAT, days_ago=10)


def test_a_screened_case_is_screened_again(office: Any, post: Post) -> None:
    """The package is that of a case in which nothing was said before."""
    twin = office.screened(post(THREAT, days_ago=10))
    case_id = office.screened(*posts(post))
    assert package(office, case_id) != package(office, twin)
    came_of_age(office, case_id)
    assert state(office, case_id) is CaseState.ATTRIBUTED
    office.run(Segment.SCREEN, case_id)
    assert state(office, case_id) is CaseState.REDACTED
    assert package(office, case_id) == package(office, twin)
    found = read_exclusions(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    assert [one.exclusion.rule for one in found] == ["adult-at-posting"]


def test_a_day_stated_too_late_is_put_right_by_a_second_screening(office: Any, post: Post) -> None:
    """Both ways: what the first day took out is there again."""
    case_id = office.screened(*posts(post))
    before = package(office, case_id)
    came_of_age(office, case_id, days_ago=200)
    office.run(Segment.SCREEN, case_id)
    came_of_age(office, case_id, days_ago=1000)
    office.run(Segment.SCREEN, case_id)
    assert package(office, case_id) == before


def test_a_reviewed_case_is_reviewed_again(office: Any, post: Post) -> None:
    case_id = office.screened(*posts(post))
    reviewed(office, case_id)
    came_of_age(office, case_id)
    assert state(office, case_id) is CaseState.REDACTED
    with pytest.raises(WrongStateError):
        offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    with office.vault.read() as tx:
        [minor] = said_by_a_minor(tx, case_id)
        assert minor in {one.id for one in FindingStore(tx).for_case(case_id)}
    with pytest.raises(OutOfScopeError):
        weigh_finding(case_id, minor, stands=True, **office.who(Role.WALL_OFF_REVIEWER))
    assert logged(office, case_id)[-1] == (AuditAction.DENIED, OutOfScopeError.code)
    reviewed(office, case_id)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    assert len(preview(case_id, **office.who(Role.APPLICANT)).findings) == 1


def test_what_the_applicant_was_shown_is_shown_again_without_it(office: Any, post: Post) -> None:
    case_id = office.offered(*posts(post))
    came_of_age(office, case_id)
    office.clock.move(days=14)
    with pytest.raises(WalloffError):
        release(case_id, **office.who(Role.RELEASING_OFFICER))
    reviewed(office, case_id)
    assert state(office, case_id) is CaseState.REVIEWED
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    assert len(preview(case_id, **office.who(Role.APPLICANT)).findings) == 1
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))


def test_a_release_is_recalled_and_whoever_saw_it_decides_no_more(office: Any, post: Post) -> None:
    case_id = office.released(*posts(post))
    view(case_id, released=office.services.released, **office.who(Role.HIRING_MANAGER))
    came_of_age(office, case_id)
    assert state(office, case_id) is CaseState.RECALLED
    with pytest.raises(RecordNotFoundError):
        office.services.released.view(case_id)
    assert (AuditAction.RECALLED, "error") in logged(office, case_id)
    assert AuditAction.RECUSED in {action for action, _code in logged(office, case_id)}
    assert b"drug" not in package(office, case_id).lower()


def test_where_nothing_was_said_before_the_day_nothing_moves(office: Any, post: Post) -> None:
    case_id = office.released(post(THREAT, days_ago=10))
    before = office.services.released.view(case_id)
    came_of_age(office, case_id)
    assert state(office, case_id) is CaseState.RELEASED
    assert office.services.released.view(case_id) == before
    assert logged(office, case_id)[-1][0] is AuditAction.AGE_STATED


def test_in_a_case_that_is_over_no_day_is_stated(office: Any, post: Post) -> None:
    case_id = office.noticed()
    came_of_age(office, case_id)
    over = office.screened(post(THREAT))
    withdraw_consent(over, **office.who(Role.APPLICANT))
    with pytest.raises(SealedError):
        came_of_age(office, over)
    assert logged(office, over)[-1] == (AuditAction.DENIED, SealedError.code)
