"""An export holds all that an auditor needs to check the log with nothing of ours installed.

Tiles, entries and checkpoints in the C2SP layout, cosignatures and time stamps as they came, the
public keys, a verifier that needs Python alone, and a list of every file signed by the log.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from models.errors import AuditBrokenError, InputError
from storage.checkpoints import log_keys, published, signers
from storage.export_files import MANIFEST, Exported, Log, log_files, prove_one, write_export
from storage.note import Verifier
from storage.proof import LogProof
from storage.tables.audit import LEAVES, STAMPS
from storage.vault import Vault


def export_log(
    vault: Vault, target: Path, *, witnesses: Sequence[Verifier] = (), now: datetime
) -> Exported:
    """Write the log as its newest checkpoint covers it, into a new folder or `.zip`.

    Raises `AuditBrokenError` if there is no checkpoint or the leaves do not give it,
    `KeyUnavailableError` without the audit domain, `InputError` if the target is there already.
    """
    if target.exists():
        raise InputError("the target is there already", file=target.name)
    points = published(vault)
    size = points[-1].size if points else 0
    log = Log(_bodies(vault, size), points, dict(_stamps(vault)), (*log_keys(vault), *witnesses))
    files = log_files(log)
    files[MANIFEST] = signed_list(vault, files, now)
    return write_export(target, files, log)


def prove_entry(vault: Vault, event_id: str) -> tuple[LogProof, bytes]:
    """Prove one entry, by its event id, without the others; return the proof and the entry.

    Raises `AuditBrokenError` if no such entry is covered by a checkpoint yet.
    """
    points = published(vault)
    bodies = _bodies(vault, points[-1].size if points else 0)
    return prove_one(bodies, points, event_id)


def _bodies(vault: Vault, size: int) -> list[bytes]:
    query = select(LEAVES.c.body).where(LEAVES.c.position < size).order_by(LEAVES.c.position)
    with vault.read() as tx:
        bodies = [body.encode() for body in tx.execute(query).scalars()]
    if len(bodies) != size:
        raise AuditBrokenError("leaves that a checkpoint covers are missing")
    return bodies


def _stamps(vault: Vault) -> Iterator[tuple[str, bytes]]:
    with vault.read() as tx:
        rows = tx.execute(select(STAMPS).order_by(STAMPS.c.size, STAMPS.c.authority)).all()
    for row in rows:
        yield f"stamps/{row.size}.{row.authority}.tsr", row.token


def signed_list(vault: Vault, files: dict[str, bytes], now: datetime) -> bytes:
    """List every file with its SHA-256 in a note signed by the log's key.

    Its first line is not the log's origin, so that it can be taken for no checkpoint.
    """
    signer, _ = signers(vault)
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    head = f"{signer.verifier.name}/export\n{now:%Y-%m-%dT%H:%M:%SZ}\n"
    return signer.sign(head + "".join(lines)).encode()
