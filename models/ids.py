"""Identifiers are opaque and random: their order tells nothing of who applied when."""

import re
import uuid
from typing import Final, NewType

CaseId = NewType("CaseId", str)
RequisitionId = NewType("RequisitionId", str)
ActorId = NewType("ActorId", str)
ConsentId = NewType("ConsentId", str)
CaptureId = NewType("CaptureId", str)
EvidenceId = NewType("EvidenceId", str)
FindingId = NewType("FindingId", str)
PackageId = NewType("PackageId", str)
HoldId = NewType("HoldId", str)
BatchId = NewType("BatchId", str)

_SHAPE: Final = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    """Return a fresh random identifier: 32 lower-case hexadecimal digits."""
    return uuid.uuid4().hex


def is_id(text: str) -> bool:
    """Say whether a text has the shape of an identifier."""
    return _SHAPE.fullmatch(text) is not None
