"""Auditors read the log and never decide; what they read holds no content."""

from casework.permissions import Permission, authorize
from models.audit import AuditEntry
from models.people import Actor
from storage.audit import AuditLog
from storage.vault import Vault


def read_audit(*, actor: Actor, vault: Vault) -> list[AuditEntry]:
    """Return the whole log in order. Raises `NotPermittedError`."""
    authorize(actor, Permission.READ_AUDIT)
    with vault.read() as tx:
        return list(AuditLog(tx).entries())
