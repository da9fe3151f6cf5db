"""The applicant's answer, before the hiring manager sees anything."""

from enum import StrEnum

from models.ids import CaseId, FindingId
from models.text import RawText, RedactedText
from models.value import Moment, Value


class Claim(StrEnum):
    """What the applicant says about a finding, in one word."""

    NOT_ME = "not-me"
    HACKED = "hacked"
    IMPOSTER = "imposter"
    CONTEXT = "context"
    FALSE = "false"
    OUTDATED = "outdated"
    REGRET = "regret"
    OTHER = "other"


DENIES_AUTHORSHIP = frozenset({Claim.NOT_ME, Claim.HACKED, Claim.IMPOSTER})
"""Claims which, unresolved, withdraw the finding."""


class RebuttalAnswer(Value):
    """The answer to one finding."""

    finding_id: FindingId
    claim: Claim
    statement: RawText | None = None
    neutral: RedactedText | None = None
    """The statement as it passed the wall; None if there is none or it could not pass."""


class Rebuttal(Value):
    """One submission by the applicant."""

    case_id: CaseId
    answers: tuple[RebuttalAnswer, ...]
    submitted_at: Moment


class RebuttalWindow(Value):
    """The time that the applicant has to answer."""

    case_id: CaseId
    opens_at: Moment
    closes_at: Moment
    package_sha256: str
    """Digest of the payload that the applicant was shown: byte for byte the manager's."""
    shown: tuple[FindingId, ...]
    """The findings in the order in which the applicant was shown them."""
