"""Searching: as whom, by which way, under which terms, and with what words."""

from datetime import date
from enum import StrEnum

from pydantic import Field, model_validator

from models.ids import ActorId
from models.text import RawText
from models.value import Moment, Value


class SessionIdentity(StrEnum):
    """As whom somebody looks: there is no third way (S9)."""

    ANONYMOUS_PUBLIC = "anonymous-public"
    """Without signing in: what anybody sees."""
    AGENCY_NAMED = "agency-named"
    """Under an account that bears the agency's name."""


class AccessWay(StrEnum):
    """By which way content is reached. Each is another question to a platform's terms."""

    BY_HAND = "by-hand"
    """A person with a browser."""
    AUTOMATED = "automated"
    """A program that reads pages or calls an interface."""
    EXPORT = "export"
    """The applicant handed over the platform's own export: nobody went to the platform."""


class PlatformTerms(Value):
    """What one review found in one platform's terms (I5). A later review stands for it."""

    platform: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")
    """A platform or host; `kind.blog` and the like stand for every site of a kind."""
    version: str = Field(min_length=1, max_length=80)
    """The terms' own version or date."""
    reviewed_at: Moment
    reviewed_by: ActorId
    by_hand: bool
    """A person may look at public pages for this purpose."""
    automated: bool
    """A program may."""
    rule: str = Field(min_length=1, max_length=2000)
    """The clause, and what it means for vetting, in the reviewer's words."""
    robots_honoured: bool = True
    """A program keeps to robots.txt (RFC 9309)."""
    requests_per_minute: int | None = Field(default=None, ge=1, le=6000)
    next_review: date

    @model_validator(mode="after")
    def _reviewed_again(self) -> "PlatformTerms":
        if self.next_review <= self.reviewed_at.date():
            raise ValueError("the next review lies after this one")
        if self.automated and self.requests_per_minute is None:
            raise ValueError("automated access needs a limit of requests a minute")
        return self

    def allows(self, way: AccessWay) -> bool:
        """Say whether the terms allow a way of access."""
        return {
            AccessWay.EXPORT: True,
            AccessWay.BY_HAND: self.by_hand,
            AccessWay.AUTOMATED: self.automated,
        }[way]


class QueryRecord(Value):
    """One query, written down before it was made."""

    text: RawText
    identity: SessionIdentity
    way: AccessWay
    platform: str = ""
    """The platform asked, by its name in the register of terms; empty for a search engine."""
    made_by: ActorId
    made_at: Moment
    sequence: int = Field(ge=1)
    digest: str
    """Keyed, as it stands in the audit log."""


class GuardedDigests(Value):
    """Keyed digests of what must enter no query: the words themselves are kept nowhere here."""

    digests: frozenset[str]
    lengths: frozenset[int] = frozenset()
    """How many signs the words have that are looked for within longer ones."""
