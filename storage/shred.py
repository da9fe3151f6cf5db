"""Destruction is the loss of keys: rows are deleted too, but only the keys are counted on.

First the case becomes `destroyed` and its rows go, in one transaction; then its lockboxes are
dropped, all others rewrapped under new domain keys, and the old keys destroyed, so that copies
in backups, logs and on worn flash cells open no more. Every step may be repeated: a crash
leaves a case in `unfinished`, and the next `shred` ends what this one began.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

import rfc8785
from sqlalchemy import Table, delete, select

from models.case import Case, CaseState
from models.errors import WrongStateError
from models.ids import CaseId
from models.value import Moment, Value
from storage.blind_index import renew_index
from storage.cases import CaseStore
from storage.elsewhere import erase_elsewhere, publish_elsewhere
from storage.originals import drop_orphans
from storage.released import ReleasedVault
from storage.tables.blind import BLIND_INDEX
from storage.tables.cases import LEASES, OUTBOX
from storage.tables.consents import CONSENT_ITEMS, CONSENTS
from storage.tables.evidence import CAPTURES, EVIDENCE
from storage.tables.packages import APPROVALS, FINDINGS, PACKAGES
from storage.tables.records import HOLDS, RECORDS
from storage.transaction import Transaction
from storage.vault import Vault


class KeyDestruction(Value):
    """One domain's key, replaced."""

    domain: str
    version: int
    """The new one; all before it are destroyed."""
    survivors: int
    """Lockboxes of other cases rewrapped."""
    receipts: tuple[str, ...]
    """What the key's provider says; `best effort` where an old copy could still open."""
    destroyed: tuple[int, ...] = ()
    """The versions destroyed now."""
    provider: str = ""
    assurance: str = ""
    """What destruction by this provider is worth: see `storage.kek.Assurance`."""


class Certificate(Value):
    """What was destroyed, when and how. Holds no content and needs none to be checked."""

    cases: tuple[CaseId, ...]
    destroyed_at: Moment
    lockboxes: int
    files: int
    keys: tuple[KeyDestruction, ...]
    key_store: str = ""
    """Digest of the lockboxes that are left: a key store of this digest holds none of the cases."""
    pending: tuple[str, ...] = ()
    """Domains that this process does not hold: their custodian must still rotate them."""

    @property
    def complete(self) -> bool:
        """True if no copy of any of the cases' lockboxes can be opened any more."""
        return not self.pending

    def digest(self) -> str:
        """Return the SHA-256 of the certificate's canonical JSON, for the audit log."""
        return hashlib.sha256(self.payload()).hexdigest()

    def payload(self) -> bytes:
        """Return the certificate as canonical JSON, for `storage.certificate_note`."""
        return rfc8785.dumps(self.model_dump(mode="json"))


def erase(tx: Transaction, case: Case, *, now: datetime) -> Case:
    """Move a retained case to `destroyed` and delete its rows, all in the caller's transaction.

    Raises `WrongStateError` unless the case is retained, `ConstraintError` if a hold is in force.
    """
    if case.state is not CaseState.RETAINED:
        raise WrongStateError(f"{case.id}: a case that is {case.state} is not destroyed")
    moved = CaseStore(tx).move(case, CaseState.DESTROYED, now=now)
    packages = select(PACKAGES.c.id).where(PACKAGES.c.case_id == case.id)
    consents = select(CONSENTS.c.id).where(CONSENTS.c.case_id == case.id)
    # In an order in which nothing refers to what is gone. Duties and exposures stay.
    _delete(tx, case.id, FINDINGS, EVIDENCE, CAPTURES)
    tx.execute(delete(APPROVALS).where(APPROVALS.c.package_id.in_(packages)))
    tx.execute(delete(CONSENT_ITEMS).where(CONSENT_ITEMS.c.consent_id.in_(consents)))
    _delete(tx, case.id, PACKAGES, CONSENTS, RECORDS, HOLDS, OUTBOX, LEASES, BLIND_INDEX)
    return moved


def shred(vault: Vault, *, released: ReleasedVault, now: datetime) -> Certificate:
    """Destroy the keys of every case that is `destroyed` and unfinished; return the certificate.

    The vault's key ring should hold every domain; for those it lacks, the certificate names them
    and the cases stay unfinished.
    """
    cases = unfinished(vault)
    ring = vault.key_ring
    lockboxes = sum(ring.drop(case_id, at=now) for case_id in cases)
    index_keys = renew_index(vault, ring, at=now) if cases else []
    for case_id in cases:
        released.erase(case_id)
    sealed_waits = erase_elsewhere(vault, cases, at=now)
    with vault.write() as tx:
        files = drop_orphans(tx, home=vault.home)
    vault.compact()
    keys = []
    for domain in sorted(ring.awaiting_rotation() & ring.domains):
        rotation = ring.rotate(domain)
        keys.append(
            KeyDestruction(
                domain=domain,
                version=rotation.version,
                survivors=rotation.rewrapped,
                receipts=rotation.receipts,
                destroyed=rotation.destroyed,
                provider=ring.provider.name,
                assurance=ring.provider.assurance,
            )
        )
    released.publish_keys()
    publish_elsewhere(vault)
    pending = tuple(sorted(ring.awaiting_rotation() | sealed_waits))
    if not pending:
        ring.finish_dropping((*cases, *index_keys), at=now)
    return Certificate(
        cases=tuple(cases),
        destroyed_at=now,
        lockboxes=lockboxes,
        files=files,
        keys=tuple(keys),
        key_store=ring.digest(),
        pending=pending,
    )


def unfinished(vault: Vault) -> list[CaseId]:
    """Return the destroyed cases of which some copy of a lockbox might still open."""
    finished = vault.key_ring.finished_dropping()
    with vault.read() as tx:
        destroyed = CaseStore(tx).in_state(CaseState.DESTROYED)
    return [case.id for case in destroyed if case.id not in finished]


def destroy(
    vault: Vault,
    case_id: CaseId,
    *,
    released: ReleasedVault,
    record: Callable[[Transaction, Case], None],
    now: datetime,
) -> Certificate:
    """Destroy one case: `erase` with `record` in the same transaction, then `shred`.

    `record` writes the audit entry. Raises what `erase` does.
    """
    with vault.write() as tx:
        record(tx, erase(tx, CaseStore(tx).get(case_id), now=now))
    return shred(vault, released=released, now=now)


def _delete(tx: Transaction, case_id: CaseId, *tables: Table) -> None:
    for table in tables:
        tx.execute(delete(table).where(table.c.case_id == case_id))
