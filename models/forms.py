"""Documents that an applicant is given one by one, and what was signed of them."""

from enum import StrEnum

from pydantic import Field

from models.consent import Sha256
from models.ids import ActorId, CaseId, ConsentId
from models.text import RawText
from models.value import Moment, Value


class Form(Value):
    """One document, on paper of its own."""

    row: str
    """The row of the law that asks for it."""
    citation: str
    title: str
    text: str
    sha256: Sha256
    """Of the text as it is shown."""
    signed: bool
    """It needs a signature of its own; otherwise it is only given."""


class SignatureKind(StrEnum):
    """How somebody signed."""

    INK = "ink"
    """On paper; the scan's digest stands for it."""
    ELECTRONIC = "electronic"
    """In the applicant's own session; the record of that session stands for it."""


class Signature(Value):
    """One signature, by what proves it."""

    kind: SignatureKind
    evidence_sha256: Sha256
    """Of the scan, or of the session's record."""
    origin: RawText | None = None
    """The network address and browser of an electronic signature."""
    witness: ActorId | None = None
    """Who saw it being made; never the person who signed."""


class SignedForm(Value):
    """A document that the applicant was given, by its digest."""

    row: str
    sha256: Sha256


class ConsentPapers(Value):
    """What stands behind one consent."""

    consent_id: ConsentId
    case_id: CaseId
    language: str
    notice_version: str
    forms: tuple[SignedForm, ...]
    signature: Signature | None
    recorded_at: Moment


class DeliveryProof(StrEnum):
    """How it is known that a notice arrived."""

    SIGNED_RECEIPT = "signed-receipt"
    OWN_SESSION = "own-session"
    """The applicant opened it after signing in."""
    REGISTERED_MAIL = "registered-mail"
    HANDED_OVER = "handed-over"
    """Handed over in the presence of the person who records it."""


class NoticeDelivery(Value):
    """The proof that one notice was delivered."""

    case_id: CaseId
    notice_sha256: Sha256
    proof: DeliveryProof
    evidence_sha256: Sha256 | None = None
    delivered_at: Moment
    recorded_by: ActorId


class NoticeRequest(Value):
    """At what stage and in which language an applicant is told."""

    stage: str
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    requested_by: ActorId
