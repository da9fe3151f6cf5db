"""Looks that another interface's process wrote down are taken up into the audit log, each once.

Until then they stand in that interface's own database, which that process can write: what it adds
is evidence, what a process that was taken over takes away is missed only there.
"""

from datetime import datetime

from models.audit import AuditAction, AuditEntry
from models.people import Role
from storage.audit import AuditLog
from storage.commands import CommandStore
from storage.domain_vault import VIEWED, Access, DomainVault
from storage.exposures import ExposureStore
from storage.vault import Vault


def take_up_accesses(
    *,
    vault: Vault,
    released: DomainVault,
    now: datetime,
    role: Role = Role.HIRING_MANAGER,
    raw: bool = False,
) -> int:
    """Bring every look that waits into the audit log and return how many there were.

    With `raw`, whoever looked has seen raw material, and decides on the case no more. An access
    keeps its id and its time. A crash between the two databases is mended by the next
    call, which logs nothing twice.
    """
    count = 0
    while accesses := released.untaken():
        with vault.write() as tx:
            commands = CommandStore(tx)
            for access in accesses:
                if commands.seen(f"access:{access.id}") is None:
                    AuditLog(tx).append(_entry(access, role))
                    if raw and access.code == VIEWED:
                        ExposureStore(tx).record(access.actor, access.case_id, access.at)
                    commands.remember(f"access:{access.id}", "logged", now)
                    count += 1
        released.taken([access.id for access in accesses], now)
    return count


def _entry(access: Access, role: Role) -> AuditEntry:
    viewed = access.code == VIEWED
    return AuditEntry(
        event_id=access.id,
        at=access.at,
        actor=access.actor,
        role=role,
        action=AuditAction.VIEWED if viewed else AuditAction.DENIED,
        object_id=access.case_id,
        code="" if viewed else access.code,
    )
