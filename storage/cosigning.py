"""What witnesses say of our checkpoints is kept beside them, as the lines that they signed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select

from models.audit import Checkpoint
from models.errors import AuditBrokenError
from storage.audit import hashes_between
from storage.checkpoints import published
from storage.merkle import Frontier, consistency_proof, grown_proof
from storage.note import Verifier, read_signature, split_note
from storage.tables.audit import CHECKPOINTS, COSIGNATURES
from storage.vault import Vault
from storage.witness import request_text


def cosigned_size(vault: Vault, witness: Verifier) -> int:
    """Return the size of the newest checkpoint that a witness has cosigned for us."""
    query = select(func.max(COSIGNATURES.c.size)).where(
        COSIGNATURES.c.witness == witness.name,
        COSIGNATURES.c.key_id == witness.key_hash.hex(),
    )
    with vault.read() as tx:
        return int(tx.execute(query).scalar_one() or 0)


def newest_checkpoint(vault: Vault) -> Checkpoint | None:
    """Return the newest checkpoint, or None. Raises `AuditBrokenError` if one is forged."""
    points = published(vault)
    return points[-1] if points else None


def cosigning_request(vault: Vault, checkpoint: Checkpoint, old: int) -> str:
    """Return the request by which a witness that has seen `old` leaves checks a checkpoint."""
    proof: list[bytes] = []
    if 0 < old < checkpoint.size:
        # From the right edge of our own checkpoint of that size, if we have one: else from nothing.
        known = select(CHECKPOINTS.c.frontier).where(CHECKPOINTS.c.size == old)
        with vault.read() as tx:
            packed = tx.execute(known).scalar_one_or_none()
            first = 0 if packed is None else old
            hashes = [bytes(one) for one in hashes_between(tx, first, checkpoint.size)]
        if len(hashes) != checkpoint.size - first:
            raise AuditBrokenError("leaves that a checkpoint covers are missing")
        if packed is None:
            proof = consistency_proof(hashes, old)
        else:
            proof = grown_proof(_edge(old, packed), hashes)
    return request_text(old, proof, checkpoint.note)


def keep_cosignatures(
    vault: Vault,
    checkpoint: Checkpoint,
    lines: str,
    *,
    witnesses: Sequence[Verifier],
    now: datetime,
) -> int:
    """Keep the lines that are good signatures of these keys; return how many there were.

    Lines of unknown keys are passed over. Raises `AuditBrokenError` if none is good.
    """
    text, _ = split_note(checkpoint.note)
    good = {}
    for line in lines.splitlines():
        signature = read_signature(line)
        for witness in witnesses:
            if witness.accepts(signature, text):
                good[witness.name, witness.key_hash.hex()] = signature.line
    if not good:
        raise AuditBrokenError("the witness's answer holds no cosignature of its key")
    with vault.write() as tx:
        for (name, key_id), line in good.items():
            known = select(COSIGNATURES.c.size).where(
                COSIGNATURES.c.size == checkpoint.size,
                COSIGNATURES.c.witness == name,
                COSIGNATURES.c.key_id == key_id,
            )
            if tx.execute(known).first() is None:
                tx.execute(
                    insert(COSIGNATURES).values(
                        size=checkpoint.size, witness=name, key_id=key_id, at=now, line=line
                    )
                )
    return len(good)


def _edge(size: int, packed: bytes) -> Frontier:
    try:
        return Frontier.unpack(size, packed)
    except ValueError as exc:
        raise AuditBrokenError("a checkpoint is damaged") from exc
