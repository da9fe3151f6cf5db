"""What somebody did in a case bars them from other steps in it: conditions, and clauses of them."""

from collections.abc import Callable
from dataclasses import dataclass

from models.ids import ActorId
from models.people import Actor, Role


@dataclass(frozen=True, slots=True)
class Standing:
    """What an actor has had to do with one case so far."""

    is_applicant: bool = False
    """Is the very applicant of the case, and acts as such."""
    is_about_actor: bool = False
    """Is whom the case is about, whatever else they are at the agency."""
    collected: bool = False
    exposed: bool = False
    """Has seen raw evidence of the case, or weighed, attributed or disclosed any."""
    reviewed: bool = False
    """Has approved any version of the package."""
    released: bool = False
    decided: bool = False
    approvals: tuple[ActorId, ...] = ()
    """Who has approved the package as it stands."""


Condition = Callable[[Actor, Standing], bool]


def collected_nothing(_actor: Actor, standing: Standing) -> bool:
    """Who gathered evidence neither reviews nor releases."""
    return not standing.collected


def approved_nothing(actor: Actor, standing: Standing) -> bool:
    """Who gave one approval does not give the other, nor releases on it."""
    return actor.id not in standing.approvals


def reviewed_nothing(_actor: Actor, standing: Standing) -> bool:
    """Whoever approved any version of the package does not release it."""
    return not standing.reviewed


def never_exposed(_actor: Actor, standing: Standing) -> bool:
    """Whoever had to do with raw evidence, or with its release, is never the manager of a case."""
    return not (standing.exposed or standing.collected or standing.reviewed or standing.released)


def own_case(_actor: Actor, standing: Standing) -> bool:
    """Act as the applicant in no case but one's own."""
    return standing.is_applicant


def decided_nothing(_actor: Actor, standing: Standing) -> bool:
    """Whoever decided on the case has no business with its raw evidence."""
    return not standing.decided


@dataclass(frozen=True, slots=True)
class Clause:
    """One way to hold a permission: a role, and conditions that are all true."""

    role: Role
    conditions: tuple[Condition, ...] = ()

    def holds(self, actor: Actor, standing: Standing) -> bool:
        """Say whether all conditions are true; on their own case nobody acts but as applicant."""
        if standing.is_about_actor and self.role is not Role.APPLICANT:
            return False
        return all(condition(actor, standing) for condition in self.conditions)


def any_of(*clauses: Clause) -> tuple[Clause, ...]:
    """Return the clauses of a grant: any one of them is enough."""
    return clauses
