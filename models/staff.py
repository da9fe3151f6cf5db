"""What an agency's registers say of its people: authorised, trained, competent, and by whom.

Everybody is named by the id of the register of people. Nothing here is of any applicant.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from models.consent import Sha256
from models.ids import ActorId
from models.people_rules import EmploymentType, Module
from models.value import Moment, Value

PlatformName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.+-]{0,62}$")]
"""A platform by its usual name (`mastodon`), or the kind of those that nobody lists (`other`)."""


class Authorization(Value):
    """Who may search, on whose word, until when (S1). The newest stands; a revocation is one."""

    person: ActorId
    employment: EmploymentType
    granted_by: ActorId
    basis: str = Field(min_length=3, max_length=200)
    """The order, post description or memorandum that it rests on."""
    background_cleared: bool
    sensitive: bool = False
    """The post is one that the agency holds to be sensitive."""
    granted_at: Moment
    review_due: Moment
    revoked: bool = False


class SelectionPanel(Value):
    """Who selects in a requisition, and so searches nobody in it (S1, POL-06)."""

    members: frozenset[ActorId]


class Training(Value):
    """A module passed (Q1)."""

    person: ActorId
    module: Module
    platforms: frozenset[PlatformName] = frozenset()
    """For which platforms; empty where the module is about none."""
    passed_at: Moment
    expires_at: Moment
    score_percent: int = Field(ge=0, le=100)
    trainer: ActorId
    evidence_sha256: Sha256 | None = None
    """Digest of the certificate or answer sheet, which stays where it lies."""


class Credential(Value):
    """What makes somebody a trainer, and until when they are up to date (I3)."""

    trainer: ActorId
    basis: str = Field(min_length=3, max_length=200)
    modules: frozenset[Module]
    valid_until: Moment


class PlatformChange(Value):
    """A platform changed its rules or its settings: earlier training no longer counts (Q3)."""

    platform: PlatformName
    change: str = Field(min_length=3, max_length=400)
    effective: Moment


class Statement(Value):
    """A signed statement of accountability: "I did not know" is no excuse (F2)."""

    person: ActorId
    text_sha256: Sha256
    signed_at: Moment
    expires_at: Moment


class KnowledgeGap(Value):
    """What somebody says that they do not know about a platform (I3). The newest stands."""

    person: ActorId
    platform: PlatformName
    closed: bool = False


class Owner(StrEnum):
    """Whose a device is."""

    AGENCY = "agency"
    PERSONAL = "personal"


class Egress(StrEnum):
    """What the far end sees of where a device comes from (I2)."""

    UNATTRIBUTED = "unattributed"
    AGENCY = "agency"
    PERSONAL = "personal"


class Device(Value):
    """A workplace computer (S7, I2). The newest entry stands; a retirement is one."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,62}$")
    owner: Owner
    attested_by: ActorId
    attested_until: Moment
    egress: Egress
    geolocation_blocked: bool
    """The capture browser refuses to say where it is, and no camera file keeps its place."""
    retired: bool = False
