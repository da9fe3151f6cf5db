"""The assessment of a policy's impact on data protection is versioned, and approved by another.

Rows EU-02 and CA-01 ask for the record. A version never changes: whoever approves it approves its
words, and a policy may say that no requisition opens without one that is approved and current.
"""

from datetime import datetime

from casework.steps.permissions import Permission
from casework.steps.registering import registering
from models.audit import AuditAction
from models.counsel import ImpactAssessment
from models.counsel_clauses import AssessmentMissingError
from models.errors import InputError, RecordNotFoundError, SeparationOfDutiesError, WrongStateError
from models.people import Actor
from models.requisition import Policy
from storage.registers import RegisterKind, RegisterStore
from storage.transaction import Transaction
from storage.vault import Vault


def record_assessment(
    assessment: ImpactAssessment, *, actor: Actor, vault: Vault, now: datetime
) -> ImpactAssessment:
    """Record a new version.

    Raises `WrongStateError` for a version that is there, `InputError` for one already approved
    by what it says, or a review that is not to come.
    """
    with registering(
        assessment.policy,
        permission=Permission.RECORD_ASSESSMENT,
        actor=actor,
        vault=vault,
        now=now,
        new=True,
    ) as work:
        if assessment.approved_by is not None or assessment.recorded_by is not None:
            raise InputError("who records and approves an assessment is not in its file")
        if assessment.review_due <= now:
            raise InputError("the next review is to come")
        if any(one.version == assessment.version for one in _of(work.tx, assessment.policy)):
            raise WrongStateError("this version is recorded: a change is a new version")
        recorded = assessment.model_copy(update={"recorded_by": actor.id, "recorded_at": now})
        work.put(RegisterKind.IMPACT_ASSESSMENT, recorded)
        work.log(AuditAction.ASSESSMENT_RECORDED, code=recorded.version)
        return recorded


def approve_assessment(
    policy: str, version: str, *, actor: Actor, vault: Vault, now: datetime
) -> ImpactAssessment:
    """Approve a version that somebody else recorded.

    Raises `RecordNotFoundError`, `SeparationOfDutiesError`, `WrongStateError` if approved.
    """
    with registering(
        policy, permission=Permission.APPROVE_ASSESSMENT, actor=actor, vault=vault, now=now
    ) as work:
        found = [one for one in _of(work.tx, policy) if one.version == version]
        if not found:
            raise RecordNotFoundError("no such version of an assessment of this policy")
        if found[0].approved_by is not None:
            raise WrongStateError("the version is approved")
        if found[0].recorded_by == actor.id:
            raise SeparationOfDutiesError("who recorded an assessment does not approve it")
        approved = found[0].model_copy(update={"approved_by": actor.id, "approved_at": now})
        work.put(RegisterKind.IMPACT_ASSESSMENT, approved)
        work.log(AuditAction.ASSESSMENT_APPROVED, code=version)
        return approved


def list_assessments(
    policy: str | None = None, *, actor: Actor, vault: Vault, now: datetime
) -> list[ImpactAssessment]:
    """Return every version as it stands, the oldest first. Raises `NotPermittedError`."""
    about = vault.home.id if policy is None else policy
    permission = Permission.READ_CONSISTENCY
    with registering(about, permission=permission, actor=actor, vault=vault, now=now) as work:
        return _of(work.tx, policy)


def require_assessed(tx: Transaction, policy: Policy, *, now: datetime) -> None:
    """Raise `AssessmentMissingError` if the policy asks for an assessment and none is current."""
    if policy.counsel is None or not policy.counsel.assessment_required:
        return
    if not any(one.approved_by is not None and now < one.review_due for one in _of(tx, policy.id)):
        raise AssessmentMissingError(
            f"EU-02: no approved and current impact assessment covers the policy {policy.id}"
        )


def _of(tx: Transaction, policy: str | None) -> list[ImpactAssessment]:
    entries = RegisterStore(tx).all(RegisterKind.IMPACT_ASSESSMENT, ImpactAssessment, about=policy)
    return list({(one.policy, one.version): one for one in entries}.values())
