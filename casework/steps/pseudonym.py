"""A case has another name in the fairness analysis, and nothing there leads back to the case.

It is a keyed digest under the case's own key: whoever holds that key can make it, and when the
case is destroyed nobody can.
"""

from typing import Final

from models.ids import CaseId
from storage.transaction import Transaction

_PURPOSE: Final = "fairness-pseudonym"


def pseudonym_of(tx: Transaction, case_id: CaseId) -> CaseId:
    """Return the pseudonym, in the shape of an id."""
    return CaseId(tx.blind(case_id, _PURPOSE, b"")[:32])
