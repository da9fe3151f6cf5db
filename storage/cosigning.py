"""What witnesses say of our checkpoints is kept beside them, as the lines that they signed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select

from models.audit import Checkpoint
from models.errors import AuditBrokenError
from storage.checkpoints import published
from storage.merkle import consistency_proof
from storage.note import Verifier, read_signature, split_note
from storage.tables.audit import COSIGNATURES, LEAVES
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
        query = select(LEAVES.c.hash).order_by(LEAVES.c.position).limit(checkpoint.size)
        with vault.read() as tx:
            hashes = [bytes(one) for one in tx.execute(query).scalars()]
        if len(hashes) != checkpoint.size:
            raise AuditBrokenError("leaves that a checkpoint covers are missing")
        proof = consistency_proof(hashes, old)
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
