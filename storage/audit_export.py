"""An export holds all that an auditor needs to check the log with nothing of ours installed.

Tiles, entries and checkpoints in the C2SP layout, cosignatures and time stamps as they came, the
public keys, a verifier that needs Python alone, and a list of every file signed by the log.
"""

import hashlib
import os
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select

from models.errors import AuditBrokenError, InputError
from storage.checkpoints import log_keys, published, signers
from storage.faults import disk
from storage.merkle import leaf_hash, tree_root
from storage.note import Verifier, read_head, split_note
from storage.proof import LogProof, prove
from storage.tables.audit import LEAVES, STAMPS
from storage.tiles import entry_bundles, hash_tiles
from storage.vault import Vault

MANIFEST: Final = "manifest"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    size: int
    checkpoints: int
    cosignatures: int
    stamps: int
    files: int
    manifest_sha256: str


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
    if not points:
        raise AuditBrokenError("there is no checkpoint yet")
    newest = points[-1]
    bodies = _bodies(vault, newest.size)
    leaves = [leaf_hash(body) for body in bodies]
    if tree_root(leaves) != read_head(split_note(newest.note)[0]).root:
        raise AuditBrokenError("the leaves do not give the newest checkpoint")
    files = dict(hash_tiles(leaves)) | dict(entry_bundles(bodies))
    keys = [*log_keys(vault), *witnesses]
    notes = {point.size: _by(keys, point.note) for point in points}
    files["checkpoint"] = notes[newest.size].encode()
    files |= {f"checkpoints/{size}": note.encode() for size, note in notes.items()}
    stamps = dict(_stamps(vault))
    files |= stamps
    files["vkeys"] = "".join(f"{key.vkey}\n" for key in keys).encode()
    files["verify.py"] = (_HERE / "verifier.py").read_bytes()
    files["README.txt"] = (_HERE / "auditor.txt").read_bytes()
    files[MANIFEST] = _manifest(vault, files, now)
    write = _write_zip if target.suffix == ".zip" else _write_folder
    with disk("the export cannot be written"):
        write(target, files)
    return Exported(
        size=newest.size,
        checkpoints=len(points),
        cosignatures=sum(len(split_note(note)[1]) - 2 for note in notes.values()),
        stamps=len(stamps),
        files=len(files),
        manifest_sha256=hashlib.sha256(files[MANIFEST]).hexdigest(),
    )


def prove_entry(vault: Vault, event_id: str) -> tuple[LogProof, bytes]:
    """Prove one entry, by its event id, without the others; return the proof and the entry.

    Raises `AuditBrokenError` if no such entry is covered by a checkpoint yet.
    """
    points = published(vault)
    size = points[-1].size if points else 0
    bodies = _bodies(vault, size)
    wanted = f'"event_id":"{event_id}"'.encode()
    index = next((at for at, body in enumerate(bodies) if wanted in body), size)
    if not points:
        raise AuditBrokenError("there is no checkpoint yet")
    leaves = [leaf_hash(body) for body in bodies]
    return prove(leaves, index, points[-1].note, size), bodies[index]


def _by(keys: Sequence[Verifier], note: str) -> str:
    """Return a note with the signatures of known keys: nobody could check the others."""
    text, signatures = split_note(note)
    lines = [one.line for one in signatures if any(key.named_by(one) for key in keys)]
    return f"{text}\n{''.join(lines)}"


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


def _manifest(vault: Vault, files: dict[str, bytes], now: datetime) -> bytes:
    """List every file with its SHA-256 in a note signed by the log's key.

    Its first line is not the log's origin, so that it can be taken for no checkpoint.
    """
    signer, _ = signers(vault)
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    head = f"{signer.verifier.name}/export\n{now:%Y-%m-%dT%H:%M:%SZ}\n"
    return signer.sign(head + "".join(lines)).encode()


def _write_folder(target: Path, files: dict[str, bytes]) -> None:
    building = target.with_name(f".{target.name}.new")
    for name, raw in files.items():
        path = building / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    building.rename(target)


def _write_zip(target: Path, files: dict[str, bytes]) -> None:
    building = target.with_name(f".{target.name}.new")
    with zipfile.ZipFile(building, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files[name], zipfile.ZIP_DEFLATED)
    with building.open("rb") as stream:
        os.fsync(stream.fileno())
    building.rename(target)
