"""An entry in a register of the agency's own work: permission, entry and audit entry, or nothing.

`casework.steps.step` is for what belongs to a case; this is for people, devices and requisitions.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from casework.steps.permissions import Permission, authorize
from casework.steps.step import entry, refusals_logged
from models.audit import AuditAction
from models.errors import InputError, SeparationOfDutiesError
from models.ids import ActorId
from models.people import Actor, Role
from models.value import Value
from storage.audit import AuditLog
from storage.people import PersonStore
from storage.registers import RegisterKind, RegisterStore
from storage.shape import is_code
from storage.transaction import Transaction
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Registering:
    """What holds while an entry is made."""

    tx: Transaction
    about: str
    actor: Actor
    role: Role
    now: datetime

    def put(self, kind: RegisterKind, value: Value) -> None:
        """Append an entry about what this is about."""
        RegisterStore(self.tx).put(kind, self.about, value, now=self.now)

    def log(self, action: AuditAction, *, code: str = "", count: int | None = None) -> None:
        """Append an audit entry about it, in this transaction."""
        AuditLog(self.tx).append(
            entry(
                action,
                actor=self.actor,
                role=self.role,
                object_id=self.about,
                now=self.now,
                code=code,
                count=count,
            )
        )

    def require_person(self, person: ActorId) -> Actor:
        """Return a registered person. Raises `PersonNotFoundError`."""
        return PersonStore(self.tx).get(person)

    def require_another(self, person: ActorId) -> None:
        """Raise `SeparationOfDutiesError` for an entry about the one who makes it."""
        if person == self.actor.id:
            raise SeparationOfDutiesError("nobody vouches for themselves")


@contextmanager
def registering(
    about: str,
    *,
    permission: Permission,
    actor: Actor,
    vault: Vault,
    now: datetime,
    new: bool = False,
) -> Iterator[Registering]:
    """Make one entry about a person, device, platform or requisition, or about what is `new`.

    Raises `InputError` for what is no id or code, `NotPermittedError`, and what the caller
    refuses with; every refusal but the first is logged.
    """
    if not is_code(about):
        # Not logged: the log takes ids and codes, and this may be anything that somebody typed.
        raise InputError("what the entry is about is no id or code")
    logged = refusals_logged(about, actor=actor, vault=vault, now=now, new=new)
    with logged, vault.write() as tx:
        yield Registering(tx, about, actor, authorize(actor, permission), now)
