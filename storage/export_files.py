"""The files of an export are made of the log alone, whoever makes it and of which database.

Tiles, entries and checkpoints in the C2SP layout, cosignatures and time stamps as they came, the
public keys, and a verifier that needs Python alone.
"""

import hashlib
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.audit import Checkpoint
from models.errors import AuditBrokenError, InputError
from storage.faults import disk
from storage.merkle import leaf_hash, tree_root
from storage.note import Verifier, read_head, split_note
from storage.proof import LogProof, prove
from storage.tiles import entry_bundles, hash_tiles

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


@dataclass(frozen=True, slots=True)
class Log:
    """What an export is made of."""

    bodies: list[bytes]
    """Of the leaves that the newest checkpoint covers."""
    points: Sequence[Checkpoint]
    stamps: dict[str, bytes]
    keys: Sequence[Verifier]
    """The log's own, then those of known witnesses."""


def log_files(log: Log) -> dict[str, bytes]:
    """Return the files of an export, all but the signed list of them.

    Raises `AuditBrokenError` if there is no checkpoint or the leaves do not give it.
    """
    if not log.points:
        raise AuditBrokenError("there is no checkpoint yet")
    newest = log.points[-1]
    leaves = [leaf_hash(body) for body in log.bodies]
    if tree_root(leaves) != read_head(split_note(newest.note)[0]).root:
        raise AuditBrokenError("the leaves do not give the newest checkpoint")
    files = dict(hash_tiles(leaves)) | dict(entry_bundles(log.bodies))
    notes = {point.size: _by(log.keys, point.note) for point in log.points}
    files["checkpoint"] = notes[newest.size].encode()
    files |= {f"checkpoints/{size}": note.encode() for size, note in notes.items()}
    files |= log.stamps
    files["vkeys"] = "".join(f"{key.vkey}\n" for key in log.keys).encode()
    files["verify.py"] = verifier_file()
    files["README.txt"] = (_HERE / "auditor.txt").read_bytes()
    return files


def verifier_file() -> bytes:
    """Return the verifier: one file of Python that needs nothing else."""
    return (_HERE / "verifier.py").read_bytes()


def write_export(target: Path, files: dict[str, bytes], log: Log) -> Exported:
    """Write an export's files, with the signed list of them, into a new folder or `.zip`.

    Raises `InputError` if the target is there already, `HomeError` if the disk refuses.
    """
    if target.exists():
        raise InputError("the target is there already", file=target.name)
    write = _write_zip if target.suffix == ".zip" else _write_folder
    with disk("the export cannot be written"):
        write(target, files)
    notes = [raw.decode() for name, raw in files.items() if name.startswith("checkpoints/")]
    return Exported(
        size=log.points[-1].size,
        checkpoints=len(log.points),
        cosignatures=sum(len(split_note(note)[1]) - 2 for note in notes),
        stamps=len(log.stamps),
        files=len(files),
        manifest_sha256=hashlib.sha256(files[MANIFEST]).hexdigest(),
    )


def prove_one(
    bodies: list[bytes], points: Sequence[Checkpoint], event_id: str
) -> tuple[LogProof, bytes]:
    """Prove one entry out of those that the newest checkpoint covers. Raises as `prove_entry`."""
    if not points:
        raise AuditBrokenError("there is no checkpoint yet")
    wanted = f'"event_id":"{event_id}"'.encode()
    index = next((at for at, body in enumerate(bodies) if wanted in body), len(bodies))
    leaves = [leaf_hash(body) for body in bodies]
    return prove(leaves, index, points[-1].note, len(bodies)), bodies[index]


def _by(keys: Sequence[Verifier], note: str) -> str:
    """Return a note with the signatures of known keys: nobody could check the others."""
    text, signatures = split_note(note)
    lines = [one.line for one in signatures if any(key.named_by(one) for key in keys)]
    return f"{text}\n{''.join(lines)}"


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
