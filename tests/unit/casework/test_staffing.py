"""Which duties collide is said exactly, by a matching of people to duties."""

from casework.requisition.staffing import unstaffed
from models.counsel_rules import CounselRules, Outsourced, StaffedDuty
from models.ids import ActorId
from models.people import Actor, Role

D = StaffedDuty
ALL = (Role.INVESTIGATOR, Role.WALL_OFF_REVIEWER, Role.RELEASING_OFFICER, Role.HIRING_MANAGER)


def people(*roles: tuple[Role, ...]) -> list[Actor]:
    return [
        Actor(id=ActorId(f"p{number}"), roles=frozenset(held)) for number, held in enumerate(roles)
    ]


def test_five_people_with_every_role_are_enough_and_four_are_not() -> None:
    assert unstaffed(people(*[ALL] * 5), CounselRules()) == ([], [])
    alone, collide = unstaffed(people(*[ALL] * 4), CounselRules())
    assert alone == []
    assert collide == list(D)


def test_five_people_of_one_role_are_not_enough() -> None:
    alone, collide = unstaffed(people(*[(Role.INVESTIGATOR,)] * 5), CounselRules())
    assert alone == [D.FIRST_REVIEW, D.SECOND_REVIEW, D.RELEASE, D.DECIDE]
    assert collide == []


def test_what_is_outsourced_needs_nobody_here() -> None:
    two = people((Role.INVESTIGATOR,), (Role.HIRING_MANAGER,))
    elsewhere = tuple(
        Outsourced(duty=duty, agency="Next county")
        for duty in (D.FIRST_REVIEW, D.SECOND_REVIEW, D.RELEASE)
    )
    assert unstaffed(two, CounselRules(outsourced=elsewhere)) == ([], [])


def test_somebody_is_moved_to_a_duty_that_nobody_else_can_do() -> None:
    """The first in the list could collect; only they can release."""
    staff = people(
        (Role.INVESTIGATOR, Role.RELEASING_OFFICER),
        (Role.INVESTIGATOR,),
        (Role.WALL_OFF_REVIEWER,),
        (Role.WALL_OFF_REVIEWER,),
        (Role.HIRING_MANAGER,),
    )
    assert unstaffed(staff, CounselRules()) == ([], [])
