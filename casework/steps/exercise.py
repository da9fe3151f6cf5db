"""An exercise ends inside the wall: no case of one ever moves towards a manager or an applicant.

`Work.move` asks here, and nothing else moves a case. Seeded items are moreover no findings: they
are records, and no package is built of records.
"""

from typing import Final

from models.case import Case, CaseState
from models.search_clauses import ExerciseError
from storage.requisitions import RequisitionStore
from storage.transaction import Transaction

OUTWARD: Final = frozenset({CaseState.REBUTTAL, CaseState.RELEASED})
"""Every way out of the inside leads through one of these."""


def is_exercise(tx: Transaction, case: Case) -> bool:
    """Say whether a case belongs to a requisition of made-up applicants."""
    rules = RequisitionStore(tx).get(case.requisition_id).policy.people
    return rules is not None and rules.exercise


def require_no_exercise(tx: Transaction, case: Case, to: CaseState) -> None:
    """Raise `ExerciseError` if a case of an exercise would move outward."""
    if to in OUTWARD and is_exercise(tx, case):
        raise ExerciseError("an exercise is never released, and nobody is asked about it")
