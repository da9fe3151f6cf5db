"""People are registered before they act; production knows no rehearsal actors."""

from datetime import datetime

from casework.permissions import Permission, authorize
from casework.step import entry, log_refusal
from models.audit import AuditAction
from models.errors import FakeInProductionError, WalloffError
from models.ids import ActorId
from models.people import Actor, Role
from storage.audit import AuditLog
from storage.home import HomeMode
from storage.people import PersonStore
from storage.vault import Vault


def add_person(
    person: Actor, label: str, *, actor: Actor | None, vault: Vault, now: datetime
) -> None:
    """Register a person. The first one of a home needs no `actor` and must be an administrator.

    Raises `NotPermittedError`, and `FakeInProductionError` for a rehearsal actor in production.
    """
    if person.rehearsal and vault.home.mode is not HomeMode.REHEARSAL:
        raise FakeInProductionError("rehearsal actors exist only in a rehearsal home")
    acting = actor or person
    try:
        with vault.write() as tx:
            people = PersonStore(tx)
            first = actor is None and not people.all()
            role = (
                authorize(person, Permission.ADD_PERSON)
                if first
                else authorize(
                    actor or Actor(id=person.id, roles=frozenset()), Permission.ADD_PERSON
                )
            )
            people.add(person, label)
            AuditLog(tx).append(
                entry(
                    AuditAction.PERSON_ADDED, actor=acting, role=role, object_id=person.id, now=now
                )
            )
    except WalloffError as refusal:
        log_refusal(vault, refusal, actor=acting, object_id=person.id, now=now)
        raise


def find_person(actor_id: ActorId, *, vault: Vault) -> Actor:
    """Return a registered person. Raises `PersonNotFoundError`."""
    with vault.read() as tx:
        return PersonStore(tx).get(actor_id)


def list_people(*, vault: Vault) -> list[tuple[Actor, str]]:
    """Return everybody registered, with their labels."""
    with vault.read() as tx:
        return PersonStore(tx).all()


def roles_from(names: list[str]) -> frozenset[Role]:
    """Turn role names into roles. Raises `ValueError` for an unknown one."""
    return frozenset(Role(name) for name in names)
