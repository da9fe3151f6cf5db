"""Sealed material is the custodian's alone: a withdrawn case, a conflict of rules, unknown law."""

from typing import Final

from casework.steps.permissions import Permission
from models.case import Case, CaseState
from models.errors import RecordNotFoundError, SealedError
from models.ids import CaseId
from models.retention import NullRetention
from storage.commands import CommandStore
from storage.records import RecordKind, RecordStore
from storage.schedules import ScheduleStore
from storage.transaction import Transaction

WHILE_SEALED: Final = frozenset(
    {
        Permission.WITHDRAW,
        Permission.RETAIN,
        Permission.STATE_EMPLOYMENT,
        Permission.HOLD,
        Permission.DESTROY,
        Permission.REQUEST_PRODUCTION,
        Permission.APPROVE_PRODUCTION,
        Permission.MAKE_PRODUCTION,
        Permission.READ_PRODUCTIONS,
        Permission.REPORT_BREACH,
        Permission.CONTAIN_BREACH,
        Permission.CLOSE_BREACH,
        Permission.OPEN_REQUEST,
        Permission.ANSWER_REQUEST,
        Permission.READ_REQUESTS,
        # The system's own: they find that nothing is due, and say so themselves.
        Permission.SEND_NOTICE,
        Permission.COLLECT,
        Permission.SCREEN,
        Permission.DELIVER,
        # A withdrawal ends the vetting, and neither a referral nor a report that a law asks for.
        Permission.RECORD_EMERGENCY_CALL,
        Permission.ROUTE_REFERRAL,
        Permission.RECEIVE_REFERRAL,
        Permission.READ_REFERRALS,
    }
)
"""What may still be done; none of it shows content to anybody here but the custodian.

A production is sealed to whoever demanded it, and a copy of what is kept is the applicant's own.
"""

NULL_DECIDED: Final = "null-decided"
"""The outbox kind of a null state that a manager has decided on: retention weighs it then."""

OWED_ON_NULL: Final = frozenset({Permission.SEND_DOCUMENT, Permission.FILE_COPY})
"""What the applicant is owed before and after an adverse decision on a null state: the packet, the
notice and the copy hold the package of one about whom nothing is reportable, and no word more."""

MANAGERS: Final = frozenset({Permission.VIEW_RELEASE, Permission.DECIDE, Permission.ASK})
"""To a manager a sealed case looks like one that was never released: a withdrawal does not show."""


def is_sealed(tx: Transaction, case: Case) -> bool:
    """Say whether a case's material is sealed."""
    if case.state is not CaseState.RETAINED:
        return case.state is CaseState.WITHDRAWN
    dates = ScheduleStore(tx).get(case.id)
    return dates is None or dates.sealed


def is_hidden(tx: Transaction, case: Case) -> bool:
    """Say whether managers see nothing of a case: sealed, or destroyed but for its keys.

    One that was shown as "nothing reportable" is hidden where, and as soon as, a released one
    would be about which the same was decided (`casework.records.null_retention`).
    """
    if case.state is CaseState.DESTROYED:
        return True
    if not shown_null(tx, case.id):
        return is_sealed(tx, case)
    stands = RecordStore(tx).latest(case.id, RecordKind.NULL_RETENTION, NullRetention)
    return stands is not None and stands.sealed and case.state is not CaseState.LEGAL_HOLD


def shown_null(tx: Transaction, case_id: CaseId) -> bool:
    """Say whether what the manager sees of a case is the null state of one never released."""
    commands = CommandStore(tx)
    return (
        commands.seen(null_key(case_id)) is not None
        and commands.seen(replaced_key(case_id)) is None
    )


def null_key(case_id: CaseId) -> str:
    """Return what it is remembered by that the null state of a case was shown."""
    return f"null:{case_id}"


def replaced_key(case_id: CaseId) -> str:
    """Return what it is remembered by that a release took the place of the null state."""
    return f"null-replaced:{case_id}"


def require_unsealed(tx: Transaction, case: Case, permission: Permission) -> None:
    """Raise `SealedError` for a step that a sealed case does not allow.

    For the manager's steps it is `RecordNotFoundError`, as where nothing was released.
    """
    if permission in MANAGERS:
        if is_hidden(tx, case):
            raise RecordNotFoundError(f"{case.id}: nothing has been released")
    elif permission in OWED_ON_NULL and shown_null(tx, case.id):
        return
    elif permission not in WHILE_SEALED and is_sealed(tx, case):
        raise SealedError(f"{permission}: the material of this case is sealed")
