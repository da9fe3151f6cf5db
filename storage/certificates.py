"""One certificate of destruction a case, kept for good: it holds ids, dates and key versions."""

import hashlib
from datetime import date, datetime
from typing import Final

import rfc8785

from models.audit import AuditEntry
from models.case import CaseState
from models.ids import ActorId, CaseId, RequisitionId
from models.people import Role
from models.value import Moment, Value
from storage.audit import leaf_body
from storage.commands import CommandStore
from storage.merkle import Frontier, leaf_hash
from storage.shred import Certificate
from storage.transaction import Transaction

METHOD: Final = (
    "The case's keys were deleted, the keys that had wrapped them replaced in every domain and"
    " destroyed, and the rows and sealed files removed: copies in backups open no more"
    " (16 CFR 682.3)."
)


class CaseCertificate(Value):
    """What became of one case's material, by which rules, by whom. Needs no content to be checked.

    The audit log holds its digest; whoever has both can tell whether it was altered.
    """

    case_id: CaseId
    requisition_id: RequisitionId
    outcome: CaseState | None
    """How the case ended; None if that was not written down."""
    keep_until: date | None
    destroy_by: date | None
    rules: tuple[str, ...]
    """The rules that were weighed and applied, by id."""
    destroyed_by: ActorId
    role: Role
    erased_at: Moment
    """When the rows went; the keys followed."""
    trail: str
    """Root of the Merkle tree over the case's entries in the audit log, up to its erasure."""
    entries: int
    method: str = METHOD
    keys: Certificate
    """How the keys were destroyed; the counts are those of the whole sweep."""
    together: int
    """How many cases went in the same sweep."""
    reissued: bool = False
    """True if a crash fell between the destruction and its certificate: what the providers said
    at that time is not known, only that the keys are gone."""

    def digest(self) -> str:
        """Return the payload's SHA-256, in hexadecimal: what `sha256sum` says of the file."""
        return hashlib.sha256(self.payload()).hexdigest()

    def payload(self) -> bytes:
        """Return the certificate as canonical JSON (RFC 8785): what is handed out."""
        return rfc8785.dumps(self.model_dump(mode="json"))


def trail_of(entries: list[AuditEntry]) -> tuple[str, int]:
    """Return the root over a case's audit entries, in hexadecimal, and how many there are."""
    frontier = Frontier()
    for one in entries:
        frontier = frontier.add(leaf_hash(leaf_body(one)))
    return frontier.root().hex(), frontier.size


class CertificateStore:
    """The certificates, one a case: what the one destruction of a case gave."""

    def __init__(self, tx: Transaction) -> None:
        self._commands = CommandStore(tx)

    def put(self, certificate: CaseCertificate, *, now: datetime) -> None:
        """Keep a certificate. Raises `ConstraintError` if the case has one."""
        key = _key(certificate.case_id)
        self._commands.remember(key, certificate.model_dump_json(), now)

    def get(self, case_id: CaseId) -> CaseCertificate | None:
        """Return a case's certificate, or None."""
        body = self._commands.seen(_key(case_id))
        return None if body is None else CaseCertificate.model_validate_json(body)


def _key(case_id: CaseId) -> str:
    return f"certificate-of-destruction:{case_id}"
