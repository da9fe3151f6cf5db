"""All that is known of how a case's evidence came to be and who had it: read once, told nowhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models.audit import AuditAction, AuditEntry
from models.consent import Consent
from models.evidence import Capture, Evidence
from models.ids import CaseId

ON_EVIDENCE: Final = frozenset(
    {
        AuditAction.SOURCE_REGISTERED,
        AuditAction.CAPTURED,
        AuditAction.RAW_READ,
        AuditAction.PRODUCTION_MADE,
        AuditAction.CUSTODY_EXPORTED,
        AuditAction.CERTIFIED,
    }
)
"""What the audit log says of evidence: brought in, captured, looked at, handed out, destroyed."""


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    """One capture with what was read out of it."""

    capture: Capture
    record_sha256: str
    """Digest of the capture's record, as it was sealed."""
    original_kept: bool
    items: tuple[Evidence, ...] = ()
    again: tuple[tuple[Evidence, str], ...] = ()
    """Items of earlier captures that this one holds too, each with its place in the file."""
    faults: tuple[str, ...] = ()
    """Codes of what is wrong with it."""


@dataclass(frozen=True, slots=True)
class CustodyFacts:
    """The evidence of a case, the oldest capture first."""

    case_id: CaseId
    opened_at: datetime
    captures: tuple[CaptureFacts, ...]
    consents: tuple[Consent, ...] = ()
    entries: tuple[AuditEntry, ...] = ()
    software: str = ""
    """The version of this software that tells it."""
