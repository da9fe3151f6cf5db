"""A refused item has the effect that the frozen policy names, within the law, and no other.

Outside the wall nobody learns which item was refused, or that any was.
"""

from collections.abc import Set as AbstractSet
from datetime import datetime

from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.applicant_rules import RefusalEffect
from models.audit import AuditAction
from models.case import CaseState
from models.consent import ConsentItem
from models.errors import ConsentExpiredError, NoConsentError, WrongStateError
from models.ids import ActorId, CaseId
from models.people import Actor
from models.requisition import Policy
from models.value import Moment, Value
from policy.refusals import effect_of_refusing
from storage.commands import CommandStore
from storage.consents import ConsentStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault


class RefusalSettled(Value):
    """What a supervisor decided about a case in which something was refused."""

    case_id: CaseId
    goes_on: bool
    settled_by: ActorId
    settled_at: Moment


def after_answer(
    work: Work,
    policy: Policy,
    *,
    granted: AbstractSet[ConsentItem],
    refused: AbstractSet[ConsentItem],
) -> None:
    """Move a case to where the applicant's answer leads it, and log that.

    Raises `UnlawfulConsequenceError` where the law of the day forbids the policy's effect.
    """
    effect = effect_of_refusing(policy, refused, work.now.date())
    if not granted or effect is RefusalEffect.DISQUALIFY:
        work.move(CaseState.REFUSED)
        work.log(AuditAction.CONSENT_REFUSED)
    elif effect is RefusalEffect.MANUAL:
        CommandStore(work.tx).remember(_waits(work.case.id), effect, work.now)
        work.log(AuditAction.CONSENT_SIGNED, code="waits-for-supervisor", count=len(granted))
    else:
        work.move(CaseState.CONSENTED)
        work.log(AuditAction.CONSENT_SIGNED, count=len(granted))


def refusal_waits(tx: Transaction, case_id: CaseId) -> bool:
    """Say whether a refusal of this case waits, or waited, for a supervisor."""
    return CommandStore(tx).seen(_waits(case_id)) is not None


def settle_refusal(
    case_id: CaseId, *, goes_on: bool, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Decide whether a case goes on without what was refused: `noticed → consented` or `refused`.

    Raises `WrongStateError` unless a refusal waits, and `ConsentExpiredError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.SETTLE_REFUSAL, now=now) as work:
        if work.case.state is not CaseState.NOTICED or not refusal_waits(work.tx, case_id):
            raise WrongStateError("no refusal of this case waits for a supervisor")
        consent = ConsentStore(work.tx).latest(case_id)
        if consent is None:
            raise NoConsentError("the applicant has not answered the request for consent")
        if goes_on and now >= consent.expires_at:
            raise ConsentExpiredError("the consent has expired")
        settled = RefusalSettled(
            case_id=case_id, goes_on=goes_on, settled_by=actor.id, settled_at=now
        )
        RecordStore(work.tx).put(case_id, RecordKind.REFUSAL_SETTLED, settled, now=now)
        work.move(CaseState.CONSENTED if goes_on else CaseState.REFUSED)
        work.log(AuditAction.REFUSAL_SETTLED, code="goes-on" if goes_on else "ends")


def _waits(case_id: CaseId) -> str:
    return f"refusal-waits:{case_id}"
