"""What the managers' process needs to write is put on its shelf, for the viewers of a delivery.

It is a public key, and for each viewer a proof that the inside alone can make, about this delivery
alone: with the key and without a proof, nobody writes in a manager's name.

Nothing in this module can reach raw evidence, directly or through what it imports.
"""

import hmac
from datetime import datetime
from typing import Final

from casework.releasing.clarified import clarified
from casework.releasing.viewers import viewers_of
from models.errors import KeyUnavailableError, RecordNotFoundError
from models.ids import ActorId, CaseId
from models.manager_letters import ManagerDesk, ManagerShelfKind, Proof, Questions
from storage.domain import Domain
from storage.outbox import OutboxStore
from storage.released import ReleasedVault
from storage.transaction import Transaction
from storage.vault import Vault

TELL_MANAGER: Final = "tell-manager"
"""The outbox kind of a case whose questions or replies are news to its manager."""


def name_managers(
    tx: Transaction, case_id: CaseId, *, released: ReleasedVault, now: datetime
) -> None:
    """Say who may look at a case's release, and lay out what they need to write about it."""
    viewers = viewers_of(tx, case_id)
    released.name_viewers(case_id, viewers)
    if not viewers:
        released.remove(case_id, ManagerShelfKind.DESK)
        return
    version = released.version(case_id)
    try:
        told = ManagerDesk(
            case_id=case_id,
            writer=tx.key_ring.writer(case_id, Domain.RAW).dumps().decode(),
            proofs=tuple(
                Proof(actor=one, proof=proof_of(tx, case_id, one, version)) for one in viewers
            ),
        )
    except KeyUnavailableError:
        return  # destroyed since: nobody writes about it any more
    _put(case_id, ManagerShelfKind.DESK, told.model_dump_json().encode(), released, now)


def name_all_managers(*, vault: Vault, released: ReleasedVault, now: datetime) -> None:
    """Do so for every case that is shown: somebody may have seen raw evidence since."""
    for case_id in released.all():
        with vault.read() as tx:
            name_managers(tx, case_id, released=released, now=now)


def tell_managers(*, vault: Vault, released: ReleasedVault, now: datetime) -> int:
    """Bring what was asked and replied to the managers' shelf; return of how many cases."""
    with vault.read() as tx:
        rows = OutboxStore(tx).pending(TELL_MANAGER)
        news = {
            row.case_id: Questions(asked=tuple(clarified(tx, row.case_id).values()))
            for row in rows
            if row.case_id is not None
        }
    for case_id, asked in news.items():
        _put(case_id, ManagerShelfKind.QUESTIONS, asked.model_dump_json().encode(), released, now)
    if rows:
        with vault.write() as tx:
            for row in rows:
                OutboxStore(tx).done(row.id, now)
        released.publish_keys()
    return len(news)


def proof_of(tx: Transaction, case_id: CaseId, actor: ActorId, version: int) -> str:
    """Return what shows that a letter was written by a viewer of this delivery."""
    return tx.blind(case_id, "manager-letter", f"{version}/{actor}".encode())


def is_proved(
    tx: Transaction, case_id: CaseId, actor: ActorId, proof: str, *, released: ReleasedVault
) -> bool:
    """Say whether a letter carries the proof of the delivery as it stands."""
    expected = proof_of(tx, case_id, actor, released.version(case_id))
    return hmac.compare_digest(expected.encode(), proof.encode())


def _put(
    case_id: CaseId, kind: ManagerShelfKind, body: bytes, released: ReleasedVault, now: datetime
) -> None:
    """Put the newest of a kind on the shelf, in place of the one before."""
    try:
        if released.read(case_id, kind) == body:
            return
    except RecordNotFoundError:
        pass
    position = released.next_position(case_id, kind)
    released.put(case_id, kind, position, body, now)
    for older in released.on_shelf(case_id):
        if older.kind == kind and older.position < position:
            released.remove(case_id, kind, older.position)
