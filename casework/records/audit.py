"""Auditors read the log and never decide; what they read holds no content."""

from datetime import datetime

from casework.steps.permissions import Permission, authorize
from casework.steps.step import entry, refusals_logged
from models.audit import AuditAction, AuditEntry, Checkpoint
from models.people import Actor
from storage.audit import AuditLog
from storage.checkpoints import publish
from storage.transaction import Transaction
from storage.vault import Vault


def read_audit(*, actor: Actor, vault: Vault) -> list[AuditEntry]:
    """Return the whole log in order. Raises `NotPermittedError`."""
    authorize(actor, Permission.READ_AUDIT)
    with vault.read() as tx:
        return list(AuditLog(tx).entries())


def record_export(*, actor: Actor, vault: Vault, now: datetime) -> None:
    """Log that somebody takes the log away, before it is published and written.

    Raises `NotPermittedError`.
    """
    with refusals_logged(vault.home.id, actor=actor, vault=vault, now=now), vault.write() as tx:
        _record(tx, AuditAction.AUDIT_EXPORTED, Permission.READ_AUDIT, actor, vault, now)


def accept_loss(*, actor: Actor, vault: Vault, now: datetime) -> Checkpoint:
    """Sign a log that a restored backup cut short, in somebody's name.

    Raises `NotPermittedError`, and `AuditBrokenError` if it ends before the last checkpoint.
    """
    with refusals_logged(vault.home.id, actor=actor, vault=vault, now=now):
        authorize(actor, Permission.ACCEPT_LOSS)

    def record(tx: Transaction) -> None:
        _record(tx, AuditAction.LOSS_ACCEPTED, Permission.ACCEPT_LOSS, actor, vault, now)

    return publish(vault, now=now, accept_loss=record)


def _record(
    tx: Transaction,
    action: AuditAction,
    permission: Permission,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    role = authorize(actor, permission)
    made = entry(action, actor=actor, role=role, object_id=vault.home.id, now=now)
    AuditLog(tx).append(made)
