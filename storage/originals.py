"""Originals are kept as they came, sealed, beside the rows that were read out of them."""

from collections.abc import Iterator
from pathlib import Path

from models.evidence import Capture
from models.ids import CaptureId
from storage.envelope import Context
from storage.home import Home
from storage.stream import open_file, seal_file
from storage.transaction import Transaction


def keep_original(tx: Transaction, capture: Capture, source: Path, *, home: Home) -> None:
    """Seal a file as a capture's original. The name on disk is the capture's id."""
    seal_file(source, _path(home, capture.id), tx.file_key(capture.case_id), _context(capture))


def read_original(tx: Transaction, capture: Capture, *, home: Home) -> Iterator[bytes]:
    """Yield an original's bytes. Raises `SealBrokenError`, and `OSError` if it is gone."""
    return open_file(_path(home, capture.id), tx.file_key(capture.case_id), _context(capture))


def drop_orphans(known: frozenset[CaptureId], *, home: Home) -> int:
    """Remove originals whose capture never came to be: a crash fell between file and row."""
    removed = 0
    for path in home.files.iterdir():
        if path.name not in known:
            path.unlink()
            removed += 1
    return removed


def _path(home: Home, capture_id: CaptureId) -> Path:
    return home.files / capture_id


def _context(capture: Capture) -> Context:
    return ("original", capture.case_id, capture.id)
