"""The applicant's answer, before the hiring manager sees anything."""

from enum import StrEnum
from typing import Final

from pydantic import Field, model_validator

from models.ids import ActorId, CaseId, FindingId
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
    rules: tuple[str, ...] = ()
    """The rules that set the time: rows of the law, and the policy."""


class EvidenceCopy(Value):
    """The copy that the applicant keeps: the very bytes that the manager sees."""

    case_id: CaseId
    version: int
    hash: str
    """SHA-256 of the payload."""
    sent: Moment
    channel: str


ATTACHMENT_MAX: Final = 2 << 20
"""Bytes of one attachment."""


class Attachment(Value):
    """What an applicant hands in with an answer. Sealed like evidence; never the manager's."""

    case_id: CaseId
    finding_id: FindingId
    name: RawText
    content: RawText
    """Base64."""
    sha256: str
    added_at: Moment


class StatementSettlement(Value):
    """How a reviewer settled words that the wall could not clear."""

    finding_id: FindingId
    submitted_at: Moment
    """Of the rebuttal whose words were held."""
    neutral: RedactedText | None
    """Words that pass the wall; None sends the coded claim alone."""
    settled_by: ActorId
    settled_at: Moment


class AuthorshipGround(StrEnum):
    """What a reviewer may uphold an author by, against the applicant's denial."""

    DISCLOSED_ACCOUNT = "disclosed-account"
    PLATFORM_SIGNED = "platform-signed"
    APPLICANT_CONFIRMED = "applicant-confirmed"
    VERIFIED_IDENTIFIER = "verified-identifier"
    LINKED_FROM_DISCLOSED = "linked-from-disclosed"
    CONSISTENT_OVER_TIME = "consistent-over-time"
    PLATFORM_REPLIED = "platform-replied"
    ARCHIVE_MATCHES = "archive-matches"


SUFFICIENT_ALONE: Final = frozenset({AuthorshipGround.APPLICANT_CONFIRMED})
GROUNDS_NEEDED: Final = 3
"""Identifiers without which an author is not proved, unless the applicant confirmed it."""


class Adjudication(Value):
    """A reviewer's ruling on a denial: upheld with stated grounds, or withdrawn."""

    finding_id: FindingId
    claim: Claim
    upheld: bool
    grounds: frozenset[AuthorshipGround] = frozenset()
    ruled_by: ActorId
    ruled_at: Moment

    @model_validator(mode="after")
    def _upheld_on_grounds(self) -> "Adjudication":
        enough = len(self.grounds) >= GROUNDS_NEEDED or bool(self.grounds & SUFFICIENT_ALONE)
        if self.upheld and not enough:
            raise ValueError("a denied author is upheld on three grounds, or a confirmation")
        return self


class Question(StrEnum):
    """What a manager may ask about a finding. Nothing else can be asked."""

    LITERAL = "meant-literally"
    ONE_OCCASION = "one-occasion"
    STILL_PUBLIC = "still-public"
    OWN_WORDS = "own-words"
    ADDRESSED_TO_A_PERSON = "addressed-to-a-person"
    ANSWER_CHECKED = "answer-was-checked"


class Reply(StrEnum):
    """What a reviewer may reply: one format for every question."""

    YES = "yes"
    NO = "no"
    CANNOT_BE_SAID = "cannot-be-said"


class Clarification(Value):
    """One coded question and its coded reply. No word of anybody is in it."""

    criterion: str
    finding: int = Field(ge=0)
    """Index in the released package's canonical order."""
    question: Question
    asked_at: Moment
    reply: Reply | None = None
    replied_at: Moment | None = None
