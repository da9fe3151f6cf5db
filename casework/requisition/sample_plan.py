"""A requisition's seed for drawing cases is made when it opens; the log keeps its digest (Q2)."""

import hashlib
import secrets
from datetime import datetime

from casework.steps.step import entry
from models.audit import AuditAction
from models.people import Actor, Role
from models.quality import SamplePlan
from models.requisition import Requisition
from storage.audit import AuditLog
from storage.registers import RegisterKind, RegisterStore
from storage.transaction import Transaction


def plan_sample(
    tx: Transaction, requisition: Requisition, *, actor: Actor, role: Role, now: datetime
) -> None:
    """Make the seed, if the policy has a people table, and log the digest that it answers to."""
    if requisition.policy.people is None:
        return
    plan = SamplePlan(seed=secrets.token_hex(32))
    RegisterStore(tx).put(RegisterKind.SAMPLE_PLAN, requisition.id, plan, now=now)
    AuditLog(tx).append(
        entry(
            AuditAction.QUALITY_PLANNED,
            actor=actor,
            role=role,
            object_id=requisition.id,
            now=now,
            code=hashlib.sha256(plan.seed.encode()).hexdigest(),
        )
    )
