"""Originals are kept as they came, sealed, beside the rows that were read out of them."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from models.errors import ConstraintError, KeyUnavailableError
from models.evidence import Capture
from models.ids import CaptureId, CaseId, is_id
from models.value import Value
from storage.atomic import sync_directory
from storage.envelope import Context
from storage.faults import disk
from storage.home import Home
from storage.manifest import Stored, one_stored
from storage.records import RecordKind, RecordStore
from storage.stream import seal_file
from storage.tables.evidence import CAPTURES
from storage.tables.records import RECORDS
from storage.transaction import Transaction


class SealedOriginal(Value):
    """How an original lies on the disk: sealed, so that its digest tells nothing of the content."""

    capture_id: CaptureId
    size: int
    sha256: str


def keep_original(tx: Transaction, capture: Capture, source: Path, *, home: Home) -> None:
    """Seal a file as a capture's original. The name on disk is the capture's id.

    The file is durable before the transaction that tells of it, with size and digest of what
    lies there sealed, commits. Raises `HomeError` if it cannot be read or kept, for example on a
    full disk.
    """
    path = _path(home, capture.id)
    with disk("an original cannot be kept"):
        seal_file(
            source,
            path,
            tx.file_key(capture.case_id),
            original_context(capture.case_id, capture.id),
        )
        lies = one_stored(path)
    kept = SealedOriginal(capture_id=capture.id, size=lies.size, sha256=lies.sha256)
    RecordStore(tx).put(capture.case_id, RecordKind.ORIGINAL, kept, now=capture.captured_at)


def read_original(tx: Transaction, capture: Capture, *, home: Home) -> Iterator[bytes]:
    """Yield an original's bytes. Raises `SealBrokenError`, and `HomeError` if it is gone."""
    with disk("an original cannot be read"):
        yield from tx.open_file(
            capture.case_id, _path(home, capture.id), original_context(capture.case_id, capture.id)
        )


def faulty_originals(tx: Transaction, *, home: Home) -> list[CaptureId]:
    """Return the originals that are missing, cut short or altered, by size and digest as kept.

    Passed over are those of a case whose keys are gone, which nobody can open any more, and those
    kept before there was such a record.
    """
    query = select(RECORDS.c.case_id).where(RECORDS.c.kind == RecordKind.ORIGINAL).distinct()
    found = []
    for case_id in sorted(tx.execute(query).scalars()):
        try:
            kept = RecordStore(tx).all(case_id, RecordKind.ORIGINAL, SealedOriginal)
        except KeyUnavailableError:
            continue
        found += [one.capture_id for one in kept if not _lies_as_kept(one, home)]
    return found


def _lies_as_kept(kept: SealedOriginal, home: Home) -> bool:
    path = _path(home, kept.capture_id)
    with disk("an original cannot be read"):
        return path.is_file() and one_stored(path) == Stored(size=kept.size, sha256=kept.sha256)


def original_context(case_id: CaseId, capture_id: CaptureId) -> Context:
    """Return what an original is bound to, for a process that seals it by a public key."""
    return ("original", case_id, capture_id)


def drop_orphans(tx: Transaction, *, home: Home) -> int:
    """Remove files whose capture never came to be: a crash fell between file and row.

    Takes a transaction that writes, so that nobody is between file and row at this moment.
    """
    tx.require_writable()
    known = set(tx.execute(select(CAPTURES.c.id)).scalars())
    with disk("an original cannot be deleted"):
        orphans = [path for path in home.files.iterdir() if path.name not in known]
        for path in orphans:
            path.unlink()
        if orphans:
            sync_directory(home.files)
    return len(orphans)


def _path(home: Home, capture_id: CaptureId) -> Path:
    if not is_id(capture_id):
        raise ConstraintError("a sealed file is named by an id")
    return home.files / capture_id
