"""What the law asks in one place, of one employer, at one stage, on one day: row by row."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from models.requisition import EmployerType, NoticeStage, VettingMode
from models.retention import Confidence
from models.value import Value


class Mandate(StrEnum):
    """What a row makes of a matter. Where rows disagree, the first of these wins."""

    FORBIDDEN = "forbidden"
    REQUIRED = "required"
    ALLOWED = "allowed"


class Matter(StrEnum):
    """What a row is about."""

    PUBLIC_CONTENT = "public-content"
    NOTICE = "notice"
    CONSENT = "consent"
    CONSENT_VALIDITY = "consent-validity"
    DISCLOSURE_FORM = "disclosure-form"
    """The document that consists of the disclosure alone."""
    STATE_FORM = "state-form"
    """A document of one state's own; never merged with another's."""
    CERTIFICATION = "certification"
    DISCLOSURE_LIST = "disclosure-list"
    CREDENTIALS = "credentials"
    SUPERVISED_VIEWING = "supervised-viewing"
    FRIEND_REQUEST = "friend-request"
    REFUSAL_CONSEQUENCE = "refusal-consequence"
    """A consequence of refusing access to what is protected by a password."""
    CONTACT_OF_FRIENDS = "contact-of-friends"
    LIKES_AND_FOLLOWS = "likes-and-follows"
    LOOKBACK = "lookback"
    ATTRIBUTION = "attribution"
    CRIMINAL_HISTORY = "criminal-history"
    MEDICAL = "medical"
    GENETIC = "genetic"
    PROTECTED_CLASS = "protected-class"
    PROTECTED_CONDUCT = "protected-conduct"
    CRITERIA = "criteria"
    TRAINING = "training"
    SEPARATION_OF_DUTIES = "separation-of-duties"
    HUMAN_DECISION = "human-decision"
    AUTOMATED_STEPS = "automated-steps"
    PRE_ADVERSE = "pre-adverse"
    WAITING_TIME = "waiting-time"
    ADVERSE_NOTICE = "adverse-notice"
    FILE_COPY = "file-copy"
    DISPUTE = "dispute"
    RECORDS = "records"
    DISPOSAL = "disposal"
    """How what is kept no longer is destroyed."""
    DATA_RIGHTS = "data-rights"
    BREACH_NOTICE = "breach-notice"
    CONSUMER_REPORT = "consumer-report"
    """Whether what a vendor hands over is a report under the Act."""
    MISCONDUCT_INQUIRY = "misconduct-inquiry"
    """An exception for inquiries into people who work here already."""
    REQUEST_WARNING = "request-warning"
    """What stands beside every request for the applicant's own words."""


MUST_BE_ALLOWED = frozenset(
    {
        Matter.PUBLIC_CONTENT,
        Matter.CREDENTIALS,
        Matter.SUPERVISED_VIEWING,
        Matter.FRIEND_REQUEST,
        Matter.REFUSAL_CONSEQUENCE,
    }
)
"""What is not allowed unless a row says that it is."""


class Circumstances(Value):
    """What decides which rows apply."""

    jurisdiction: str = Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")
    employer: EmployerType
    mode: VettingMode
    stage: NoticeStage
    on: date


class Obligation(Value):
    """One row as it applies to given circumstances."""

    matter: Matter
    mandate: Mandate
    row: str
    """The row's id, for example `FCRA-01` or `password_laws.csv:NY`."""
    says: str
    citation: str
    confidence: Confidence
    effective: date | None = None
    """The first day in force; None where the tables do not say, and it is taken as in force."""
    condition: str = ""
    """What must be so for it to bind, where no case shows it: a policy names the row."""
    unknown: bool = False
    """Nobody wrote the law down: it counts as forbidden."""


class Ruling(Value):
    """The answer on one matter, with the rows that decided."""

    matter: Matter
    mandate: Mandate | None
    """None where no row speaks of a matter that needs no permission."""
    rows: tuple[Obligation, ...]

    @property
    def allowed(self) -> bool:
        """True if nothing forbids it."""
        return self.mandate is not Mandate.FORBIDDEN

    @property
    def because(self) -> str:
        """The deciding rows by id, with their citations."""
        return "; ".join(f"{one.row} ({one.citation})" for one in self.rows)
