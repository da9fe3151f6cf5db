"""What states, steps, clocks and queues are called on the casework's pages, and nowhere else."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from models.audit import AuditAction
from models.case import CaseState
from models.consent import ConsentItem
from models.deadlines import ClockKind

_S = CaseState
STATES: Final[Mapping[CaseState, str]] = {
    _S.DRAFT: "Draft",
    _S.NOTICED: "Notice sent",
    _S.CONSENTED: "Consent given",
    _S.DISCLOSED: "Identities disclosed",
    _S.COLLECTING: "Collecting",
    _S.ATTRIBUTED: "Attributed",
    _S.TRIAGED: "Weighed",
    _S.REDACTED: "In review",
    _S.REVIEWED: "Reviewed",
    _S.REBUTTAL: "With the applicant",
    _S.RELEASED: "Released",
    _S.FAVOURABLE: "Decided: favourable",
    _S.PENDING_ADVERSE: "Adverse decision pending",
    _S.ADVERSE: "Decided: adverse",
    _S.RETAINED: "Retained",
    _S.DESTROYED: "Destroyed",
    _S.REFUSED: "Consent refused",
    _S.WITHDRAWN: "Consent withdrawn",
    _S.EXPIRED: "Consent expired",
    _S.RECALLED: "Release taken back",
    _S.CRIMINAL_HOLD: "Stopped",
    _S.LEGAL_HOLD: "Legal hold",
    _S.DISPUTED: "Disputed",
}
STEPS: Final = (
    "Notice",
    "Consent",
    "Identities",
    "Collection",
    "Review",
    "Answer",
    "Release",
    "Decision",
)
PLACE: Final[Mapping[CaseState, int]] = {
    _S.DRAFT: 1,
    _S.NOTICED: 2,
    _S.CONSENTED: 3,
    _S.DISCLOSED: 4,
    _S.COLLECTING: 4,
    _S.CRIMINAL_HOLD: 4,
    _S.ATTRIBUTED: 5,
    _S.TRIAGED: 5,
    _S.REDACTED: 5,
    _S.RECALLED: 5,
    _S.REVIEWED: 6,
    _S.REBUTTAL: 6,
    _S.RELEASED: 7,
    _S.DISPUTED: 8,
    _S.PENDING_ADVERSE: 8,
    _S.FAVOURABLE: 8,
    _S.ADVERSE: 8,
}
"""Which of the steps is the current one; states that end a case have none."""

CLOCKS: Final[Mapping[ClockKind, str]] = {
    ClockKind.NOTICE_LEAD: "Lead time of the notice ends",
    ClockKind.REBUTTAL: "The applicant’s time to answer ends",
    ClockKind.PRE_ADVERSE: "Wait before an adverse decision ends",
    ClockKind.DISPUTE: "Dispute to be resolved",
    ClockKind.DISPUTE_EXTENSION: "Dispute to be resolved, extended",
    ClockKind.DISPUTE_RESULT: "Result of the dispute to be delivered",
    ClockKind.FILE_COPY: "Applicant may ask for a copy of the file",
    ClockKind.CONSENT: "Consent runs out",
    ClockKind.RESULTS: "Results are shown",
    ClockKind.KEEP_UNTIL: "Kept at least until",
    ClockKind.DESTROY_BY: "To be destroyed by",
    ClockKind.REQUEST: "Request to be answered",
    ClockKind.BREACH_TOLD: "Breach to be told",
}
ITEMS: Final[Mapping[ConsentItem, str]] = {
    ConsentItem.PUBLIC_SOCIAL: "Public posts on social networks",
    ConsentItem.PUBLIC_VIDEO: "Public videos",
    ConsentItem.PUBLIC_FORUM: "Public posts in forums",
    ConsentItem.PUBLIC_BLOG: "Public blogs",
    ConsentItem.PUBLIC_PROFESSIONAL: "Public professional profiles",
    ConsentItem.PUBLIC_OTHER: "Other public content",
    ConsentItem.ARCHIVE: "Platform exports that the applicant hands over",
    ConsentItem.SUPERVISED_VIEWING: "Viewing an account together",
    ConsentItem.CONTACT_OF_FRIENDS: "Speaking to friends",
    ConsentItem.LIKES_AND_FOLLOWS: "Likes and follows",
    ConsentItem.IMAGES: "Images",
}
_DONE: Final[Mapping[AuditAction, str]] = {
    AuditAction.RAW_READ: "Raw material looked at",
    AuditAction.COLLECTION_STARTED: "Collection began",
    AuditAction.SOURCE_REGISTERED: "Material handed over",
    AuditAction.CAPTURED: "Capture taken in",
    AuditAction.INPUT_REFUSED: "A file could not be taken in",
    AuditAction.TRIAGED: "Weighed against the criteria",
    AuditAction.REDACTED: "Release text built",
    AuditAction.DISCLOSED: "Identities disclosed",
    AuditAction.QUERY_MADE: "Query written down",
    AuditAction.STEP_FAILED: "An automatic step failed",
    AuditAction.COPY_SENT: "Copy sent to the applicant",
}


def done(action: AuditAction) -> str:
    """Return what a step of the log is called."""
    return _DONE.get(action, str(action).replace("-", " ").capitalize())


def day(moment: datetime | date) -> str:
    """Return a day as pages write it."""
    return f"{moment.day} {moment:%B %Y}"


def at(moment: datetime) -> str:
    """Return a time as pages write it."""
    return f"{day(moment)}, {moment:%H:%M} UTC"


def short(case_id: str) -> str:
    """Return by what a case is told from others on a page."""
    return case_id[:8]
