"""The rebuttal window: while it is open nothing is released."""

from datetime import datetime, timedelta
from typing import Final

from models.errors import RebuttalWindowOpenError, WrongStateError
from models.ids import CaseId
from models.rebuttal import RebuttalWindow
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction

FRESH: Final = timedelta(days=60)
"""How long a package may be released after it was built.

What would pass the seven-year limit (15 USC 1681c(a)(5)) within that time is left out of it.
"""


def window_of(tx: Transaction, case_id: CaseId) -> RebuttalWindow:
    """Return the newest window. Raises `WrongStateError` if none was opened."""
    window = RecordStore(tx).latest(case_id, RecordKind.REBUTTAL_WINDOW, RebuttalWindow)
    if window is None:
        raise WrongStateError("the applicant has not been shown the package yet")
    return window


def require_window_closed(tx: Transaction, case_id: CaseId, *, now: datetime) -> None:
    """Raise `RebuttalWindowOpenError` while the applicant may still answer."""
    if now < window_of(tx, case_id).closes_at:
        raise RebuttalWindowOpenError("the applicant's time to answer is still running")
