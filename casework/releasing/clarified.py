"""What a manager has asked of a release, as it stands: a recall ends the questions about it."""

from models.dispute import Recall
from models.ids import CaseId
from models.rebuttal import Clarification, Question
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction


def clarified(tx: Transaction, case_id: CaseId) -> dict[tuple[int, Question], Clarification]:
    """Return the newest of each question about the release as it stands."""
    recalled = RecordStore(tx).latest(case_id, RecordKind.RECALL, Recall)
    return {
        (one.finding, one.question): one
        for one in RecordStore(tx).all(case_id, RecordKind.CLARIFICATION, Clarification)
        if recalled is None or one.asked_at > recalled.recalled_at
    }
