"""The steps that an applicant should hear of leave work to put the news on their shelf."""

from typing import Final

from models.audit import AuditAction

SHELVE: Final = "shelve"
"""The outbox kind of a case whose shelf is to be brought up to date."""

HEARD_OF: Final = frozenset(
    {
        AuditAction.NOTICE_SENT,
        AuditAction.NOTICE_DELIVERED,
        AuditAction.CONSENT_SIGNED,
        AuditAction.CONSENT_REFUSED,
        AuditAction.CONSENT_WITHDRAWN,
        AuditAction.CONSENT_EXPIRED,
        AuditAction.DISCLOSED,
        AuditAction.REBUTTAL_OFFERED,
        AuditAction.REBUTTAL_SUBMITTED,
        AuditAction.REBUTTAL_CLOSED,
        AuditAction.RELEASED,
        AuditAction.RECALLED,
        AuditAction.DECIDED,
        AuditAction.DOCUMENT_MADE,
        AuditAction.RETAINED,
    }
)
