"""Monitoring after hire: the notice, the trigger, and a scope that lies within the trigger."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from models.after_hire_rules import TriggerKind
from models.consent import PlatformKind, Sha256
from models.disclosure import Account
from models.forms import DeliveryProof
from models.ids import ActorId, CaseId
from models.text import RawText
from models.value import Moment, Value

CriterionCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")]


class MonitoringNotice(Value):
    """What one employee was told of monitoring, and how it is known that it arrived (M1)."""

    employee: ActorId
    name: RawText
    contact: RawText | None = None
    text_sha256: Sha256
    language: str
    version: str
    sent_at: Moment
    sent_by: ActorId
    proof: DeliveryProof | None = None
    """None until there is proof; a notice without one counts for nothing."""
    evidence_sha256: Sha256 | None = None
    delivered_at: Moment | None = None


class TriggerSource(StrEnum):
    """Where what triggered a search came from; never who."""

    PEER_REPORT = "peer-report"
    SUPERVISOR = "supervisor"
    MEMBER_OF_THE_PUBLIC = "member-of-the-public"
    ANOTHER_AGENCY = "another-agency"
    COURT_OR_PROSECUTOR = "court-or-prosecutor"
    PUBLISHED = "published"


class Scope(Value):
    """What may be looked at: which kinds of platform, which days, for which criteria."""

    platforms: frozenset[PlatformKind] = Field(min_length=1)
    since: date
    until: date
    criteria: frozenset[CriterionCode] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> "Scope":
        if self.until < self.since:
            raise ValueError("the last day comes before the first")
        return self

    def within(self, other: "Scope") -> bool:
        """Say whether this goes nowhere that the other does not."""
        return (
            self.platforms <= other.platforms
            and self.criteria <= other.criteria
            and other.since <= self.since
            and self.until <= other.until
        )

    def holds(self, kind: PlatformKind, at: datetime | None) -> bool:
        """Say whether an item of such a platform and time lies within; one without a time never."""
        return kind in self.platforms and at is not None and self.since <= at.date() <= self.until


class Trigger(Value):
    """One specific concern, complaint or piece of information about one employee (M2)."""

    employee: ActorId
    kind: TriggerKind
    source: TriggerSource
    on: date
    """The day on which it reached the agency."""
    description: RawText
    reach: Scope
    """The furthest that a search on it may go."""
    accounts: tuple[Account, ...] = ()
    """Accounts that it says are the employee's, and that the employee has not declared."""
    stated_by: ActorId
    stated_at: Moment
    approved_by: ActorId | None = None
    approved_at: Moment | None = None


class MonitoringScope(Value):
    """What a monitoring case was opened for. With it the case is one; without it, never."""

    case_id: CaseId
    scope: Scope
    accounts: tuple[Account, ...] = ()
    approved_by: ActorId
    opened_by: ActorId
    opened_at: Moment
    closes_on: date
    """Its last day: the next morning it is closed, whatever it was doing."""

    @property
    def closes_at(self) -> datetime:
        """The moment from which nothing more is done in it."""
        return datetime.combine(self.closes_on + timedelta(days=1), time(), UTC)


class Closing(StrEnum):
    """Why a monitoring case was closed before anything was released of it."""

    UNFOUNDED = "unfounded"
    ANSWERED = "answered"
    """What was asked is known, and nothing is to be released."""
    NOT_OPENED = "not-opened"
    """The trigger was not approved, or nobody opened the case on it."""
    DATE = "date"
    """Its last day is over."""
