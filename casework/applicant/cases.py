"""A case opens for one applicant in one requisition; who that is stays sealed."""

from datetime import datetime

from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission, authorize
from casework.steps.rules import remember_rules, require_opening_rules
from casework.steps.step import entry, refusals_logged
from models.audit import AuditAction
from models.case import Case, CaseState
from models.clauses import NoTriggerError
from models.disclosure import Applicant
from models.errors import WrongStateError
from models.ids import CaseId, RequisitionId, new_id
from models.people import Actor
from models.requisition import RequisitionState
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault


def open_case(
    requisition_id: RequisitionId,
    applicant: Applicant,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Case:
    """Open a case in state `draft`, under the digest of its requisition's rules.

    Raises `NoTriggerError` for a requisition of people who work here already (M2),
    `RequisitionNotFoundError`, `NotPermittedError`, `PackChangedError` or
    `InconsistentScopeError` if the rules are not those the requisition opened with, and
    `WrongStateError` if the requisition is closed.
    """
    case = Case(
        id=CaseId(new_id()),
        requisition_id=requisition_id,
        state=CaseState.DRAFT,
        opened_by=actor.id,
        opened_at=now,
        changed_at=now,
    )
    with refusals_logged(case.id, actor=actor, vault=vault, now=now), vault.write() as tx:
        role = authorize(actor, Permission.OPEN_CASE)
        requisition = frozen(tx, requisition_id)
        if requisition.state is not RequisitionState.OPEN:
            raise WrongStateError("the requisition is closed")
        if requisition.policy.after_hire is not None:
            raise NoTriggerError("who works here already is looked at on a trigger alone")
        require_opening_rules(tx, requisition)
        CaseStore(tx).add(case)
        digest = remember_rules(tx, case.id, requisition, now=now)
        RecordStore(tx).put(case.id, RecordKind.APPLICANT, applicant, now=now)
        AuditLog(tx).append(
            entry(
                AuditAction.CASE_OPENED,
                actor=actor,
                role=role,
                object_id=case.id,
                now=now,
                code=digest.rules[:16],
            )
        )
    return case


def find_case(case_id: CaseId, *, vault: Vault) -> Case:
    """Return a case. Raises `CaseNotFoundError`."""
    with vault.read() as tx:
        return CaseStore(tx).get(case_id)


def list_cases(
    *, actor: Actor, vault: Vault, requisition_id: RequisitionId | None = None
) -> list[Case]:
    """Return the cases, of one requisition if named. Raises `NotPermittedError`."""
    authorize(actor, Permission.READ_CASES)
    with vault.read() as tx:
        return CaseStore(tx).all(requisition_id)
