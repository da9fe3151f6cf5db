"""Accounts of one application: a name, whom it stands for, and what proves it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from models.errors import RecordNotFoundError
from models.ids import ActorId, new_id
from models.signin import Account, AccountExistsError
from storage.shape import code
from storage.signin.database import SigninDatabase
from storage.tables.signin import ACCOUNTS, PASSKEYS, SESSIONS


class Accounts:
    """The accounts in one sign-in database."""

    def __init__(self, database: SigninDatabase) -> None:
        self._database = database

    def add(self, name: str, actor: ActorId, *, at: datetime) -> Account:
        """Add an account that cannot sign in until it has a password and a second factor.

        Names are compared without regard to case. Raises `AccountExistsError`, `ConstraintError`.
        """
        name = code(name.lower(), "the account's name")
        account_id = new_id()
        with self._database.transaction(writes=True) as connection:
            if connection.execute(select(ACCOUNTS.c.id).where(ACCOUNTS.c.name == name)).first():
                raise AccountExistsError("another account has this name")
            connection.execute(
                insert(ACCOUNTS).values(
                    id=account_id, name=name, actor=code(actor, "the actor"), created_at=at
                )
            )
            self._database.note(connection, "account-added", actor=actor, at=at)
        return self.get(account_id)

    def get(self, account_id: str) -> Account:
        """Return an account. Raises `RecordNotFoundError`."""
        return _account(self._row(ACCOUNTS.c.id == account_id))

    def named(self, name: str) -> Account:
        """Return the account of this name. Raises `RecordNotFoundError`."""
        return _account(self._row(ACCOUNTS.c.name == name.lower()))

    def known_as(self, identity: str) -> Account:
        """Return whom an identity provider knows by this digest. Raises `RecordNotFoundError`."""
        return _account(self._row(ACCOUNTS.c.identity == identity))

    def all(self) -> list[Account]:
        """Return every account, by name."""
        with self._database.transaction(writes=False) as connection:
            rows = connection.execute(select(ACCOUNTS).order_by(ACCOUNTS.c.name))
            return [_account(row) for row in rows]

    def any(self) -> bool:
        """Say whether there is an account at all."""
        with self._database.transaction(writes=False) as connection:
            return bool(connection.execute(select(func.count()).select_from(ACCOUNTS)).scalar())

    def password_of(self, account_id: str) -> str | None:
        """Return the PHC string of an account's password."""
        password: str | None = self._row(ACCOUNTS.c.id == account_id).password
        return password

    def totp_of(self, account_id: str) -> bytes | None:
        """Return the secret of an account's one-time codes. Raises `SealBrokenError`."""
        sealed = self._row(ACCOUNTS.c.id == account_id).totp
        return None if sealed is None else self._database.opened(sealed, "totp", account_id)

    def enrol(
        self, account_id: str, *, password: str | None, totp: bytes | None, at: datetime
    ) -> None:
        """Give an account its password (a PHC string) and second factor, and end its sessions.

        A new second factor takes the place of the passkeys too.
        """
        values: dict[str, Any] = {}
        if password is not None:
            values["password"] = password
        if totp is not None:
            with self._database.transaction(writes=True) as connection:
                # Whoever enrols anew has lost something: perhaps the device with the passkey.
                connection.execute(delete(PASSKEYS).where(PASSKEYS.c.account_id == account_id))
            values |= {
                "totp": self._database.sealed(totp, "totp", account_id),
                "totp_step": None,
            }
        self._change(account_id, values, "enrolled", at)

    def know_as(self, account_id: str, identity: str, *, at: datetime) -> None:
        """Tie an account to whom an identity provider knows by a digest, and end its sessions.

        Raises `AccountExistsError` if another account is tied to the same.
        """
        try:
            if self.known_as(identity).id != account_id:
                raise AccountExistsError("another account is tied to this identity")
        except RecordNotFoundError:
            pass  # nobody's yet
        self._change(account_id, {"identity": identity}, "identity-tied", at)

    def use_step(self, account_id: str, step: int) -> bool:
        """Use up the one-time code of a time step; False if it, or a later one, was used."""
        used = ACCOUNTS.c.totp_step
        with self._database.transaction(writes=True) as connection:
            done = connection.execute(
                update(ACCOUNTS)
                .where(ACCOUNTS.c.id == account_id, used.is_(None) | (used < step))
                .values(totp_step=step)
            )
        return done.rowcount == 1

    def disable(self, account_id: str, *, at: datetime) -> None:
        """Shut an account out, and end its sessions."""
        self._change(account_id, {"disabled_at": at}, "account-disabled", at)

    def _change(self, account_id: str, values: dict[str, Any], what: str, at: datetime) -> None:
        with self._database.transaction(writes=True) as connection:
            row = connection.execute(
                select(ACCOUNTS.c.actor).where(ACCOUNTS.c.id == account_id)
            ).first()
            if row is None:
                raise RecordNotFoundError("there is no such account")
            connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account_id).values(**values))
            connection.execute(delete(SESSIONS).where(SESSIONS.c.account_id == account_id))
            self._database.note(connection, what, actor=ActorId(row.actor), at=at)

    def _row(self, which: Any) -> Row[Any]:
        with self._database.transaction(writes=False) as connection:
            row = connection.execute(select(ACCOUNTS).where(which)).first()
        if row is None:
            raise RecordNotFoundError("there is no such account")
        return row


def _account(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        actor=ActorId(row.actor),
        has_password=row.password is not None,
        has_totp=row.totp is not None,
        disabled=row.disabled_at is not None,
    )
