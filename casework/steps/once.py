"""What comes from another process takes effect once: its id is remembered with what became of it.

It is remembered in the transaction of the step that it became, or of the entry that logs its
refusal; so a crash at any instant loses none and doubles none.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from models.errors import (
    CaseChangedError,
    ConstraintError,
    HomeError,
    LeaseLostError,
    WalloffError,
)
from storage.commands import CommandStore
from storage.transaction import Transaction
from storage.vault import Vault

TAKEN: Final = "taken"
"""What is remembered of a thing that took effect; of another, the code of its refusal."""


def remembering(
    key: str, now: datetime, again: tuple[type[WalloffError], ...]
) -> Callable[[Transaction], None]:
    """Return what notes, at the end of the step's own transaction, what became of a thing.

    A refusal among `again` is none of the thing: it is not remembered, and it is tried again.
    """
    before = sys.exc_info()[1]

    def note(tx: Transaction) -> None:
        # While a refusal is being logged, it is the exception in hand.
        refusal = sys.exc_info()[1]
        if isinstance(refusal, again):
            return
        result = TAKEN
        if isinstance(refusal, WalloffError) and refusal is not before:
            result = refusal.code
        if CommandStore(tx).seen(key) is not None:
            raise CaseChangedError("another process took it in")
        CommandStore(tx).remember(key, result, now)

    return note


AGAIN: Final = (CaseChangedError, ConstraintError, HomeError, LeaseLostError)
"""No refusal of a letter: something stood in the way, and it is tried again."""


def seen(key: str, vault: Vault) -> str | None:
    """Return what became of a thing, or None if it was not settled yet."""
    with vault.read() as tx:
        return CommandStore(tx).seen(key)


def settle(
    key: str,
    take: Callable[[Vault], None],
    *,
    vault: Vault,
    again: tuple[type[WalloffError], ...],
    now: datetime,
) -> str | None:
    """Let a thing take effect once; return what became of it, or None if it is tried again.

    `take` is given a vault whose writing transactions note what became of the thing.
    """
    result = seen(key, vault)
    if result is not None:
        return result
    with suppress(WalloffError):  # logged, and remembered unless it is among those tried again
        take(vault.ending_with(remembering(key, now, again)))
    return seen(key, vault)
