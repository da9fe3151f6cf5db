"""The rehearsal's applicant: told, signing and listing as the frozen policy asks of a real one."""

import hashlib
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final

from casework.applicant.cases import find_case
from casework.applicant.consent import sign_consent
from casework.applicant.disclosure import disclose
from casework.applicant.notice import prove_delivery, request_notice
from casework.applicant.papers import digests_of
from casework.applicant.refusals import settle_refusal
from casework.steps.step import Taken
from models.case import CaseState
from models.consent import ConsentItem
from models.disclosure import Disclosure
from models.forms import DeliveryProof, Signature, SignatureKind
from models.ids import ActorId, CaseId
from models.requisition import Policy
from policy.forms import forms_for

_REHEARSED: Final = hashlib.sha256(b"a rehearsal: nobody signed anything").hexdigest()


def tell(case_id: CaseId, policy: Policy, investigator: Taken) -> None:
    """Ask for the notice, at the requisition's stage."""
    request_notice(case_id, stage=policy.notice_stage, **investigator)


def receive(case_id: CaseId, policy: Policy, applicant: Taken) -> None:
    """Open the notice, where the policy asks for proof of its delivery."""
    if policy.applicant is not None and policy.applicant.delivery_proof:
        prove_delivery(case_id, DeliveryProof.OWN_SESSION, **applicant)


def agree(
    case_id: CaseId,
    policy: Policy,
    applicant: Taken,
    *,
    refused: AbstractSet[ConsentItem],
    witness: ActorId,
    now: datetime,
) -> None:
    """Answer every item, with each document read by itself and the consent signed."""
    rules = policy.applicant
    sign_consent(
        case_id,
        granted=policy.consent_items - refused,
        refused=refused,
        consequence_acknowledged=True,
        forms={} if rules is None else digests_of(forms_for(policy, now.date())),
        signature=None
        if rules is None
        else Signature(kind=SignatureKind.ELECTRONIC, evidence_sha256=_REHEARSED, witness=witness),
        **applicant,
    )


def goes_on(case_id: CaseId, supervisor: Taken) -> bool:
    """Say whether a case goes on after the answer; a refusal that waits is let pass."""
    state = find_case(case_id, vault=supervisor["vault"]).state
    if state is CaseState.NOTICED:
        settle_refusal(case_id, goes_on=True, **supervisor)
        return True
    return state is not CaseState.REFUSED


def list_identities(
    case_id: CaseId, disclosure: Disclosure, policy: Policy, applicant: Taken
) -> None:
    """Answer every list, and acknowledge the position on anonymous posting."""
    rules = policy.applicant
    if rules is not None:
        answers = {"answered": disclosure.answers() | rules.asks, "anonymous_position_read": True}
        disclosure = disclosure.model_copy(update=answers)
    disclose(case_id, disclosure, **applicant)
