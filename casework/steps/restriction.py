"""While a restriction stands nothing is done with a case but to keep it and to answer (EU-07)."""

from typing import Final

from casework.steps.permissions import Permission
from casework.steps.sealing import MANAGERS
from models.counsel import DataRequest
from models.counsel_clauses import RestrictedError
from models.errors import RecordNotFoundError
from models.ids import CaseId
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction

STOPPED: Final = frozenset(
    {
        Permission.REGISTER_SOURCE,
        Permission.COLLECT,
        Permission.SCREEN,
        Permission.SETTLE_ATTRIBUTION,
        Permission.SECOND_ATTRIBUTION,
        Permission.COMPARE_CASES,
        Permission.READ_RAW,
        Permission.READ_PROVENANCES,
        Permission.WEIGH_FINDING,
        Permission.APPROVE,
        Permission.OFFER_REBUTTAL,
        Permission.RELEASE,
        Permission.DELIVER,
        Permission.VIEW_RELEASE,
        Permission.DECIDE,
        Permission.ASK,
        Permission.MAKE_QUERY,
        Permission.FETCH,
        Permission.CAPTURE_PAGE,
        Permission.PROPOSE_CONTACT,
        Permission.APPROVE_CONTACT,
        Permission.RECORD_CONTACT,
        Permission.ATTEND_VIEWING,
        Permission.DRAW_SAMPLE,
        Permission.REVIEW_QUALITY,
        Permission.STATE_ACCOUNT_FACTS,
        Permission.APPROVE_TRIGGER,
        Permission.OPEN_MONITORING,
        Permission.CAPTURE_THIRD_PARTY,
        Permission.STATE_FINDING,
        Permission.READ_EXCLUSIONS,
        Permission.NOTE_ALTERATION,
        Permission.PLACE_SEEDS,
    }
)
"""Steps that use what is kept. Notices, answers, disputes, holds and retention go on."""


def is_restricted(tx: Transaction, case_id: CaseId) -> bool:
    """Say whether a request for restriction stands."""
    newest = {
        one.id: one for one in RecordStore(tx).all(case_id, RecordKind.DATA_REQUEST, DataRequest)
    }
    return any(one.restricts for one in newest.values())


def require_unrestricted(tx: Transaction, case_id: CaseId, permission: Permission) -> None:
    """Raise `RestrictedError` for a step that uses a case whose processing is to stop.

    For the manager's steps it is `RecordNotFoundError`, as where nothing was released.
    """
    if permission in STOPPED and is_restricted(tx, case_id):
        if permission in MANAGERS:
            # To a manager it looks like one that was never released: nobody tells who asked.
            raise RecordNotFoundError(f"{case_id}: nothing has been released")
        raise RestrictedError(f"{permission}: the applicant asked that processing stop")
