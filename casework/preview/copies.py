"""The applicant keeps a copy: the very bytes that the manager sees, or nothing adverse follows.

Nothing in this module can reach raw evidence, directly or through what it imports.
"""

import hashlib
from datetime import datetime
from typing import Final

from casework.applicant.consent import require_state
from casework.preview.window import window_of
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import NoCopyError
from models.errors import WrongStateError
from models.ids import CaseId
from models.people import Actor
from models.rebuttal import EvidenceCopy
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

BY_HAND: Final = "by-hand"
_COPIED: Final = (CaseState.REBUTTAL, CaseState.RELEASED, CaseState.PENDING_ADVERSE)


def send_copy(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime, channel: str = BY_HAND
) -> bytes:
    """Return the bytes that the applicant keeps, and write down that they were handed over.

    They are the current package's, which the applicant was shown and the manager receives (M5).
    Raises `NotPermittedError`, and `WrongStateError` before the applicant was shown any.
    """
    with step(vault, case_id, actor=actor, permission=Permission.SEND_COPY, now=now) as work:
        require_state(work.case, *_COPIED)
        package = PackageStore(work.tx).current(case_id)
        if package is None or package.digest != window_of(work.tx, case_id).package_sha256:
            raise WrongStateError("the package was changed and is being reviewed again")
        note_copy(work, package.payload, package.version, channel=channel)
        return package.payload


def note_copy(work: Work, payload: bytes, version: int, *, channel: str = BY_HAND) -> EvidenceCopy:
    """Write down, in a step, that the applicant was given these bytes."""
    sent = EvidenceCopy(
        case_id=work.case.id, version=version, hash=digest(payload), sent=work.now, channel=channel
    )
    RecordStore(work.tx).put(work.case.id, RecordKind.EVIDENCE_COPY, sent, now=work.now)
    work.log(AuditAction.COPY_SENT, code=channel, count=version)
    return sent


def require_copy(tx: Transaction, case_id: CaseId, payload: bytes) -> EvidenceCopy:
    """Return the copy that was sent of these bytes. Raises `NoCopyError` (E-M5-NO-COPY)."""
    sent = RecordStore(tx).all(case_id, RecordKind.EVIDENCE_COPY, EvidenceCopy)
    for one in reversed(sent):
        if one.hash == digest(payload):
            return one
    raise NoCopyError("the applicant has no copy of the very bytes that the manager sees")


def digest(payload: bytes) -> str:
    """Return the hash by which a copy and a release are held against each other."""
    return hashlib.sha256(payload).hexdigest()
