"""Databases of other domains are kept in step: what is destroyed goes, what opens the rest comes.

Neither takes a key of theirs, but for what was put away: that is sealed to one key for all cases,
which is replaced before any case of it is called destroyed.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from models.ids import CaseId
from storage.domain import Domain
from storage.exchange import ApplicantVault, ExchangeVault, FairnessVault, SealedVault
from storage.renewal import renew_writing
from storage.vault import Vault


def erase_elsewhere(vault: Vault, cases: Collection[CaseId], *, at: datetime) -> frozenset[Domain]:
    """Delete what other domains keep of cases; return those whose custodian must finish it.

    Without the sealed domain's key, what was put away of the cases stays until somebody has it.
    """
    waits = frozenset[Domain]()
    # Also of cases that are long gone, if something of theirs was still on its way then.
    gone = vault.key_ring.dropped() | set(cases)
    with _opened(vault, SealedVault) as sealed, _opened(vault, ApplicantVault) as applicants:
        left = sealed.cases() & gone
        if left:
            if Domain.SEALED in vault.key_ring.domains:
                renew_writing(vault, sealed, left, at=at)
            else:
                waits = frozenset({Domain.SEALED})
        for case_id in applicants.cases() & gone | set(cases):
            applicants.erase(case_id)
        for case_id in left if not waits else ():
            sealed.erase(case_id)
    return waits


def publish_elsewhere(vault: Vault) -> None:
    """Bring what opens the rows of the other domains' databases up to date: after rotations."""
    for kind in (SealedVault, ApplicantVault, FairnessVault):
        with _opened(vault, kind) as one:
            one.publish_keys()


@contextmanager
def _opened(vault: Vault, kind: type[ExchangeVault]) -> Iterator[ExchangeVault]:
    one = kind(vault.home, vault.key_ring)
    try:
        yield one
    finally:
        one.close()
