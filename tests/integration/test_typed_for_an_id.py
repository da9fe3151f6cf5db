"""Words typed in the place of an id never reach the audit log, which nothing can be erased from."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from sqlalchemy import select

from casework.counsel.consistency import consistency_report
from casework.people.exposure import exposure_ledger
from casework.people.people import add_person
from casework.people.staff import revoke_authorisation
from casework.people.training import close_gap
from casework.requisition.policy_keys import trust_policy_key
from casework.screening.exclusions import count_exclusions
from models.audit import AuditAction
from models.errors import WalloffError
from models.ids import ActorId, CaseId, RequisitionId
from models.people import Actor, Role
from storage.audit import AuditLog
from storage.note import Signer
from storage.tables.audit import LEAVES, QUEUE

SURNAME: Final = "Applegate-Zoroaster"
"""A name that has the shape of a code."""
VKEY: Final = Signer("policy.example", bytes(32)).vkey

STEPS: Final[dict[str, tuple[Role, Callable[..., object]]]] = {
    "counts by requisition": (
        Role.AUDITOR,
        lambda **who: count_exclusions(RequisitionId(SURNAME), **who),
    ),
    "a report on a requisition": (
        Role.AUDITOR,
        lambda **who: consistency_report(RequisitionId(SURNAME), **who),
    ),
    "the exposures of a case": (
        Role.AUDITOR,
        lambda **who: exposure_ledger(case_id=CaseId(SURNAME), **who),
    ),
    "the owner of a key": (
        Role.ADMINISTRATOR,
        lambda **who: trust_policy_key(ActorId(SURNAME), VKEY, **who),
    ),
    "whose authorisation ends": (
        Role.SUPERVISOR,
        lambda **who: revoke_authorisation(ActorId(SURNAME), **who),
    ),
    "whose gap is closed": (
        Role.TRAINING_OFFICER,
        lambda **who: close_gap(ActorId(SURNAME), "forum", **who),
    ),
}


def log_in_clear(prepared: Any) -> str:
    with prepared.vault.read() as tx:
        rows = [*tx.execute(select(LEAVES.c.object_id, LEAVES.c.body))]
        rows += tx.execute(select(QUEUE.c.object_id, QUEUE.c.body))
    return repr(rows)


@pytest.mark.parametrize("permitted", [True, False])
@pytest.mark.parametrize("name", STEPS)
def test_the_refusal_is_logged_without_what_was_typed(
    prepared: Any, name: str, permitted: bool
) -> None:
    role, take = STEPS[name]
    home = prepared.vault.home.id
    with prepared.vault.read() as tx:
        before = len(AuditLog(tx).entries(home))
    with pytest.raises(WalloffError) as refusal:
        take(**prepared.who(role if permitted else Role.HIRING_MANAGER))
    assert SURNAME not in str(refusal.value)
    assert SURNAME not in log_in_clear(prepared)
    with prepared.vault.read() as tx:
        (entry,) = AuditLog(tx).entries(home)[before:]
    assert (entry.action, entry.code) == (AuditAction.DENIED, refusal.value.code)


def test_who_is_registered_is_named_where_a_step_about_them_is_refused(prepared: Any) -> None:
    person = prepared.people[Role.INVESTIGATOR].id
    with pytest.raises(WalloffError):
        revoke_authorisation(person, **prepared.who(Role.HIRING_MANAGER))
    with prepared.vault.read() as tx:
        assert AuditLog(tx).entries(person)[-1].action is AuditAction.DENIED


def test_whoever_may_register_nobody_writes_no_name_into_the_log(prepared: Any) -> None:
    stranger = Actor(id=ActorId(SURNAME), roles=frozenset({Role.AUDITOR}))
    with pytest.raises(WalloffError):
        add_person(stranger, SURNAME, **prepared.who(Role.HIRING_MANAGER))
    assert SURNAME not in log_in_clear(prepared)


def test_a_requisition_that_is_none_is_refused_not_counted(prepared: Any) -> None:
    """An empty answer would say that nothing was left out of a requisition that there never was."""
    with pytest.raises(WalloffError) as refusal:
        count_exclusions(RequisitionId("0" * 32), **prepared.who(Role.AUDITOR))
    assert refusal.value.code == "requisition-not-found"
