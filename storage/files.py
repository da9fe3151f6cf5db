"""Original files, sealed chunk by chunk under opaque names, one folder per case."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from models.errors import ConstraintError, RecordNotFoundError
from models.ids import CaptureId, CaseId, is_id
from storage.atomic import sync_directory
from storage.domain import Domain
from storage.envelope import Context
from storage.home import Home
from storage.stream import open_file, seal_file
from storage.transaction import Transaction


class FileStore:
    """The sealed files of captures. A file is durable before the row that tells of it."""

    def __init__(self, tx: Transaction, home: Home) -> None:
        self._tx = tx
        self._home = home

    def put(self, case_id: CaseId, capture_id: CaptureId, source: Path | BinaryIO) -> int:
        """Seal a file and return its size in bytes; one kept before is replaced.

        Raises `ConstraintError` if an id is none.
        """
        path = self._path(case_id, capture_id)
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            sync_directory(self._home.files)
        return seal_file(source, path, self._tx.file_key(case_id), _place(case_id, capture_id))

    def open(self, case_id: CaseId, capture_id: CaptureId) -> Iterator[bytes]:
        """Yield a file, chunk by chunk. Raises `RecordNotFoundError`, `SealBrokenError`."""
        path = self._path(case_id, capture_id)
        key = self._tx.file_key(case_id)
        try:
            yield from open_file(path, key, _place(case_id, capture_id))
        except FileNotFoundError as exc:
            raise RecordNotFoundError("no such sealed file") from exc

    def _path(self, case_id: CaseId, capture_id: CaptureId) -> Path:
        if not (is_id(case_id) and is_id(capture_id)):
            raise ConstraintError("a sealed file is named by ids")
        return self._home.files / case_id / capture_id


def remove_files(home: Home, case_id: CaseId) -> int:
    """Delete a case's sealed files and return how many there were."""
    if not is_id(case_id):
        raise ConstraintError("a sealed file is named by ids")
    folder = home.files / case_id
    if not folder.is_dir():
        return 0
    count = sum(1 for _ in folder.iterdir())
    shutil.rmtree(folder)
    sync_directory(home.files)
    return count


def _place(case_id: CaseId, capture_id: CaptureId) -> Context:
    return (Domain.RAW, "files", case_id, capture_id)
