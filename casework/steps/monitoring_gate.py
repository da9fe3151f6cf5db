"""A monitoring case leaves its draft for an approved trigger alone: `Work.move` asks here.

Nothing else moves a case, so no step, schedule or person opens one in another way. Until then it
is a draft, in which nobody may gather anything.
"""

from models.case import Case, CaseState
from models.clauses import NoTriggerError
from models.errors import SeparationOfDutiesError
from models.ids import ActorId, RequisitionId
from models.monitoring import MonitoringScope
from storage.records import RecordKind, RecordStore
from storage.requisitions import RequisitionStore
from storage.transaction import Transaction


def of_monitoring(tx: Transaction, requisition_id: RequisitionId) -> bool:
    """Say whether a requisition is about people who work here already."""
    return RequisitionStore(tx).get(requisition_id).policy.after_hire is not None


def monitoring_scope(tx: Transaction, case: Case) -> MonitoringScope | None:
    """Return what a monitoring case was opened for; None for an applicant's case and a draft."""
    return RecordStore(tx).latest(case.id, RecordKind.MONITORING_SCOPE, MonitoringScope)


def require_trigger(tx: Transaction, case: Case, to: CaseState, actor: ActorId) -> None:
    """Raise if a monitoring case would go where only an approved trigger leads.

    `NoTriggerError` for one that was not opened on one (M2), `SeparationOfDutiesError` for whoever
    approved the trigger and would now gather the evidence.
    """
    if to not in (CaseState.NOTICED, CaseState.COLLECTING):
        return
    if not of_monitoring(tx, case.requisition_id):
        return
    opened = monitoring_scope(tx, case)
    if opened is None:
        raise NoTriggerError("a monitoring case opens on an approved trigger alone")
    if to is CaseState.COLLECTING and actor in (opened.approved_by, opened.opened_by):
        raise SeparationOfDutiesError("who approved the trigger does not investigate it")
