"""A criminal referral: evidence of an offence leaves the vetting and goes to the custodian.

Row S11 of the policy. What a hiring manager sees is the same as if the item had never existed,
unless the agency's rules let the finding's code stand.
"""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from models.consent import Sha256
from models.criteria import Severity
from models.evidence import Evidence
from models.ids import ActorId, CaseId, EvidenceId
from models.retention import Confidence
from models.text import RawText
from models.value import Moment, Value

OFFENCE = r"^[a-z][a-z0-9-]*$"


class Route(StrEnum):
    """Where evidence of an offence goes."""

    EMERGENCY_CALL = "emergency-call"
    """A person calls the emergency services now."""
    MANDATORY_REPORT = "mandatory-report"
    """A person reports to the authority that a law names, within its time."""
    CUSTODIAN = "custodian"
    """A sealed copy goes to the evidence custodian, who decides on the rest."""
    NONE = "none"
    """No referral: the matter stays in the vetting alone."""


class Thread(StrEnum):
    """What becomes of the vetting meanwhile."""

    CONTINUE = "continue"
    FREEZE = "freeze"


class Tells(StrEnum):
    """What of the item the hiring manager may still be told."""

    NOTHING = "nothing"
    CODE = "code"
    """The finding's code, as of any other finding; never that it was referred."""


class OffenceRule(Value):
    """One offence, and what is done with evidence of it."""

    offence: str = Field(pattern=OFFENCE)
    label: str
    route: Route
    vetting: Thread = Thread.CONTINUE
    manager: Tells = Tells.NOTHING
    contraband: bool = False
    """Content that nobody may copy: its place is preserved, and reported."""
    within_hours: int = Field(default=72, ge=1, le=24 * 30)
    """The clock of the duty that the route lays on a person."""
    jurisdiction: str = "*"
    employer_type: str = "*"
    citation: str = ""
    confidence: Confidence = Confidence.FROM_MEMORY
    source: str = ""

    @property
    def within(self) -> timedelta:
        """The time in which the duty is to be done."""
        return timedelta(hours=self.within_hours)


class CustodyAct(StrEnum):
    """One link of a chain of custody."""

    FLAGGED = "flagged"
    SEALED = "sealed"
    """A copy was put away."""
    LOCATOR_PRESERVED = "locator-preserved"
    """The place was written down, and nothing was copied."""
    CALLED = "called"
    REPORTED = "reported"
    RECEIVED = "received"


class CustodyLink(Value):
    """Who did what, when, and to which bytes; each link holds the digest of the one before."""

    act: CustodyAct
    actor: ActorId
    at: Moment
    sha256: Sha256 | None = None
    """Of the sealed copy, or of what was written down."""
    previous: Sha256 | None = None


class CriminalCopy(Value):
    """What is put away for the custodian: the evidence as it was kept."""

    referral: str
    items: tuple[Evidence, ...]


class SealedCopy(Value):
    """What the custodian's process opens: a copy, with its chain of custody until it was sealed."""

    chain: tuple[CustodyLink, ...]
    kept: CriminalCopy


class CriminalReferral(Value):
    """One referral, from the flag to the custodian's receipt. The newest of its id stands."""

    id: str
    case_id: CaseId
    offence: str = Field(pattern=OFFENCE)
    evidence: tuple[EvidenceId, ...] = ()
    locator: RawText | None = None
    """Where it is, in words or as an address: all that is kept of contraband."""
    content_sha256: Sha256 | None = None
    """Of contraband in a file: the file is refused wherever it turns up in this case."""
    severity: Severity
    imminent: bool = False
    route: Route
    mandatory_report: bool
    vetting: Thread
    manager: Tells
    citation: str
    due_at: Moment
    copy_id: str | None = None
    copy_sealed: bool = False
    """True if the copy left for the sealed domain. One of an earlier version lies in the case."""
    called_at: Moment | None = None
    call_reference: RawText | None = None
    reported_at: Moment | None = None
    report_reference: RawText | None = None
    custodian: ActorId | None = None
    receipt_at: Moment | None = None
    chain: tuple[CustodyLink, ...] = ()

    @property
    def waits_for(self) -> Route | None:
        """The duty that is still to be done, the most urgent first; None if all is done."""
        if self.imminent and self.called_at is None:
            return Route.EMERGENCY_CALL
        if self.mandatory_report and self.reported_at is None:
            return Route.MANDATORY_REPORT
        return Route.CUSTODIAN if self.receipt_at is None else None

    @property
    def diverts(self) -> bool:
        """True if the item is out of the vetting, as if it had never existed."""
        return self.manager is Tells.NOTHING

    @property
    def freezes(self) -> bool:
        """True while the vetting waits for the custodian."""
        return self.vetting is Thread.FREEZE and self.receipt_at is None

    def overdue(self, now: Moment) -> bool:
        """Say whether its clock has run out on a duty."""
        return self.waits_for is not None and now >= self.due_at
