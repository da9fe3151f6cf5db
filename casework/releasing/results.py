"""What managers see, and on which day, does not depend on why there is nothing to see.

A policy with fixed dates shows every result of a requisition on the next of them, counted from
the day it opened. An applicant who refused, withdrew, let the consent expire, or whose case went
another way is shown on that date as the very bytes of one about whom nothing is reportable.

Nothing in this module can reach raw evidence, directly or through what it imports.
"""

from datetime import datetime, timedelta
from typing import Final

from casework.releasing.manager_desk import name_managers
from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission
from casework.steps.sealing import null_key, replaced_key, shown_null
from casework.steps.step import Work, entry
from models.audit import AuditAction
from models.case import Case, CaseState
from models.decision import Decision
from models.ids import CaseId, RequisitionId
from models.people import SYSTEM, Role
from models.release import ReleasePackage
from models.requisition import Requisition
from policy.waiting import rules_of
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.commands import CommandStore
from storage.outbox import OutboxStore
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from storage.requisitions import RequisitionStore
from storage.transaction import Transaction
from storage.vault import Vault

ON_DATE: Final = "deliver-on-date"
"""The outbox kind of a released package that waits for its requisition's date."""

_ENDED_UNSEEN: Final = (
    CaseState.REFUSED,
    CaseState.WITHDRAWN,
    CaseState.EXPIRED,
    CaseState.CRIMINAL_HOLD,
)
_LATER: Final = (CaseState.RETAINED, CaseState.LEGAL_HOLD)
"""Where such a case goes on to, as released ones do."""


def results_date(requisition: Requisition, since: datetime) -> datetime | None:
    """Return the first of a requisition's fixed dates that is not before a time, if it has any."""
    rules = rules_of(requisition.policy)
    if rules.results_after_days is None:
        return None
    opened = requisition.opened_at.replace(hour=0, minute=0, second=0, microsecond=0)
    day = opened + timedelta(days=rules.results_after_days)
    while day < since:
        day += timedelta(days=rules.results_every_days)
    return day


def null_package(requisition: Requisition) -> ReleasePackage:
    """Return what is shown where nothing is reportable, whatever the reason."""
    return ReleasePackage(
        policy_sha256=requisition.policy_sha256,
        criteria_pack=f"{requisition.criteria.id} {requisition.criteria.version}",
        criteria_sha256=requisition.criteria_sha256,
        findings=(),
    )


def show_results(*, vault: Vault, released: ReleasedVault, now: datetime) -> int:
    """Show every result whose date has come; return how many. A second run shows nothing twice."""
    with vault.read() as tx:
        days = _dated(tx)
        if not days:
            return 0
        due_rows = [
            row
            for row in OutboxStore(tx).pending(ON_DATE)
            if row.case_id and _due(days, CaseStore(tx).get(row.case_id), row.created_at, now)
        ]
        ended = [
            case
            for case in CaseStore(tx).in_state(*_ENDED_UNSEEN, *_LATER)
            if _due(days, case, case.changed_at, now) and _ended_unseen(tx, case)
        ]
    with vault.read() as tx:
        waiting: dict[CaseId, tuple[bytes, str | None]] = {
            row.case_id: (row.payload, row.id) for row in due_rows if row.case_id
        }
        for case in ended:
            payload = null_package(frozen(tx, case.requisition_id)).payload()
            waiting.setdefault(case.id, (payload, None))
    # In an order that has nothing to do with why there is nothing to see.
    return sum(
        _show(case_id, *waiting[case_id], vault=vault, released=released, now=now)
        for case_id in sorted(waiting)
    )


def state_for_manager(work: Work) -> CaseState:
    """Return the state in which a manager's step finds the case.

    A case that was never released moves on, in the manager's eyes, by decisions alone.
    """
    return state_shown(work.tx, work.case)


def state_shown(tx: Transaction, case: Case) -> CaseState:
    """Return the state of a case as its manager would have it."""
    if not shown_null(tx, case.id):
        return case.state
    decided = RecordStore(tx).latest(case.id, RecordKind.DECISION, Decision)
    return CaseState.RELEASED if decided is None else CaseState(decided.outcome.value)


def _show(
    case_id: CaseId,
    payload: bytes,
    row_id: str | None,
    *,
    vault: Vault,
    released: ReleasedVault,
    now: datetime,
) -> bool:
    with vault.write(case_id) as tx:
        if row_id is None:
            if not _ended_unseen(tx, CaseStore(tx).get(case_id)):
                return False  # it goes on since it was read
            CommandStore(tx).remember(null_key(case_id), "shown", now)
        else:
            outbox = OutboxStore(tx)
            if row_id not in {row.id for row in outbox.pending(ON_DATE, case_id=case_id)}:
                return False  # taken back since it was read
            outbox.done(row_id, now)
            if shown_null(tx, case_id):
                CommandStore(tx).remember(replaced_key(case_id), "replaced", now)
        # Within the transaction: a recall waits for it, and then finds the copy to take back.
        released.deliver_next(case_id, payload, now)
        name_managers(tx, case_id, released=released, now=now)
        AuditLog(tx).append(
            entry(
                AuditAction.RESULT_SHOWN,
                actor=SYSTEM,
                role=Role.SYSTEM,
                object_id=case_id,
                now=now,
                code=Permission.DELIVER,
            )
        )
    released.publish_keys()
    return True


def _dated(tx: Transaction) -> dict[RequisitionId, Requisition]:
    """Return the requisitions that show their results on fixed dates."""
    return {
        one.id: one
        for one in RequisitionStore(tx).all()
        if rules_of(one.policy).results_after_days is not None
    }


def _due(
    dated: dict[RequisitionId, Requisition], case: Case, since: datetime, now: datetime
) -> bool:
    requisition = dated.get(case.requisition_id)
    day = None if requisition is None else results_date(requisition, since)
    return day is not None and day <= now


def _ended_unseen(tx: Transaction, case: Case) -> bool:
    """Say whether a case ended, was never released, and was not shown as null before."""
    if case.state not in (*_ENDED_UNSEEN, *_LATER) or shown_null(tx, case.id):
        return False
    return not any(one.action is AuditAction.RELEASED for one in AuditLog(tx).entries(case.id))
