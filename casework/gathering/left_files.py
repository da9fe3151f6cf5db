"""What a fetch or a capture left in a folder when its process died is finished, or it goes."""

from pathlib import Path

from collection.web.parts import settle_parts
from models.fetching import FetchRecord
from models.ids import CaseId
from models.page_capture import PageCaptureRecord
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction


def settle_left(tx: Transaction, case_id: CaseId, folder: Path) -> int:
    """Name the files whose record stands in the case, destroy those without; return how many.

    Called before anything is fetched or captured into a folder, and before a folder becomes the
    source of a case: nothing is taken in of which no record says how it was got.
    Raises `HomeError`.
    """
    records = RecordStore(tx)
    fetches = records.all(case_id, RecordKind.FETCH, FetchRecord)
    pages = records.all(case_id, RecordKind.PAGE_CAPTURE, PageCaptureRecord)
    named = {(one.file, one.file_sha256) for one in fetches}
    drawn = {digest for one in pages for digest in (one.recording_sha256, one.shown_sha256)}
    return settle_parts(folder, lambda name, sha256: (name, sha256) in named or sha256 in drawn)
