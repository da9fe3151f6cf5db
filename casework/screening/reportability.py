"""The gates of a case: what the law of its policy closes, at its stage, for this applicant."""

from datetime import datetime

from casework.applicant.consent import require_state
from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission
from casework.steps.step import step
from models.audit import AuditAction
from models.case import BEFORE_RELEASE, Case
from models.errors import WrongStateError
from models.ids import CaseId, FindingId
from models.people import Actor
from models.reportable import ComingOfAge, Gates, HiringStage, HiringStageRecord
from policy.reporting_law import gates_of, stage_of
from storage.findings import FindingStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault


def gates_for(tx: Transaction, case: Case, *, now: datetime) -> Gates:
    """Return the gates that are shut for a case today."""
    policy = frozen(tx, case.requisition_id).policy
    records = RecordStore(tx)
    stage = records.latest(case.id, RecordKind.HIRING_STAGE, HiringStageRecord)
    age = records.latest(case.id, RecordKind.COMING_OF_AGE, ComingOfAge)
    return gates_of(
        policy,
        stage=stage_of(policy, None if stage is None else stage.stage),
        on=now.date(),
        came_of_age=None if age is None else age.day,
    )


def state_stage(
    case_id: CaseId, stage: HiringStage, *, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Write down how far the hiring of an applicant has come. A stage is never taken back.

    It counts when the case is screened. Raises `WrongStateError` for an earlier stage.
    """
    with step(vault, case_id, actor=actor, permission=Permission.STATE_STAGE, now=now) as work:
        require_state(work.case, *BEFORE_RELEASE)
        records = RecordStore(work.tx)
        before = records.latest(case_id, RecordKind.HIRING_STAGE, HiringStageRecord)
        order = list(HiringStage)
        if before is not None and order.index(stage) < order.index(before.stage):
            raise WrongStateError("the hiring stage goes forward only")
        records.put(case_id, RecordKind.HIRING_STAGE, HiringStageRecord(stage=stage), now=now)
        work.log(AuditAction.STAGE_STATED, code=stage)


def said_by_a_minor(tx: Transaction, case_id: CaseId) -> set[FindingId]:
    """Return the findings of what was said before the stated day: nobody puts one back."""
    age = RecordStore(tx).latest(case_id, RecordKind.COMING_OF_AGE, ComingOfAge)
    if age is None:
        return set()
    return {one.id for one in FindingStore(tx).for_case(case_id) if one.said_at.date() < age.day}
