"""What a policy asks for before its requisition opens is on record first, by the steps for it.

The terms of every kind of platform are reviewed, an assessment of impact is recorded by one person
and approved by another, and the policy is signed with a key that is trusted for it. Nothing is
registered that no policy asks for.
"""

import secrets
from datetime import timedelta
from typing import Final

from casework.requisition.impact_assessments import (
    approve_assessment,
    list_assessments,
    record_assessment,
)
from casework.requisition.policy_keys import sign_policy, signature_needed, trust_policy_key
from casework.requisition.requisitions import open_requisition
from casework.search.terms_names import OF_A_KIND
from casework.search.terms_register import review_terms
from models.consent import PlatformKind
from models.counsel import ImpactAssessment, Risk
from models.requisition import Policy, Requisition
from policy.requisition import RequisitionDraft
from storage.note import Signer
from walloff.rehearsal_cast import ADMINISTRATOR, AUDITOR, POLICY_OWNER, SUPERVISOR, taken_by
from walloff.services import Services

_TERM: Final = timedelta(days=180)
_SAID: Final = "rehearsal: nobody assessed anything"


def open_rehearsed(draft: RequisitionDraft, services: Services) -> Requisition:
    """Open a requisition with all that its policy asks for before."""
    policy = draft.policy
    if policy.search is not None and policy.search.terms_reviewed:
        _review_every_kind(policy.search.terms_valid_days, services)
    if policy.counsel is not None and policy.counsel.assessment_required:
        _assess(policy, services)
    return open_requisition(
        draft.title,
        policy,
        draft.criteria,
        signature=_signature(draft, services),
        **taken_by(POLICY_OWNER, services),
    )


def _review_every_kind(valid_days: int, services: Services) -> None:
    day = services.clock.now().date() + min(timedelta(days=valid_days), _TERM)
    for kind in PlatformKind:
        review_terms(
            f"{OF_A_KIND}{kind}",
            version="rehearsal",
            by_hand=True,
            automated=False,
            rule="rehearsal: nobody read any terms",
            next_review=day,
            **taken_by(POLICY_OWNER, services),
        )


def _assess(policy: Policy, services: Services) -> None:
    known = list_assessments(policy.id, **taken_by(AUDITOR, services))
    version = f"rehearsal-{len(known) + 1}"
    record_assessment(
        ImpactAssessment(
            policy=policy.id,
            version=version,
            purpose=_SAID,
            lawful_basis=_SAID,
            necessity=_SAID,
            proportionality=_SAID,
            data=("public-posts",),
            recipients=("hiring-manager",),
            risks=(
                Risk(
                    id="R1",
                    risk=_SAID,
                    likelihood=1,
                    severity=1,
                    measures=("the wall",),
                    residual=1,
                ),
            ),
            review_due=services.clock.now() + _TERM,
        ),
        **taken_by(POLICY_OWNER, services),
    )
    approve_assessment(policy.id, version, **taken_by(SUPERVISOR, services))


def _signature(draft: RequisitionDraft, services: Services) -> str | None:
    """Return the signature that policy or home asks for, by a key of this rehearsal alone."""
    with services.vault.read() as tx:
        if not signature_needed(tx, draft.policy):
            return None
    signer = Signer("rehearsal-policy-owner", secrets.token_bytes(32))
    trust_policy_key(POLICY_OWNER.id, signer.vkey, **taken_by(ADMINISTRATOR, services))
    return sign_policy(draft.policy, draft.criteria, signer)
