"""Destruction opens every domain's key, for as long as it takes and by one process at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from casework.records.disposition import Swept, due_cases, sweep
from models.people import SYSTEM, Actor
from storage.checkpoints import publish
from storage.domain import Domain
from storage.faults import disk
from storage.vault import Vault
from walloff.key_access import open_keys
from walloff.services import Services

_LOCK: Final = "disposition.lock"


def sweep_home(services: Services, *, actor: Actor = SYSTEM, limit: int | None = None) -> Swept:
    """End what an earlier sweep began, destroy what is due in batches, then sign the log.

    Destroys at most `limit` cases, if given. Raises what `sweep` does.
    """
    size, released = services.settings.batch_size, services.released
    with custody(services) as vault:
        done = [sweep((), actor=actor, vault=vault, released=released, now=services.clock.now())]
        due = due_cases(vault=vault, now=services.clock.now())[:limit]
        for at in range(0, len(due), size):
            now, batch = services.clock.now(), due[at : at + size]
            done.append(sweep(batch, actor=actor, vault=vault, released=released, now=now))
        publish(vault, now=services.clock.now())
    return Swept(
        destroyed=tuple(case_id for one in done for case_id in one.destroyed),
        certified=tuple(case_id for one in done for case_id in one.certified),
        pending=done[-1].pending,
    )


@contextmanager
def custody(services: Services) -> Iterator[Vault]:
    """Hold every domain's key within the block; afterwards this process forgets what it knew.

    Waits for another process that is at it. Raises `KeyUnavailableError`, `SettingsError`.
    """
    home = services.home
    with _alone(services):
        ring = open_keys(services.settings, home, frozenset(Domain))
        vault = Vault(home, ring)
        try:
            yield vault
        finally:
            vault.close()
            ring.close()
            # Opened lockboxes are kept for half a minute: not those of destroyed cases.
            services.vault.key_ring.forget()


@contextmanager
def _alone(services: Services) -> Iterator[None]:
    path = services.home.root / _LOCK
    with disk("the sweep's lock cannot be taken"):
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
