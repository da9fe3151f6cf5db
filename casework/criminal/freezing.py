"""A referral that asks for it stops the vetting, where the table of states has the edge."""

from casework.criminal.referrals import referrals_of
from casework.steps.marks import collected
from casework.steps.step import Work
from models.audit import AuditAction
from models.case import CaseState, may_move


def freeze(work: Work) -> bool:
    """Stop the vetting if a referral asks for it and the table of states has the edge.

    While files are still being gathered nothing moves; the end of gathering asks again. After
    review nothing stops: what two reviewers passed goes its way.
    """
    if not any(referral.freezes for referral in referrals_of(work.tx, work.case.id)):
        return False
    if work.case.state is CaseState.COLLECTING and not collected(work.tx, work.case.id):
        return False
    if not may_move(work.case.state, CaseState.CRIMINAL_HOLD):
        return False
    work.move(CaseState.CRIMINAL_HOLD)
    work.log(AuditAction.VETTING_FROZEN)
    return True
