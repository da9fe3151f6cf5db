"""The people of a rehearsal: one in every role, so marked that no production home takes them."""

from collections.abc import Iterable
from typing import Final

from casework.people.people import add_person, list_people
from casework.steps.step import Taken
from models.ids import ActorId
from models.people import Actor, Role
from models.requisition import Policy
from walloff.services import Services


def _actor(name: str, *roles: Role) -> Actor:
    return Actor(id=ActorId(f"rehearsal-{name}"), roles=frozenset(roles), rehearsal=True)


ADMINISTRATOR: Final = _actor("administrator", Role.ADMINISTRATOR)
POLICY_OWNER: Final = _actor("policy-owner", Role.POLICY_OWNER)
SUPERVISOR: Final = _actor("supervisor", Role.SUPERVISOR)
TRAINING_OFFICER: Final = _actor("training-officer", Role.TRAINING_OFFICER)
TRAINER: Final = _actor("trainer", Role.TRAINING_OFFICER)
INVESTIGATOR: Final = _actor("investigator", Role.INVESTIGATOR)
APPLICANT: Final = _actor("applicant", Role.APPLICANT)
EMPLOYEE: Final = _actor("employee", Role.APPLICANT)
ANALYST: Final = _actor("analyst", Role.ATTRIBUTION_ANALYST)
FIRST_REVIEWER: Final = _actor("first-reviewer", Role.WALL_OFF_REVIEWER)
SECOND_REVIEWER: Final = _actor("second-reviewer", Role.WALL_OFF_REVIEWER)
QUALITY_REVIEWER: Final = _actor("quality-reviewer", Role.WALL_OFF_REVIEWER)
RELEASING_OFFICER: Final = _actor("releasing-officer", Role.RELEASING_OFFICER)
MANAGER: Final = _actor("hiring-manager", Role.HIRING_MANAGER)
AUDITOR: Final = _actor("auditor", Role.AUDITOR)
CUSTODIAN: Final = _actor("custodian", Role.EVIDENCE_CUSTODIAN)

_CAST: Final = (
    ADMINISTRATOR,
    POLICY_OWNER,
    SUPERVISOR,
    TRAINING_OFFICER,
    TRAINER,
    INVESTIGATOR,
    APPLICANT,
    EMPLOYEE,
    ANALYST,
    FIRST_REVIEWER,
    SECOND_REVIEWER,
    QUALITY_REVIEWER,
    RELEASING_OFFICER,
    MANAGER,
    AUDITOR,
    CUSTODIAN,
)


def engage_cast(policies: Iterable[Policy], services: Services) -> None:
    """Register everybody who is not there yet, and the reviewers whom the policies name."""
    known = {person.id for person, _label in list_people(vault=services.vault)}
    named = {one for policy in policies for one in reviewers_of(policy)}
    for person in (*_CAST, *sorted(named, key=lambda one: one.id)):
        if person.id in known:
            continue
        add_person(
            person,
            f"{person.id} (rehearsal)",
            actor=ADMINISTRATOR if known else None,
            vault=services.vault,
            now=services.clock.now(),
        )
        known.add(person.id)


def reviewers_of(policy: Policy) -> tuple[Actor, Actor]:
    """Return who reviews under a policy: the first two that it names, else the cast's own."""
    named = sorted(policy.counsel.reviewers) if policy.counsel is not None else []
    if len(named) < len((FIRST_REVIEWER, SECOND_REVIEWER)):
        return FIRST_REVIEWER, SECOND_REVIEWER
    first, second = (
        Actor(id=one, roles=frozenset({Role.WALL_OFF_REVIEWER}), rehearsal=True)
        for one in named[:2]
    )
    return first, second


def taken_by(actor: Actor, services: Services) -> Taken:
    """Return the keywords of a step that an actor takes now."""
    return Taken(actor=actor, vault=services.vault, now=services.clock.now())
