"""A command that comes twice takes effect once: its key is remembered with its result."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select

from storage.domain import HOME
from storage.prepared import Prepared
from storage.tables.cases import COMMANDS
from storage.transaction import Transaction

_SEEN = Prepared(select(COMMANDS.c.result).where(COMMANDS.c.key == bindparam("wanted")))


class CommandStore:
    """Idempotency keys, blinded, and results, sealed: a caller may build them of anything."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def seen(self, key: str) -> str | None:
        """Return the result of a command that took effect before, or None."""
        blind = self._blind(key)
        rows = self._tx.rows(_SEEN, {"wanted": blind})
        if not rows:
            return None
        return self._tx.unseal(HOME, ("commands", blind, "result"), rows[0].result).decode()

    def remember(self, key: str, result: str, now: datetime) -> None:
        """Remember a result in the transaction that produced it.

        Raises `ConstraintError` if the key is taken.
        """
        blind = self._blind(key)
        sealed = self._tx.seal(HOME, ("commands", blind, "result"), result.encode())
        self._tx.execute(insert(COMMANDS).values(key=blind, result=sealed, at=now))

    def _blind(self, key: str) -> str:
        return self._tx.blind(HOME, "command", key.encode())
