"""Evidence: what was captured, how, and what one item of it says."""

from enum import StrEnum

from pydantic import Field

from models.consent import ConsentItem, PlatformKind, Sha256
from models.documentation import CaptureDocumentation
from models.ids import CaptureId, CaseId, ConsentId, EvidenceId
from models.text import RawText
from models.value import Moment, Value


class AccessGate(StrEnum):
    """What stood between the public and the item."""

    NONE = "none"
    GIVEN = "given"
    """Handed over by the applicant, such as a platform's export."""
    LOGIN_WALL = "login-wall"
    FRIENDS = "friends"
    PAID = "paid"
    PASSWORD = "password"  # noqa: S105 - the name of a kind of gate


class AttributionGrade(StrEnum):
    """How surely an item is the applicant's, strongest first."""

    PLATFORM_SIGNED = "platform-signed"
    DISCLOSED = "disclosed"
    CONFIRMED = "confirmed"
    """Confirmed by the applicant, or by an analyst on three independent identifiers."""
    UNATTRIBUTED = "unattributed"
    """For the manager such an item does not exist."""


AUTOMATIC_GRADES = frozenset({AttributionGrade.PLATFORM_SIGNED, AttributionGrade.DISCLOSED})
"""Grades that the machine may give; any other waits for a person."""


class SourceItem(Value):
    """One item that a reader took out of an input file."""

    native_id: RawText
    platform: RawText
    kind: PlatformKind
    author: RawText
    created_at: Moment | None
    """None where the file does not say: such an item is not reportable."""
    url: RawText
    text: RawText
    gate: AccessGate
    pointer: str = Field(pattern=r"^[a-z]+:[0-9]+$")
    """Where in the file, for example `line:12` or `record:3`: never content."""
    signed: bool = False
    """True where the platform's signature over it was checked with the account's own key."""


class Capture(Value):
    """One documented act of saving, under one consent."""

    id: CaptureId
    case_id: CaseId
    consent_id: ConsentId
    consent_item: ConsentItem
    captured_at: Moment
    tool: str
    tool_version: str
    file_name: RawText
    sha256: Sha256
    size: int = Field(ge=0)
    """Bytes."""
    platforms: frozenset[str] = frozenset()
    """The listed names or kinds of the platforms that its items come from."""
    device: str | None = None
    """The registered device that it was made on; None where the policy asks for none."""
    documentation: CaptureDocumentation | None = None
    """None for captures of versions that did not document theirs."""


class Evidence(Value):
    """One item of a capture, as kept in the vault."""

    id: EvidenceId
    case_id: CaseId
    capture_id: CaptureId
    item: SourceItem
    grade: AttributionGrade | None = None
    """None until attribution has looked at it."""
