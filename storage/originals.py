"""Originals are kept as they came, sealed, beside the rows that were read out of them."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select

from models.errors import ConstraintError, KeyUnavailableError
from models.evidence import Capture
from models.ids import CaptureId, CaseId, is_id
from models.search_clauses import CaptureHashError
from models.value import Value
from storage.atomic import replacing, sync_directory
from storage.faults import disk
from storage.home import Home
from storage.manifest import Stored, one_stored
from storage.records import RecordKind, RecordStore
from storage.sealed_write import original_context
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
    lies there sealed, commits. What was sealed is opened again and compared with the capture: the
    file may have changed since its digest was taken. Raises `CaptureHashError` then, `HomeError`
    if it cannot be read or kept, for example on a full disk; nothing lies there then.
    """
    path = _path(home, capture.id)
    context = original_context(capture.case_id, capture.id)
    try:
        with disk("an original cannot be kept"):
            seal_file(source, path, tx.file_key(capture.case_id), context)
        for _part in read_original(tx, capture, home=home):
            pass
    except Exception:
        path.unlink(missing_ok=True)
        raise
    _note(tx, capture, path)


def adopt_original(tx: Transaction, capture: Capture, sealed: BinaryIO, *, home: Home) -> None:
    """Keep a file that came sealed to the case as a capture's original: a copy, never the file.

    Whoever sealed it may hold the file open still. The copy is opened, and its bytes are compared
    with the capture's digest and size. Raises `CaptureHashError` if they are others,
    `SealBrokenError`, `HomeError`; nothing lies there then.
    """
    path = _path(home, capture.id)
    with disk("an original cannot be kept"), replacing(path) as out:
        shutil.copyfileobj(sealed, out)
    try:
        _require_captured(tx, capture, path)
    except Exception:
        path.unlink(missing_ok=True)
        raise
    _note(tx, capture, path)


def read_original(tx: Transaction, capture: Capture, *, home: Home) -> Iterator[bytes]:
    """Yield an original's bytes, and compare what was read with the capture at its end.

    Raises `SealBrokenError`, `HomeError` if it is gone, and `CaptureHashError` if the whole is not
    what was captured: nothing of it counts before the last piece came.
    """
    body, size = hashlib.sha256(), 0
    with disk("an original cannot be read"):
        context = original_context(capture.case_id, capture.id)
        for part in tx.open_file(capture.case_id, _path(home, capture.id), context):
            body.update(part)
            size += len(part)
            yield part
    if (body.hexdigest(), size) != (capture.sha256, capture.size):
        raise CaptureHashError("the original is not what the capture says")


def kept_originals(tx: Transaction, case_id: CaseId) -> frozenset[CaptureId]:
    """Return the captures of a case whose original is kept, as it was written down then."""
    kept = RecordStore(tx).all(case_id, RecordKind.ORIGINAL, SealedOriginal)
    return frozenset(one.capture_id for one in kept)


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


def _require_captured(tx: Transaction, capture: Capture, path: Path) -> None:
    body, size = hashlib.sha256(), 0
    with disk("an original cannot be read"), path.open("rb") as sealed:
        context = original_context(capture.case_id, capture.id)
        for part in tx.open_written(capture.case_id, sealed, context):
            body.update(part)
            size += len(part)
    if (body.hexdigest(), size) != (capture.sha256, capture.size):
        raise CaptureHashError("the original is not what the capture says")


def _note(tx: Transaction, capture: Capture, path: Path) -> None:
    with disk("an original cannot be kept"):
        lies = one_stored(path)
    kept = SealedOriginal(capture_id=capture.id, size=lies.size, sha256=lies.sha256)
    RecordStore(tx).put(capture.case_id, RecordKind.ORIGINAL, kept, now=capture.captured_at)


def _lies_as_kept(kept: SealedOriginal, home: Home) -> bool:
    path = _path(home, kept.capture_id)
    with disk("an original cannot be read"):
        return path.is_file() and one_stored(path) == Stored(size=kept.size, sha256=kept.sha256)


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
