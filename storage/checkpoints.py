"""A checkpoint signs what is committed, and never a smaller tree or another one.

The signer keeps its newest checkpoint in keys.db too: a raw.db put back to an older state, or
rewritten together with its checkpoints, no longer agrees with it. What no checkpoint covers yet is
held by the high-water mark alone (`storage.high_water`), so publish often.
"""

import base64
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, insert, select, update

from models.audit import Checkpoint
from models.errors import AuditBrokenError
from storage.audit import read_frontier
from storage.domain import HOME, Domain
from storage.engine import transaction
from storage.envelope import derive
from storage.merkle import Frontier, leaf_hash
from storage.note import (
    Cosigner,
    Scheme,
    Signer,
    Verifier,
    checkpoint_text,
    log_name,
    read_checkpoint,
)
from storage.sequencer import sequence
from storage.tables.audit import CHECKPOINTS, COSIGNATURES, LEAVES
from storage.tables.keys import WITNESS
from storage.transaction import Transaction
from storage.vault import Vault


def publish(
    vault: Vault, *, now: datetime, accept_loss: Callable[[Transaction], None] | None = None
) -> Checkpoint:
    """Sign the log as it is committed; one that has not grown keeps its checkpoint.

    Raises `KeyUnavailableError` if the key ring lacks the audit domain, and `AuditBrokenError`
    if the log is not a continuation of the last checkpoint and of the high-water mark: nothing is
    signed then. A restored backup that ends before the mark, but not before the last checkpoint,
    is taken on by `accept_loss`, which records that somebody did so.
    """
    signer, second = signers(vault)
    if accept_loss is not None:
        _take_on(vault, accept_loss)
    sequence(vault)
    with vault.write() as tx:
        remembered = remembered_by_signer(vault, signer.verifier)
        last = _last(tx, signer.verifier)
        if remembered is None:
            raise AuditBrokenError("what the signer remembers is missing")
        if remembered[0].size > (0 if last is None else last[0].size):
            raise AuditBrokenError("the log is older than the last checkpoint signed for it")
        known = Frontier() if last is None else last[1]
        frontier = _continuation(tx, known, vault.high_water.read())
        if last is not None and last[0].size == frontier.size:
            checkpoint = last[0]
        else:
            text = checkpoint_text(signer.verifier.name, frontier.size, frontier.root())
            note = signer.sign(text) + second.cosign(text, at=int(now.timestamp())).line
            checkpoint = read_checkpoint(note, signer.verifier)
            tx.execute(
                insert(CHECKPOINTS).values(
                    size=frontier.size,
                    root=checkpoint.root,
                    frontier=frontier.packed(),
                    at=now,
                    note=note,
                )
            )
        count = tx.execute(select(func.count()).select_from(CHECKPOINTS)).scalar_one()
        tx.after_commit(lambda: vault.high_water.write(frontier, sync=True))
    _remember(vault, checkpoint, count)
    return checkpoint


def published(vault: Vault) -> list[Checkpoint]:
    """Return every checkpoint, oldest first, with the cosignatures it has got.

    Raises `AuditBrokenError` if one is forged.
    """
    verifier = verifier_of(vault, None)
    with vault.read() as tx:
        notes = tx.execute(
            select(CHECKPOINTS.c.size, CHECKPOINTS.c.note).order_by(CHECKPOINTS.c.size)
        ).all()
        lines: dict[int, str] = {}
        for size, line in tx.execute(
            select(COSIGNATURES.c.size, COSIGNATURES.c.line).order_by(
                COSIGNATURES.c.size, COSIGNATURES.c.witness, COSIGNATURES.c.key_id
            )
        ):
            lines[size] = lines.get(size, "") + line
    return [read_checkpoint(note + lines.get(size, ""), verifier) for size, note in notes]


def log_keys(vault: Vault) -> tuple[Verifier, Verifier]:
    """Return the log's public keys: Ed25519 and ML-DSA-44. Raises `KeyUnavailableError`."""
    signer, second = signers(vault)
    return signer.verifier, second.verifier


def signers(vault: Vault) -> tuple[Signer, Cosigner]:
    """Return what signs the log. Raises `KeyUnavailableError`."""
    seed = vault.key_ring.lockbox(HOME, Domain.AUDIT).signing
    name = log_name(vault.home.id)
    return Signer(name, seed), Cosigner(name, derive(seed, "ml-dsa-44"), Scheme.ML_DSA_44)


def remembered_by_signer(vault: Vault, verifier: Verifier) -> tuple[Checkpoint, int] | None:
    """Return the newest checkpoint as keys.db has it, and how many were signed."""
    with transaction(vault.key_ring.engine, "keys", writes=False) as connection:
        row = connection.execute(select(WITNESS)).one_or_none()
    return None if row is None else (read_checkpoint(row.note, verifier), row.checkpoints)


def verifier_of(vault: Vault, vkey: str | None) -> Verifier:
    """Return the key to check by: the one given, the one in the key ring, or the home's.

    Raises `AuditBrokenError` if it is that of another log, or cannot be read.
    """
    if vkey is not None:
        verifier = Verifier.parse(vkey)
    elif Domain.AUDIT in vault.key_ring.domains:
        verifier = signers(vault)[0].verifier
    else:
        verifier = home_key(vault)
    if verifier.name != log_name(vault.home.id):
        raise AuditBrokenError("the verification key is that of another log")
    return verifier


def home_key(vault: Vault) -> Verifier:
    """Return the public key that lies in the home. Raises `AuditBrokenError`."""
    try:
        return Verifier.parse(vault.home.audit_key_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise AuditBrokenError("the log's verification key cannot be read") from exc


def edge_fits(size: int, packed: bytes, root: str) -> bool:
    """Say whether a stored right edge gives a root."""
    try:
        return root_text(Frontier.unpack(size, packed).root()) == root
    except ValueError:
        return False


def root_text(root: bytes) -> str:
    """Return a root as a checkpoint states it."""
    return base64.b64encode(root).decode()


def _continuation(tx: Transaction, known: Frontier, marked: Frontier | None) -> Frontier:
    """Return the tree grown from a known one by the leaves as they are.

    Raises `AuditBrokenError` if leaves are missing or altered, or the stored head or the
    high-water mark differs.
    """
    rows = tx.execute(
        select(LEAVES.c.position, LEAVES.c.body)
        .where(LEAVES.c.position >= known.size)
        .order_by(LEAVES.c.position)
    )
    frontier = known
    passed = marked is None or marked.size < known.size or marked == frontier
    for row in rows:
        if row.position != frontier.size:
            raise AuditBrokenError(f"leaf {frontier.size} is missing")
        frontier = frontier.add(leaf_hash(row.body.encode()))
        passed = passed or marked == frontier
    if frontier != read_frontier(tx):
        raise AuditBrokenError("the log is not a continuation of the last checkpoint")
    if not passed or (marked is None and frontier.size > known.size > 0):
        raise AuditBrokenError("the log is not a continuation of its high-water mark")
    return frontier


def _take_on(vault: Vault, record: Callable[[Transaction], None]) -> None:
    """Record that a loss was accepted, and forget the high-water mark."""
    with vault.write() as tx:
        record(tx)
    sequence(vault)
    with vault.read() as tx:
        frontier = read_frontier(tx)
    vault.high_water.write(frontier, sync=True, anew=True)
    vault.high_water.doubted = False


def _last(tx: Transaction, verifier: Verifier) -> tuple[Checkpoint, Frontier] | None:
    row = tx.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size.desc()).limit(1)).first()
    if row is None:
        return None
    said = read_checkpoint(row.note, verifier)
    if said.size != row.size or not edge_fits(row.size, row.frontier, said.root):
        raise AuditBrokenError("the last checkpoint is damaged")
    return said, Frontier.unpack(row.size, row.frontier)


def _remember(vault: Vault, checkpoint: Checkpoint, count: int) -> None:
    values = {"size": checkpoint.size, "note": checkpoint.note, "checkpoints": count}
    with transaction(vault.key_ring.engine, "keys", writes=True) as connection:
        # Only forward: another process may have published more in the meantime.
        connection.execute(update(WITNESS).where(WITNESS.c.checkpoints < count).values(**values))
