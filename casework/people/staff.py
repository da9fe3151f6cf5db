"""Who may search is said by somebody else, on a basis, until a day (S1).

Authorisation is granted and renewed by a policy owner or supervisor, never by oneself, and never
to an intern, temporary staff or a volunteer. Who selects in a requisition searches nobody in it.
"""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Final

from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission
from casework.steps.registering import registering
from models.audit import AuditAction
from models.errors import InputError, SeparationOfDutiesError
from models.ids import ActorId, RequisitionId
from models.people import Actor
from models.people_rules import NEVER, EmploymentType, PeopleRules
from models.search_clauses import (
    ForbiddenTypeError,
    ReauthorisationDueError,
    UnauthorisedError,
)
from models.staff import Authorization, SelectionPanel
from storage.duties import Duty, DutyStore
from storage.exposures import ExposureStore
from storage.registers import RegisterKind, RegisterStore
from storage.transaction import Transaction
from storage.vault import Vault

REVIEW_AT_MOST: Final = timedelta(days=366)
"""An authorisation is looked at again within a year, whatever its basis says."""


def authorise_search(
    person: ActorId,
    *,
    employment: EmploymentType,
    basis: str,
    background_cleared: bool,
    sensitive: bool,
    review_due: datetime,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Authorization:
    """Authorise somebody to search, or renew it.

    Raises `ForbiddenTypeError` for interns, temporary staff and volunteers, `UnauthorisedError`
    without a cleared background, `SeparationOfDutiesError` for oneself, `InputError` for a review
    that is not within a year.
    """
    with registering(
        person, permission=Permission.AUTHORISE_SEARCH, actor=actor, vault=vault, now=now
    ) as work:
        work.require_person(person)
        work.require_another(person)
        if employment in NEVER:
            raise ForbiddenTypeError(f"{employment}: never authorised to search")
        if not background_cleared:
            raise UnauthorisedError("the person's own background is not cleared")
        if not now < review_due <= now + REVIEW_AT_MOST:
            raise InputError("the next review is within a year from now")
        granted = Authorization(
            person=person,
            employment=employment,
            granted_by=actor.id,
            basis=basis,
            background_cleared=background_cleared,
            sensitive=sensitive,
            granted_at=now,
            review_due=review_due,
        )
        work.put(RegisterKind.AUTHORIZATION, granted)
        work.log(AuditAction.SEARCH_AUTHORISED, code=employment)
        return granted


def revoke_authorisation(
    person: ActorId, *, actor: Actor, vault: Vault, now: datetime
) -> Authorization:
    """Take an authorisation back, from now on. Raises `UnauthorisedError` if there is none."""
    with registering(
        person, permission=Permission.AUTHORISE_SEARCH, actor=actor, vault=vault, now=now
    ) as work:
        work.require_another(person)
        standing = _standing(work.tx, person)
        if standing is None or standing.revoked:
            raise UnauthorisedError("there is no authorisation to take back")
        revoked = standing.model_copy(update={"revoked": True, "granted_by": actor.id})
        work.put(RegisterKind.AUTHORIZATION, revoked)
        work.log(AuditAction.AUTHORISATION_REVOKED)
        return revoked


def name_panel(
    requisition_id: RequisitionId,
    members: AbstractSet[ActorId],
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> SelectionPanel:
    """Say who selects in a requisition; the newest panel stands.

    Raises `RequisitionNotFoundError`, `PersonNotFoundError`, and `SeparationOfDutiesError` for
    whoever has gathered, seen, reviewed or released anything of an applicant there (POL-06).
    """
    with registering(
        requisition_id, permission=Permission.NAME_PANEL, actor=actor, vault=vault, now=now
    ) as work:
        frozen(work.tx, requisition_id)
        for member in sorted(members):
            work.require_person(member)
        if set(members) & _behind_the_wall(work.tx, requisition_id):
            raise SeparationOfDutiesError("who searched or reviewed here selects nobody here")
        panel = SelectionPanel(members=frozenset(members))
        work.put(RegisterKind.SELECTION_PANEL, panel)
        work.log(AuditAction.PANEL_NAMED, count=len(members))
        return panel


def require_authorised(
    tx: Transaction,
    person: ActorId,
    rules: PeopleRules,
    requisition_id: RequisitionId,
    *,
    now: datetime,
) -> None:
    """Raise unless somebody may search in a requisition today (S1).

    Raises `UnauthorisedError`, `ForbiddenTypeError`, `ReauthorisationDueError`, and
    `SeparationOfDutiesError` for a member of the selection panel, past or present (POL-06).
    """
    if person in ever_on_panel(tx, requisition_id):
        raise SeparationOfDutiesError("who selects in a requisition searches nobody in it")
    standing = _standing(tx, person)
    if standing is None or standing.revoked:
        raise UnauthorisedError("nobody has authorised this person to search")
    if standing.employment in rules.forbidden_types:
        raise ForbiddenTypeError(f"{standing.employment}: may not search under this policy")
    if rules.background_required and not standing.background_cleared:
        raise UnauthorisedError("the person's own background is not cleared")
    if now >= standing.review_due:
        raise ReauthorisationDueError("the authorisation was not renewed in time")


def ever_on_panel(tx: Transaction, requisition_id: RequisitionId) -> frozenset[ActorId]:
    """Return everybody who was ever on a requisition's panel: leaving it clears nobody."""
    panels = RegisterStore(tx).all(
        RegisterKind.SELECTION_PANEL, SelectionPanel, about=requisition_id
    )
    return frozenset(member for panel in panels for member in panel.members)


def _behind_the_wall(tx: Transaction, requisition_id: RequisitionId) -> frozenset[ActorId]:
    """Return who has been on the other side of the wall in a requisition, in any of its cases."""
    did = DutyStore(tx).in_requisition(requisition_id, Duty.COLLECTED, Duty.REVIEWED, Duty.RELEASED)
    return did | ExposureStore(tx).in_requisition(requisition_id)


def _standing(tx: Transaction, person: ActorId) -> Authorization | None:
    return RegisterStore(tx).latest(RegisterKind.AUTHORIZATION, person, Authorization)
