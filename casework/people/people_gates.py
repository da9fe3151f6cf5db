"""The gates of a policy's people table stand inside the steps that they guard.

Without the table no gate asks anything. With it nobody captures, attributes, reviews or releases
but on a whole log; nobody searches or reviews who is not authorised, trained and competent for the
very platforms concerned; and nobody goes on while a quality review of their work is overdue.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime

from casework.people.competence import require_competent
from casework.people.devices import require_device
from casework.people.drawing import overdue_for
from casework.people.staff import ever_on_panel, require_authorised
from casework.requisition.requisitions import frozen
from casework.steps.step import Work
from models.case import Case
from models.errors import SeparationOfDutiesError
from models.ids import ActorId
from models.people_rules import PeopleRules
from models.search_clauses import QualityOverdueError
from storage.log_check import require_whole_log
from storage.transaction import Transaction


def require_searcher(work: Work, *, platforms: AbstractSet[str] = frozenset()) -> None:
    """Raise unless the actor may do this work on this case, about these platforms.

    Raises `AuditBrokenError` (E-Q2-LOG-BROKEN), what `require_authorised` and `require_competent`
    do, and `QualityOverdueError`.
    """
    require_person(work.tx, work.case, work.actor.id, platforms=platforms, now=work.now)


def require_person(
    tx: Transaction,
    case: Case,
    person: ActorId,
    *,
    platforms: AbstractSet[str],
    now: datetime,
) -> None:
    """Raise as `require_searcher` does, of somebody on whose behalf the system works."""
    requisition = frozen(tx, case.requisition_id)
    rules = requisition.policy.people
    if rules is None:
        return
    require_whole_log(tx, case.id)
    require_authorised(tx, person, rules, requisition.id, now=now)
    require_competent(tx, person, requisition.policy, rules, platforms=platforms, now=now)
    if overdue_for(tx, requisition.id, now=now, person=person):
        raise QualityOverdueError("a quality review of this person's work is overdue")


def require_capture(
    tx: Transaction,
    case: Case,
    person: ActorId,
    *,
    device: str | None,
    platforms: AbstractSet[str],
    now: datetime,
) -> None:
    """Raise unless somebody may capture from these platforms on this device.

    Raises what `require_person` and `require_device` do.
    """
    require_person(tx, case, person, platforms=platforms, now=now)
    rules = rules_of(tx, case)
    if rules is not None and rules.devices_required:
        require_device(tx, device, now=now)


def require_releaser(work: Work) -> None:
    """Raise unless the log is whole, the actor selects nobody, and no quality review is overdue.

    Raises `AuditBrokenError`, `SeparationOfDutiesError`, `QualityOverdueError`.
    """
    if rules_of(work.tx, work.case) is None:
        return
    require_whole_log(work.tx, work.case.id)
    if work.actor.id in ever_on_panel(work.tx, work.case.requisition_id):
        raise SeparationOfDutiesError("who selects in a requisition releases nothing in it")
    if overdue_for(work.tx, work.case.requisition_id, now=work.now, case_id=work.case.id):
        raise QualityOverdueError("the quality review of this case is overdue")


def rules_of(tx: Transaction, case: Case) -> PeopleRules | None:
    """Return what the case's frozen policy asks of people, or None if nothing."""
    return frozen(tx, case.requisition_id).policy.people


def joined(platforms: Iterable[AbstractSet[str]]) -> frozenset[str]:
    """Return all the platforms of several captures."""
    return frozenset(name for names in platforms for name in names)
