"""The rebuttal window: while it is open nothing is released, and nobody's word says what is late.

An answer is late if the inside had looked for answers after the window closed and this one was not
there. What time it claims for itself counts for nothing; what nobody looked for is in time.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from models.case import CaseState
from models.errors import RebuttalWindowOpenError, WrongStateError
from models.ids import CaseId
from models.rebuttal import RebuttalWindow
from storage.cases import CaseStore
from storage.commands import CommandStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

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


def note_looked(*, waiting: Collection[CaseId], vault: Vault, now: datetime) -> int:
    """Note of every window that closed before a look that no answer of the case waited then.

    `now` is from before the look, `waiting` from after what was found was taken in. Returns of
    how many windows this was news.
    """
    with vault.read() as tx:
        cases = [case.id for case in CaseStore(tx).in_state(CaseState.REBUTTAL)]
        closed = [
            one
            for one in cases
            if one not in waiting
            and now >= window_of(tx, one).closes_at
            and not was_looked(tx, one)
        ]
    for case_id in closed:
        with vault.write(case_id) as tx:
            if not was_looked(tx, case_id):
                CommandStore(tx).remember(_looked(tx, case_id), "looked", now)
    return len(closed)


def was_looked(tx: Transaction, case_id: CaseId) -> bool:
    """Say whether answers were looked for after the newest window closed."""
    return CommandStore(tx).seen(_looked(tx, case_id)) is not None


def require_looked(tx: Transaction, case_id: CaseId) -> None:
    """Raise `RebuttalWindowOpenError` while an answer that came in time may still wait."""
    if not was_looked(tx, case_id):
        raise RebuttalWindowOpenError("the applicant's letters are taken in first")


def came_at(tx: Transaction, case_id: CaseId, *, now: datetime) -> datetime:
    """Return the time by which a letter that is taken in now is early or late.

    Raises `WrongStateError` if no window was opened.
    """
    closes_at = window_of(tx, case_id).closes_at
    if now < closes_at or was_looked(tx, case_id):
        return now
    return closes_at - timedelta(microseconds=1)


def _looked(tx: Transaction, case_id: CaseId) -> str:
    return f"answers-looked:{case_id}:{window_of(tx, case_id).opens_at.isoformat()}"
