"""Productions, breaches of the wall and requests of applicants: codes, ids and dates."""

from enum import StrEnum

from pydantic import Field

from models.consent import Sha256
from models.ids import ActorId, CaseId
from models.value import Moment, Value

_CODE = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$"


class ProducedKind(StrEnum):
    """What of a case may be asked for."""

    NOTICE = "notice"
    CONSENT = "consent"
    DISCLOSURE = "disclosure"
    CAPTURES = "captures"
    EVIDENCE = "evidence"
    FINDINGS = "findings"
    PACKAGES = "packages"
    REBUTTAL = "rebuttal"
    DECISION = "decision"
    DOCUMENTS = "documents"
    LOG = "log"
    CUSTODY = "custody"
    """The chain of custody as CASE and UCO, with addresses and file names."""
    ORIGINALS = "originals"
    """The files as they came."""


class PrivilegeGround(StrEnum):
    """Why an item is not handed over."""

    ATTORNEY_CLIENT = "attorney-client"
    WORK_PRODUCT = "work-product"
    THIRD_PERSON = "third-person"
    CONFIDENTIAL_REPORTER = "confidential-reporter"
    GENETIC_INFORMATION = "genetic-information"
    MEDICAL = "medical"
    SEALED_BY_COURT = "sealed-by-court"
    OUTSIDE_SCOPE = "outside-scope"


class Withheld(Value):
    """A line of the privilege log: which item, why, by whom; never what it says."""

    item: str = Field(pattern=_CODE)
    ground: PrivilegeGround
    by: ActorId
    at: Moment


class Production(Value):
    """One demand on one case, with who approved and what was handed over."""

    id: str
    case_id: CaseId
    matter: str = Field(min_length=1, max_length=200)
    """A docket or matter number; sealed, because it names people in public records."""
    kinds: frozenset[ProducedKind] = Field(min_length=1)
    requested_by: ActorId
    requested_at: Moment
    hold: str
    custodian: ActorId | None = None
    owner: ActorId | None = None
    scope_sha256: Sha256 | None = None
    """Of the ids that were approved: what joins the case later was approved by nobody."""
    withheld: tuple[Withheld, ...] = ()
    made_at: Moment | None = None
    made_by: ActorId | None = None
    items: int = Field(default=0, ge=0)
    manifest_sha256: Sha256 | None = None

    @property
    def approved(self) -> bool:
        """True if a custodian and a policy owner, two people, approved."""
        return None not in (self.custodian, self.owner) and self.custodian != self.owner


class BreachKind(StrEnum):
    """How something came through the wall."""

    RAW_SEEN = "raw-seen"
    """Somebody on the deciding side saw raw evidence."""
    CLASS_DISCLOSED = "class-disclosed"
    """A protected class became known to somebody who decides."""
    WRONG_RECIPIENT = "wrong-recipient"
    ACCESS_MISUSED = "access-misused"
    LOST = "lost"


class Breach(Value):
    """One breach of the wall in one case, from report to close."""

    id: str
    case_id: CaseId
    kind: BreachKind
    exposed: tuple[ActorId, ...]
    """Whoever saw what they should not have; each stands in the exposure ledger."""
    reported_by: ActorId
    reported_at: Moment
    notify_by: Moment
    notify_rule: str
    contained_by: ActorId | None = None
    contained_at: Moment | None = None
    recalled: bool = False
    replacement: ActorId | None = None
    """Who decides instead, where somebody who decides was exposed."""
    told_at: Moment | None = None
    closed_by: ActorId | None = None
    closed_at: Moment | None = None


class RequestKind(StrEnum):
    """What an applicant asks for."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"


class RequestOutcome(StrEnum):
    """What became of it."""

    GRANTED = "granted"
    REFUSED_IDENTITY = "refused-identity"
    REFUSED_UNFOUNDED = "refused-unfounded"
    REFUSED_LEGAL_DUTY = "refused-legal-duty"


class DataRequest(Value):
    """One request of one applicant, with its clock."""

    id: str
    case_id: CaseId
    kind: RequestKind
    opened_by: ActorId
    opened_at: Moment
    due_at: Moment
    rule: str
    """The row of the law, or `policy`."""
    citation: str
    extended_at: Moment | None = None
    outcome: RequestOutcome | None = None
    answered_by: ActorId | None = None
    answered_at: Moment | None = None
    copy_sha256: Sha256 | None = None
    lifted_at: Moment | None = None
    """When a restriction ended."""

    @property
    def restricts(self) -> bool:
        """True while this stops processing: from the request on, until it is refused or lifted."""
        if self.kind is not RequestKind.RESTRICTION or self.lifted_at is not None:
            return False
        return self.outcome in (None, RequestOutcome.GRANTED)


class Risk(Value):
    """One risk to applicants, how grave and likely from 1 to 5, and what is done about it."""

    id: str = Field(pattern=_CODE)
    risk: str = Field(min_length=1)
    likelihood: int = Field(ge=1, le=5)
    severity: int = Field(ge=1, le=5)
    measures: tuple[str, ...] = Field(min_length=1)
    residual: int = Field(ge=1, le=25)
    """Likelihood times severity with the measures in place."""


class ImpactAssessment(Value):
    """One version of the assessment of a policy's impact on data protection (EU-02, CA-01)."""

    policy: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str = Field(pattern=_CODE)
    purpose: str = Field(min_length=1)
    lawful_basis: str = Field(min_length=1)
    necessity: str = Field(min_length=1)
    proportionality: str = Field(min_length=1)
    data: tuple[str, ...] = Field(min_length=1)
    recipients: tuple[str, ...] = Field(min_length=1)
    risks: tuple[Risk, ...] = Field(min_length=1)
    consulted: tuple[str, ...] = ()
    review_due: Moment
    recorded_by: ActorId | None = None
    recorded_at: Moment | None = None
    approved_by: ActorId | None = None
    approved_at: Moment | None = None
