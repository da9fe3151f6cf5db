"""The exposure ledger: who saw what of which case, and who is recused by it (S10, POL-06)."""

from collections.abc import Callable
from typing import Any

import pytest

from casework.deciding.manager import view
from casework.people.exposure import exposure_ledger
from casework.people.staff import name_panel
from casework.reviewing.review import open_desk
from casework.steps.step import standing_of
from models.audit import AuditAction
from models.errors import NotPermittedError, TaintedDeciderError
from models.exposure import Material
from models.people import Role
from models.protected import Tier
from storage.audit import AuditLog

Post = Callable[..., str]
FAITH = "My mosque held a dinner for Ramadan, and we snorted cocaine all night at the lake house."


def by(office: Any, actor: Any) -> dict[str, Any]:
    return {"actor": actor, "vault": office.vault, "now": office.now}


def looked(office: Any, case_id: Any, who: Any) -> None:
    open_desk(case_id, screener=office.services.screener_of(case_id), **by(office, who))


def actions(office: Any, case_id: Any, who: Any) -> list[AuditAction]:
    with office.vault.read() as tx:
        return [one.action for one in AuditLog(tx).entries(case_id) if one.actor == who.id]


def both(office: Any) -> Any:
    """A manager who reviews as well, as in a small agency."""
    roles = frozenset({Role.WALL_OFF_REVIEWER, Role.HIRING_MANAGER})
    return office.people[Role.HIRING_MANAGER].model_copy(update={"roles": roles})


def test_a_look_is_in_the_ledger_with_its_tiers_for_the_custodian_alone(
    office: Any, post: Post
) -> None:
    """By case, a tier tells what the applicant is: auditors and supervisors see none."""
    case_id = office.screened(post(FAITH))
    reviewer = office.people[Role.WALL_OFF_REVIEWER]
    looked(office, case_id, reviewer)
    told = exposure_ledger(case_id=case_id, **office.who(Role.EVIDENCE_CUSTODIAN))
    assert {line.person for line in told if line.material is Material.REVIEW} == {reviewer.id}
    assert any(line.tiers and Tier.NEVER_REPORTABLE in line.tiers for line in told)
    assert all(line.at == office.now for line in told if line.material is not None)
    for role in (Role.SUPERVISOR, Role.AUDITOR):
        lines = exposure_ledger(case_id=case_id, person=reviewer.id, **office.who(role))
        assert lines
        assert all(line.tiers is None for line in lines)


def test_the_ledger_is_read_by_few_and_its_reading_is_logged(office: Any, post: Post) -> None:
    case_id = office.screened(post(FAITH))
    for role in (Role.HIRING_MANAGER, Role.INVESTIGATOR, Role.WALL_OFF_REVIEWER):
        with pytest.raises(NotPermittedError):
            exposure_ledger(case_id=case_id, **office.who(role))
    exposure_ledger(case_id=case_id, **office.who(Role.AUDITOR))
    auditor = office.people[Role.AUDITOR]
    assert actions(office, case_id, auditor) == [AuditAction.EXPOSURES_READ]


def test_who_would_decide_is_recused_by_a_look(office: Any, post: Post) -> None:
    case_id = office.screened(post(FAITH))
    manager = both(office)
    looked(office, case_id, manager)
    assert AuditAction.RECUSED in actions(office, case_id, manager)
    with pytest.raises(TaintedDeciderError) as caught:
        view(case_id, released=office.services.released, **by(office, manager))
    assert caught.value.code == "E-S10-TAINTED-DECIDER"
    assert actions(office, case_id, manager)[-1] is AuditAction.DENIED


def test_a_member_of_the_panel_is_recused_as_well_and_a_reviewer_is_not(
    office: Any, post: Post
) -> None:
    case_id = office.screened(post(FAITH))
    member, other = office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer
    name_panel(office.requisition.id, {member.id}, **office.who(Role.POLICY_OWNER))
    for person in (member, other):
        looked(office, case_id, person)
    assert AuditAction.RECUSED in actions(office, case_id, member)
    assert AuditAction.RECUSED not in actions(office, case_id, other)


def test_a_look_at_one_case_recuses_from_the_same_applicant_s_others(
    office: Any, post: Post
) -> None:
    """Also where the look comes after the other case was disclosed."""
    first = office.screened(post(FAITH))
    second = office.screened(post("Rain again."))
    manager = both(office)
    with office.vault.read() as tx:
        assert not standing_of(tx, manager, second).exposed
    looked(office, first, manager)
    with office.vault.read() as tx:
        assert standing_of(tx, manager, second).exposed
    with pytest.raises(TaintedDeciderError):
        view(second, released=office.services.released, **by(office, manager))
