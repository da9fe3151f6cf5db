"""A lead is where to look, and never evidence: nobody has shown yet that it is the applicant's.

Leads come from searches for user names and from an investigator's own marks. They are sealed in
the case; no item, no finding and no search is made of one.
"""

from enum import StrEnum
from typing import Final

from pydantic import Field

from models.attribution import Basis, Identifier
from models.consent import PlatformKind, Sha256
from models.ids import ActorId
from models.text import RawText
from models.value import Moment, Value

LEAST_LINKS: Final = 2
"""Independent links without which nobody adopts a lead."""

SEARCHED_FOR: Final = frozenset({Identifier.HANDLE, Identifier.ADDRESS})
"""What a search for user names went by itself: found again, it proves nothing."""


class LeadKind(StrEnum):
    """What a lead is."""

    ACCOUNT = "candidate-account"
    """A site says that it has an account of a name that was searched for."""
    SELECTOR = "selector"
    """A word that an investigator had watched for in every page."""
    NOTE = "note"
    """What an investigator thought of a page: opinion, for wall-off reviewers alone."""


class LeadStanding(StrEnum):
    """What became of a lead."""

    OPEN = "open"
    DISMISSED = "dismissed"
    ADOPTED = "adopted"
    """Independent links are stated. It is attributed, if ever, at the attribution desk."""


class FoundLead(Value):
    """One lead as it was read from a file."""

    kind: LeadKind
    text: RawText
    """The user name, the selector or the note."""
    site: RawText = RawText("")
    """As the tool calls it. It may tell what the law protects."""
    url: RawText = RawText("")
    platform: PlatformKind | None = None
    pointer: str = Field(pattern=r"^[a-z]+:[0-9]+$", max_length=40)


class Lead(Value):
    """One lead of a case, sealed in it; the newest record of an id stands."""

    id: str
    found: FoundLead
    tool: str
    tool_version: str
    report: Sha256
    """Digest of the file that it was in."""
    account: Sha256 | None
    """Digest of platform and handle, as the attribution desk knows accounts by."""
    taken_in_by: ActorId
    taken_in_at: Moment
    standing: LeadStanding = LeadStanding.OPEN
    basis: tuple[Basis, ...] = ()
    """The links by which it was adopted."""
    settled_by: ActorId | None = None
    settled_at: Moment | None = None


class LeadShown(Value):
    """What is shown of a lead: the kind of its site and never the site."""

    id: str
    kind: LeadKind
    handle: RawText
    """Empty for a note."""
    platform: PlatformKind | None
    tool: str
    standing: LeadStanding
    links: int = Field(ge=0)


class LeadsTakenIn(Value):
    """What came of a file of leads, in counts."""

    taken: int
    known: int
    """They were leads of the case before."""
    not_consented: int
    problems: tuple[str, ...]
