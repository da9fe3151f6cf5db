"""A referral whose clock has run out is written into the log, once for each duty that waits."""

from datetime import datetime

from casework.criminal.referral_custody import referrals_due
from casework.steps.step import entry
from models.audit import AuditAction
from models.people import SYSTEM, Role
from storage.audit import AuditLog
from storage.commands import CommandStore
from storage.vault import Vault


def note_overdue_referrals(*, vault: Vault, now: datetime) -> int:
    """Log every referral that is overdue and was not logged before; return how many.

    The entry names the case, and neither the offence nor the duty.
    """
    noted = 0
    for one in referrals_due(vault=vault, now=now):
        if not one.overdue:
            continue
        mark = f"referral-overdue:{one.referral_id}:{one.waits_for}"
        with vault.write(one.case_id) as tx:
            if CommandStore(tx).seen(mark) is None:
                CommandStore(tx).remember(mark, "overdue", now)
                AuditLog(tx).append(
                    entry(
                        AuditAction.OVERDUE,
                        actor=SYSTEM,
                        role=Role.SYSTEM,
                        object_id=one.case_id,
                        now=now,
                        code="criminal-referral",
                    )
                )
                noted += 1
    return noted
