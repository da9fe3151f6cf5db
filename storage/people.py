"""Staff by pseudonym; their names are sealed, their roles are not."""

from typing import Any

from sqlalchemy import Row, func, insert, select

from models.errors import PersonNotFoundError
from models.ids import ActorId
from models.people import Actor, Role
from storage.domain import HOME
from storage.shape import code
from storage.tables.cases import PEOPLE
from storage.transaction import Transaction


class PersonStore:
    """The people registered in a home."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, actor: Actor, label: str) -> None:
        """Register a person under a name for display. Raises `ConstraintError` if known."""
        position = self._tx.execute(select(func.count()).select_from(PEOPLE)).scalar_one()
        self._tx.execute(
            insert(PEOPLE).values(
                id=code(actor.id, "the person's id"),
                position=position,
                roles=" ".join(sorted(actor.roles)),
                rehearsal=actor.rehearsal,
                label=self._tx.seal(HOME, ("people", actor.id, "label"), label.encode()),
            )
        )

    def get(self, actor_id: ActorId) -> Actor:
        """Return a person. Raises `PersonNotFoundError`."""
        row = self._tx.execute(select(PEOPLE).where(PEOPLE.c.id == actor_id)).first()
        if row is None:
            raise PersonNotFoundError("no such person is registered")
        return _actor(row)

    def knows(self, actor_id: ActorId) -> bool:
        """Say whether somebody is registered under an id."""
        return (
            self._tx.execute(select(PEOPLE.c.id).where(PEOPLE.c.id == actor_id)).first() is not None
        )

    def all(self) -> list[tuple[Actor, str]]:
        """Return everybody with their names, in the order of registration."""
        rows = self._tx.execute(select(PEOPLE).order_by(PEOPLE.c.position)).all()
        return [
            (
                _actor(row),
                self._tx.unseal(HOME, ("people", row.id, "label"), row.label).decode(),
            )
            for row in rows
        ]


def _actor(row: Row[Any]) -> Actor:
    return Actor(
        id=ActorId(row.id),
        roles=frozenset(Role(role) for role in row.roles.split()),
        rehearsal=row.rehearsal,
    )
