"""A running clock of a case: what it waits for, by which rule, until when."""

from enum import StrEnum

from models.ids import CaseId
from models.value import Moment, Value


class ClockKind(StrEnum):
    """What runs."""

    NOTICE_LEAD = "notice-lead"
    REBUTTAL = "rebuttal"
    PRE_ADVERSE = "pre-adverse"
    DISPUTE = "dispute"
    DISPUTE_EXTENSION = "dispute-extension"
    DISPUTE_RESULT = "dispute-result"
    FILE_COPY = "file-copy"
    CONSENT = "consent"
    RESULTS = "results"
    KEEP_UNTIL = "keep-until"
    DESTROY_BY = "destroy-by"
    REQUEST = "request"
    BREACH_TOLD = "breach-told"


class Deadline(Value):
    """One clock."""

    case_id: CaseId
    clock: ClockKind
    rules: tuple[str, ...]
    """Ids of the rows of the law, or `policy`."""
    citation: str
    started_at: Moment
    due_at: Moment
    paused: bool = False

    def key(self) -> str:
        """Return what this running of the clock is known by: it fires once."""
        return f"clock:{self.case_id}:{self.clock}:{self.started_at.isoformat()}"
