"""Notice and consent: what the applicant was told, and what was agreed to, item by item."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from models.ids import CaseId, ConsentId
from models.text import RawText
from models.value import Moment, Value

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest in lower-case hexadecimal."""


class PlatformKind(StrEnum):
    """The closed vocabulary for where something was said; a platform's name would tell more."""

    SOCIAL = "social"
    VIDEO = "video"
    FORUM = "forum"
    BLOG = "blog"
    PROFESSIONAL = "professional"
    OTHER = "other"


class ConsentItem(StrEnum):
    """What consent is asked for, each item on its own."""

    PUBLIC_SOCIAL = "public-social"
    PUBLIC_VIDEO = "public-video"
    PUBLIC_FORUM = "public-forum"
    PUBLIC_BLOG = "public-blog"
    PUBLIC_PROFESSIONAL = "public-professional"
    PUBLIC_OTHER = "public-other"
    ARCHIVE = "archive"
    """Platform exports that the applicant hands over."""
    SUPERVISED_VIEWING = "supervised-viewing"
    CONTACT_OF_FRIENDS = "contact-of-friends"
    LIKES_AND_FOLLOWS = "likes-and-follows"
    IMAGES = "images"


def item_for(kind: PlatformKind) -> ConsentItem:
    """Return the consent item that covers public content on such a platform."""
    return ConsentItem(f"public-{kind}")


class ConsentScope(Value):
    """What one consent covers."""

    granted: frozenset[ConsentItem]
    refused: frozenset[ConsentItem]
    lookback_years: int = Field(ge=1, le=20)

    @model_validator(mode="after")
    def _each_item_once(self) -> "ConsentScope":
        if self.granted & self.refused:
            raise ValueError("an item is both granted and refused")
        return self


class ConsentStatus(StrEnum):
    """Whether a consent can be relied on."""

    LIVE = "live"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Consent(Value):
    """One signed answer to the request for consent. Without a granted item it is a refusal."""

    id: ConsentId
    case_id: CaseId
    scope: ConsentScope
    consequence_sha256: Sha256
    """Digest of the paragraph on what refusing would mean, as it was shown."""
    consequence_acknowledged: bool
    notice_sha256: Sha256
    signed_at: Moment
    expires_at: Moment
    withdrawn_at: Moment | None = None

    def status(self, now: Moment) -> ConsentStatus:
        """Return the status at a moment."""
        if not self.scope.granted:
            return ConsentStatus.REFUSED
        if self.withdrawn_at is not None and self.withdrawn_at <= now:
            return ConsentStatus.WITHDRAWN
        if now >= self.expires_at:
            return ConsentStatus.EXPIRED
        return ConsentStatus.LIVE


class Notice(Value):
    """The notice as it was sent."""

    case_id: CaseId
    text: RawText
    sha256: Sha256
    language: str = "en"
    channel: str
    sent_at: Moment
    delivered_at: Moment
    lead_time: timedelta
    """No capture earlier than `delivered_at + lead_time`."""
    version: str = "1"
    stage: str = ""
    """At which stage the applicant was told; empty in notices of earlier versions."""
    consequence: RawText | None = None
    """The paragraph on refusing, as it stands in the notice's language."""
