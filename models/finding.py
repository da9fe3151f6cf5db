"""A finding: attributed content that meets a criterion of the frozen pack."""

from enum import StrEnum

from pydantic import Field

from models.criteria import Conduct, Mitigator, Severity
from models.ids import CaseId, EvidenceId, FindingId
from models.text import CodedText, RedactedText
from models.value import Moment, Value


class Recency(StrEnum):
    """How long ago, in bands: an exact date tells more than the manager may know."""

    UNDER_ONE_YEAR = "0-1 years"
    ONE_TO_THREE_YEARS = "1-3 years"
    THREE_TO_FIVE_YEARS = "3-5 years"
    FIVE_TO_SEVEN_YEARS = "5-7 years"
    OVER_SEVEN_YEARS = "over 7 years"
    """Only under a criterion that cites what lets it look back so far."""


class Proposal(Value):
    """What triage proposes for one text, before it belongs to a case.

    `passage` is the sentences that met the criterion, in coded text; nothing else of the item
    ever goes further.
    """

    criterion: str
    conduct: Conduct
    severity: Severity
    passage: CodedText
    mitigators: frozenset[Mitigator] = frozenset()
    rule: str
    """The rule or model that decided, for reviewers and auditors."""
    score: float = Field(default=1.0, ge=0.0, le=1.0)
    needs_person: bool = False
    """True where the machine is unsure: quoted, sarcastic, possibly in-group."""


class FindingSource(StrEnum):
    """Where the content of a finding stood."""

    OWN_ACCOUNT = "own-account"
    THIRD_PARTY_ACCOUNT = "third-party-account"
    """On an account of somebody else: agency information alone, and never who they are (M4)."""


class FindingState(StrEnum):
    """Whether a finding stands."""

    PROPOSED = "proposed"
    """By the machine; stands unless it asked for a person."""
    CONFIRMED = "confirmed"
    """A reviewer looked at it and let it stand."""
    WITHHELD = "withheld"
    """A reviewer kept it back."""
    WITHDRAWN = "withdrawn"
    """The applicant's rebuttal undid it."""


class Finding(Value):
    """One proposal, tied to its evidence and dated."""

    id: FindingId
    case_id: CaseId
    evidence_id: EvidenceId
    proposal: Proposal
    said_at: Moment
    excerpt: RedactedText | None
    state: FindingState = FindingState.PROPOSED
    source: FindingSource = FindingSource.OWN_ACCOUNT

    @property
    def stands(self) -> bool:
        """True if the finding goes into the package as things are."""
        if self.state is FindingState.PROPOSED:
            return not self.proposal.needs_person
        return self.state is FindingState.CONFIRMED

    @property
    def waits_for_person(self) -> bool:
        """True if a reviewer must still confirm or withhold it."""
        return self.state is FindingState.PROPOSED and self.proposal.needs_person


class Assessment(Value):
    """What triage could not do by itself for a case, and whether a person has settled it."""

    unreadable: tuple[EvidenceId, ...]
    """Items in an unsupported language, or whose redaction failed its leakage check."""
    settled: bool = False
