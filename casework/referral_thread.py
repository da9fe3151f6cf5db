"""Vetting that a referral stopped goes on when the custodian has given a receipt."""

from datetime import datetime

from casework.attribute import grade_what_is_proved
from casework.consent import require_state
from casework.dispatching import outbox_kind
from casework.permissions import Permission
from casework.referrals import referrals_of
from casework.step import step
from models.audit import AuditAction
from models.case import CaseState
from models.errors import WrongStateError
from models.ids import CaseId
from models.people import Actor
from models.segment import Segment
from storage.vault import Vault


def resume_vetting(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> bool:
    """Let the vetting go on with a fresh attribution: `criminal-hold → attributed`.

    Returns False, and leaves the case where it is, while items wait for an analyst. Raises
    `WrongStateError` while a referral that stopped the vetting has no receipt.
    """
    with step(vault, case_id, actor=actor, permission=Permission.RESUME_VETTING, now=now) as work:
        require_state(work.case, CaseState.CRIMINAL_HOLD)
        if any(referral.freezes for referral in referrals_of(work.tx, case_id)):
            raise WrongStateError("a referral that stopped the vetting has no receipt yet")
        if grade_what_is_proved(work):
            return False
        work.move(CaseState.ATTRIBUTED)
        work.log(AuditAction.VETTING_RESUMED)
        work.queue(outbox_kind(Segment.SCREEN))
        return True
