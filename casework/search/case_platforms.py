"""A case's platforms are those that its captures name."""

from models.ids import CaseId
from storage.captures import CaptureStore
from storage.transaction import Transaction


def platforms_of(tx: Transaction, case_id: CaseId) -> frozenset[str]:
    """Return the platforms that a case's material comes from."""
    return frozenset(
        name for capture in CaptureStore(tx).all(case_id) for name in capture.platforms
    )
