"""A passkey is kept as its public key and a count of its uses, which never goes back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from models.errors import RecordNotFoundError
from models.ids import ActorId
from models.signin import AccountExistsError
from storage.signin.database import SigninDatabase
from storage.tables.signin import ACCOUNTS, PASSKEYS


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey of an account; `id` is the authenticator's own, in base64url."""

    id: str
    account_id: str
    public_key: bytes
    uses: int
    added_at: datetime


class Passkeys:
    """The passkeys in one sign-in database."""

    def __init__(self, database: SigninDatabase) -> None:
        self._database = database

    def add(self, passkey: Passkey) -> None:
        """Add a passkey. Raises `AccountExistsError` for one that an account has already."""
        values = {name: getattr(passkey, name) for name in Passkey.__slots__}
        with self._database.transaction(writes=True) as connection:
            if connection.execute(select(PASSKEYS.c.id).where(PASSKEYS.c.id == passkey.id)).first():
                raise AccountExistsError("the passkey is an account's already")
            connection.execute(insert(PASSKEYS).values(**values))
            self._note(connection, "passkey-added", passkey.account_id, passkey.added_at)

    def of(self, account_id: str) -> list[Passkey]:
        """Return an account's passkeys, oldest first."""
        query = select(PASSKEYS).where(PASSKEYS.c.account_id == account_id)
        with self._database.transaction(writes=False) as connection:
            rows = connection.execute(query.order_by(PASSKEYS.c.added_at, PASSKEYS.c.id))
            return [Passkey(**row._mapping) for row in rows]

    def get(self, account_id: str, passkey_id: str) -> Passkey:
        """Return one of an account's passkeys. Raises `RecordNotFoundError`."""
        for one in self.of(account_id):
            if one.id == passkey_id:
                return one
        raise RecordNotFoundError("there is no such passkey")

    def use(self, passkey: Passkey, uses: int) -> bool:
        """Set the count forward; False if another use did so in the meantime."""
        which = (PASSKEYS.c.id == passkey.id, PASSKEYS.c.uses == passkey.uses)
        with self._database.transaction(writes=True) as connection:
            done = connection.execute(update(PASSKEYS).where(*which).values(uses=uses))
        return done.rowcount == 1

    def remove(self, account_id: str, passkey_id: str, *, at: datetime) -> None:
        """Remove one of an account's passkeys. Raises `RecordNotFoundError`."""
        which = (PASSKEYS.c.account_id == account_id, PASSKEYS.c.id == passkey_id)
        with self._database.transaction(writes=True) as connection:
            if connection.execute(delete(PASSKEYS).where(*which)).rowcount != 1:
                raise RecordNotFoundError("there is no such passkey")
            self._note(connection, "passkey-removed", account_id, at)

    def _note(self, connection: Connection, what: str, account_id: str, at: datetime) -> None:
        query = select(ACCOUNTS.c.actor).where(ACCOUNTS.c.id == account_id)
        actor = ActorId(connection.execute(query).scalar_one())
        self._database.note(connection, what, actor=actor, at=at)
