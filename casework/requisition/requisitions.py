"""A requisition opens with its policy and criteria frozen: the same rules for every applicant."""

from datetime import datetime

from casework.requisition.impact_assessments import require_assessed
from casework.requisition.policy_keys import keep_signature, require_signature, signature_needed
from casework.requisition.sample_plan import plan_sample
from casework.requisition.staffing import require_people
from casework.steps.permissions import Permission, authorize
from casework.steps.rules import remember_rules
from casework.steps.step import entry, refusals_logged
from models.audit import AuditAction
from models.criteria import CriteriaPack
from models.errors import PackChangedError, PolicyError
from models.ids import RequisitionId, new_id
from models.people import Actor
from models.requisition import Policy, Requisition
from policy.digest import sha256_of_value
from policy.law_gates import require_law_met
from policy.refusals import require_lawful_effects
from storage.audit import AuditLog
from storage.requisitions import RequisitionStore
from storage.transaction import Transaction
from storage.vault import Vault


def open_requisition(
    title: str,
    policy: Policy,
    criteria: CriteriaPack,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
    signature: str | None = None,
) -> Requisition:
    """Open a requisition and freeze its rules.

    Raises `NotPermittedError`, `UnlawfulConsequenceError` for an effect of refusing that the law
    forbids, `PolicyError` for a row of the law that is relied on and not met, `TooFewPeopleError`
    and `AssessmentMissingError` where the policy's `[counsel]` table asks, and what
    `require_signature` does where a signature is needed.
    """
    requisition = Requisition(
        id=RequisitionId(new_id()),
        title=title,
        policy=policy,
        policy_sha256=sha256_of_value(policy),
        criteria=criteria,
        criteria_sha256=sha256_of_value(criteria),
        opened_by=actor.id,
        opened_at=now,
    )
    with refusals_logged(requisition.id, actor=actor, vault=vault, now=now), vault.write() as tx:
        role = authorize(actor, Permission.OPEN_REQUISITION)
        require_lawful_effects(policy, now.date())
        if criteria.after_hire_only and policy.after_hire is None:
            raise PolicyError(f"{criteria.id}: no applicant is weighed by these criteria")
        require_law_met(policy, criteria, now.date())
        require_people(tx, policy)
        require_assessed(tx, policy, now=now)
        RequisitionStore(tx).add(requisition)
        plan_sample(tx, requisition, actor=actor, role=role, now=now)
        digest = remember_rules(tx, requisition.id, requisition, now=now)
        if signature is not None or signature_needed(tx, policy):
            owner = require_signature(tx, policy, criteria, signature)
            keep_signature(tx, requisition.id, owner, signature or "", now=now)
        AuditLog(tx).append(
            entry(
                AuditAction.REQUISITION_OPENED,
                actor=actor,
                role=role,
                object_id=requisition.id,
                now=now,
                code=digest.rules[:16],
            )
        )
    return requisition


def frozen(tx: Transaction, requisition_id: RequisitionId) -> Requisition:
    """Return a requisition whose policy and criteria are still those it opened with.

    Raises `RequisitionNotFoundError`, and `PackChangedError` if a digest does not match.
    """
    requisition = RequisitionStore(tx).get(requisition_id)
    if sha256_of_value(requisition.policy) != requisition.policy_sha256:
        raise PackChangedError("the policy differs from the one frozen with the requisition")
    if sha256_of_value(requisition.criteria) != requisition.criteria_sha256:
        raise PackChangedError("the criteria differ from those frozen with the requisition")
    return requisition


def list_requisitions(*, vault: Vault) -> list[Requisition]:
    """Return all requisitions, oldest first."""
    with vault.read() as tx:
        return RequisitionStore(tx).all()
