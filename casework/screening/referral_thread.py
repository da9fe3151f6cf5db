"""Vetting that a referral stopped goes on, or ends, when the custodian has given a receipt."""

from datetime import datetime

from casework.applicant.consent import require_state
from casework.attribution.attribute import grade_what_is_proved
from casework.criminal.referrals import referrals_of
from casework.records.retention import trouble_of
from casework.records.retention_facts import facts_of
from casework.requisition.requisitions import frozen
from casework.steps.dispatching import outbox_kind
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.case import CaseState
from models.errors import WrongStateError
from models.ids import CaseId
from models.people import Actor
from models.retention import RetentionSchedule
from models.segment import Segment
from policy.retention import schedule
from storage.schedules import ScheduleStore
from storage.vault import Vault


def resume_vetting(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> bool:
    """Let the vetting go on with a fresh attribution: `criminal-hold → attributed`.

    Returns False, and leaves the case where it is, while items wait for an analyst. Raises
    `WrongStateError` while a referral that stopped the vetting has no receipt.
    """
    with step(vault, case_id, actor=actor, permission=Permission.RESUME_VETTING, now=now) as work:
        require_state(work.case, CaseState.CRIMINAL_HOLD)
        _require_receipts(work)
        if grade_what_is_proved(work):
            return False
        work.move(CaseState.ATTRIBUTED)
        work.log(AuditAction.VETTING_RESUMED)
        work.queue(outbox_kind(Segment.SCREEN))
        return True


def end_vetting(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> RetentionSchedule:
    """End a vetting that a referral stopped: `criminal-hold → retained`, with its two dates.

    For a matter that has overtaken the position. A manager who is shown results on fixed dates
    sees the case as one about which nothing is reportable; the legal hold of the referral stays.
    Raises `WrongStateError` while a referral that stopped the vetting has no receipt.
    """
    with step(vault, case_id, actor=actor, permission=Permission.END_VETTING, now=now) as work:
        require_state(work.case, CaseState.CRIMINAL_HOLD)
        _require_receipts(work)
        facts = facts_of(work.tx, work.case, None)
        ended = facts.model_copy(update={"action": now.date(), "record_made": now.date()})
        policy = frozen(work.tx, work.case.requisition_id).policy
        dates = schedule(ended, policy, now=now)
        ScheduleStore(work.tx).put(dates)
        work.move(CaseState.RETAINED)
        work.log(AuditAction.VETTING_ENDED, code=trouble_of(dates))
        return dates


def _require_receipts(work: Work) -> None:
    if any(referral.freezes for referral in referrals_of(work.tx, work.case.id)):
        raise WrongStateError("a referral that stopped the vetting has no receipt yet")
