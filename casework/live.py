"""Work that runs long asks again and again whether it may go on, and stops where it stands if not.

A withdrawal is looked for every few items, so running work stops within one such interval and not
only when it comes to keep what it did. Nothing of what it had read is kept.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, TypeVar

from casework.consent import require_consent
from models.ids import CaseId
from storage.cases import CaseStore
from storage.vault import Vault

POLL_INTERVAL: Final = 32
"""Items of input: a second's work at most, however large the file."""

T = TypeVar("T")
Live = Callable[[], None]
"""Raises if the work may not go on."""


def consent_of(case_id: CaseId, *, vault: Vault, now: datetime) -> Live:
    """Return a check that raises what `require_consent` does, by the database as it then stands."""

    def live() -> None:
        with vault.read() as tx:
            require_consent(tx, CaseStore(tx).get(case_id), now=now)

    return live


def polled(items: Iterable[T], live: Live, *, every: int = POLL_INTERVAL) -> Iterator[T]:
    """Yield items, checking before the first and then once every so many."""
    for number, item in enumerate(items):
        if number % every == 0:
            live()
        yield item
