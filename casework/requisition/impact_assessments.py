"""The assessment of a policy's impact on data protection is versioned, and approved by another.

Rows EU-02 and CA-01 ask for the record. A version never changes: whoever approves it approves its
words, and a policy may say that no requisition opens unless the newest version is approved and was
recorded within the year.
"""

from datetime import datetime, timedelta
from typing import Final

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

REVIEWED_WITHIN: Final = timedelta(days=366)
"""An assessment is looked at again within a year, whatever it says itself."""


def record_assessment(
    assessment: ImpactAssessment, *, actor: Actor, vault: Vault, now: datetime
) -> ImpactAssessment:
    """Record a new version.

    Raises `WrongStateError` for a version that is there, `InputError` for one already approved
    by what it says, or a next review that is not to come, or not within a year.
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
        if not now < assessment.review_due <= now + REVIEWED_WITHIN:
            raise InputError("the next review is to come, and within a year")
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
    """Raise `AssessmentMissingError` if a policy asks for an assessment and its newest is not good.

    A newer version that nobody approved says that the older one no longer holds.
    """
    if policy.counsel is None or not policy.counsel.assessment_required:
        return
    versions = _of(tx, policy.id)
    if not versions or not _is_good(versions[-1], now):
        raise AssessmentMissingError(
            f"EU-02: no approved and current impact assessment covers the policy {policy.id}"
        )


def _is_good(one: ImpactAssessment, now: datetime) -> bool:
    if one.approved_by is None or one.recorded_at is None:
        return False
    return now < min(one.review_due, one.recorded_at + REVIEWED_WITHIN)


def _of(tx: Transaction, policy: str | None) -> list[ImpactAssessment]:
    # An approval is a later entry of its version, and leaves it in its place.
    entries = RegisterStore(tx).all(RegisterKind.IMPACT_ASSESSMENT, ImpactAssessment, about=policy)
    return list({(one.policy, one.version): one for one in entries}.values())
