"""Material that should be gone by now is told of by name, once, and stops the sweep's good news."""

from datetime import datetime

from casework.records.disposition import plan_sweep
from casework.steps.step import entry
from models.audit import AuditAction
from models.clauses import OverdueDestructionError
from models.ids import CaseId
from models.people import SYSTEM, Role
from policy.retention import Disposition
from storage.audit import AuditLog
from storage.commands import CommandStore
from storage.vault import Vault


def overdue_cases(*, vault: Vault, now: datetime) -> list[CaseId]:
    """Return the cases that a rule wanted destroyed before today and that nothing keeps."""
    return [
        line.case_id
        for line in plan_sweep(vault=vault, now=now)
        if line.overdue and line.action is Disposition.DESTROY
    ]


def require_none_overdue(*, vault: Vault, now: datetime) -> None:
    """Raise `OverdueDestructionError` (E-A2-OVERDUE) that names the cases; each is logged once."""
    late = overdue_cases(vault=vault, now=now)
    for case_id in late:
        with vault.write(case_id) as tx:
            commands = CommandStore(tx)
            if commands.seen(f"overdue:{case_id}") is not None:
                continue
            commands.remember(f"overdue:{case_id}", "logged", now)
            AuditLog(tx).append(
                entry(
                    AuditAction.OVERDUE,
                    actor=SYSTEM,
                    role=Role.SYSTEM,
                    object_id=case_id,
                    now=now,
                    code=OverdueDestructionError.code,
                )
            )
    if late:
        named = ", ".join(late[:20])
        raise OverdueDestructionError(f"{len(late)} should have been destroyed: {named}")
