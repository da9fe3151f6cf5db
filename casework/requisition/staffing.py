"""A requisition opens with enough people for its duties, or names which agency does the rest.

Five duties of a case fall to five different people. An agency with fewer names, in its policy,
which duties another agency does; without that, the requisition is refused with the duties that
would fall to one person.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from models.counsel_clauses import TooFewPeopleError
from models.counsel_rules import CounselRules, StaffedDuty
from models.ids import ActorId
from models.people import Actor, Role
from models.requisition import Policy
from storage.people import PersonStore
from storage.transaction import Transaction

ROLE_OF: Final[Mapping[StaffedDuty, Role]] = {
    StaffedDuty.COLLECT: Role.INVESTIGATOR,
    StaffedDuty.FIRST_REVIEW: Role.WALL_OFF_REVIEWER,
    StaffedDuty.SECOND_REVIEW: Role.WALL_OFF_REVIEWER,
    StaffedDuty.RELEASE: Role.RELEASING_OFFICER,
    StaffedDuty.DECIDE: Role.HIRING_MANAGER,
}


def require_people(tx: Transaction, policy: Policy) -> None:
    """Raise `TooFewPeopleError` unless every duty that is not outsourced has a person of its own.

    Without the policy's `[counsel]` table nothing is asked.
    """
    if policy.counsel is None:
        return
    people = [actor for actor, _label in PersonStore(tx).all()]
    alone, collide = unstaffed(people, policy.counsel)
    if alone or collide:
        said = [f"nobody is registered for: {', '.join(alone)}"] if alone else []
        if collide:
            said.append(f"one person would have to do more than one of: {', '.join(collide)}")
        raise TooFewPeopleError(
            "; ".join(said) + ". Register more people, or name in the policy's [counsel] table, "
            "under `outsourced`, which agency does which duty"
        )


def unstaffed(
    people: Iterable[Actor], rules: CounselRules
) -> tuple[list[StaffedDuty], list[StaffedDuty]]:
    """Return the duties that nobody may do, and those that too few people would have to share."""
    elsewhere = {one.duty for one in rules.outsourced}
    able = {
        duty: [one.id for one in people_able if _may(one, duty, rules)]
        for people_able in [list(people)]
        for duty in StaffedDuty
        if duty not in elsewhere
    }
    alone = [duty for duty in able if not able[duty]]
    doing: dict[ActorId, StaffedDuty] = {}
    short = [duty for duty in able if able[duty] and not _given(duty, able, doing, set())]
    collide: list[StaffedDuty] = []
    for duty in short:
        collide += [one for one in able if set(able[one]) & set(able[duty])]
    return alone, sorted(set(collide), key=list(StaffedDuty).index)


def _may(person: Actor, duty: StaffedDuty, rules: CounselRules) -> bool:
    if ROLE_OF[duty] not in person.roles:
        return False
    reviews = ROLE_OF[duty] is Role.WALL_OFF_REVIEWER
    return not (reviews and rules.reviewers and person.id not in rules.reviewers)


def _given(
    duty: StaffedDuty,
    able: Mapping[StaffedDuty, list[ActorId]],
    doing: dict[ActorId, StaffedDuty],
    seen: set[ActorId],
) -> bool:
    """Find somebody for a duty, moving others to another duty of theirs where that helps."""
    for person in able[duty]:
        if person in seen:
            continue
        seen.add(person)
        if person not in doing or _given(doing[person], able, doing, seen):
            doing[person] = duty
            return True
    return False
