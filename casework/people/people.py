"""People are registered before they act; production knows no rehearsal actors."""

from datetime import datetime

from casework.steps.permissions import Permission, authorize
from casework.steps.step import entry, refusals_logged
from models.audit import AuditAction
from models.errors import FakeInProductionError, NotPermittedError
from models.ids import ActorId
from models.people import SYSTEM, Actor, Role
from storage.audit import AuditLog
from storage.home import HomeMode
from storage.people import PersonStore
from storage.vault import Vault


def add_person(
    person: Actor, label: str, *, actor: Actor | None, vault: Vault, now: datetime
) -> None:
    """Register a person. The first one of a home needs no `actor` and must be an administrator.

    Raises `NotPermittedError`, also for somebody who would pass for the system itself, and
    `FakeInProductionError` for a rehearsal actor in production.
    """
    if person.rehearsal and vault.home.mode is not HomeMode.REHEARSAL:
        raise FakeInProductionError("rehearsal actors exist only in a rehearsal home")
    if person.id == SYSTEM.id or Role.SYSTEM in person.roles:
        raise NotPermittedError("nobody is registered as the system")
    acting = actor or person
    with refusals_logged(person.id, actor=acting, vault=vault, now=now), vault.write() as tx:
        people = PersonStore(tx)
        if actor is None and people.all():
            raise NotPermittedError("only the first person is registered by nobody")
        role = authorize(acting, Permission.ADD_PERSON)
        people.add(person, label)
        AuditLog(tx).append(
            entry(AuditAction.PERSON_ADDED, actor=acting, role=role, object_id=person.id, now=now)
        )


def find_person(actor_id: ActorId, *, vault: Vault) -> Actor:
    """Return a registered person. Raises `PersonNotFoundError`."""
    with vault.read() as tx:
        return PersonStore(tx).get(actor_id)


def list_people(*, vault: Vault) -> list[tuple[Actor, str]]:
    """Return everybody registered, with their labels."""
    with vault.read() as tx:
        return PersonStore(tx).all()
