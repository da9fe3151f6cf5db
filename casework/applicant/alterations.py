"""That something was changed or deleted after the notice is never a finding by itself.

Only where the policy counts it, and the notice said so in the policy's own sentence, may it be
taken for one; people tidy up their profiles for many reasons.
"""

from datetime import datetime

from casework.applicant.consent import require_consent
from casework.applicant.notice import delivered_notice
from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission
from casework.steps.step import step
from models.alteration import Alteration, Change
from models.audit import AuditAction
from models.clauses import AlterationInferenceError
from models.consent import Notice
from models.ids import CaseId
from models.people import Actor
from models.requisition import Policy
from models.text import RawText
from storage.exposures import ExposureStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault


def note_alteration(
    case_id: CaseId,
    account: RawText,
    change: Change,
    *,
    last_seen: datetime | None = None,
    as_finding: bool = False,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Alteration:
    """Write down a change that was come upon; `last_seen` says when the old state was still there.

    Raises `AlterationInferenceError` if it is to be a finding and policy and notice did not both
    say that it may be, or nothing shows that it came after the notice; and what `require_consent`
    does.
    """
    with step(vault, case_id, actor=actor, permission=Permission.NOTE_ALTERATION, now=now) as work:
        require_consent(work.tx, work.case, now=now)
        notice = delivered_notice(work.tx, case_id)
        policy = frozen(work.tx, work.case.requisition_id).policy
        after = last_seen is not None and notice.delivered_at <= last_seen <= now
        if as_finding:
            _require_said(policy, notice)
            if not after:
                raise AlterationInferenceError("nothing shows that it came after the notice")
        noted = Alteration(
            case_id=case_id,
            account=account,
            change=change,
            seen_at=now,
            noted_by=actor.id,
            after_notice=after,
            counts=as_finding,
        )
        RecordStore(work.tx).put(case_id, RecordKind.ALTERATION, noted, now=now)
        ExposureStore(work.tx).record(actor.id, case_id, now)
        work.log(AuditAction.ALTERATION_NOTED, code=change)
        return noted


def counting_alterations(tx: Transaction, case_id: CaseId) -> list[Alteration]:
    """Return the changes that may be a finding; all others are as if they had never been."""
    noted = RecordStore(tx).all(case_id, RecordKind.ALTERATION, Alteration)
    return [one for one in noted if one.counts]


def _require_said(policy: Policy, notice: Notice) -> None:
    rules = policy.applicant
    if rules is None or not rules.alterations_count:
        raise AlterationInferenceError("the policy makes no finding of a changed profile")
    sentence = " ".join(rules.alteration_sentence.split())
    if sentence not in " ".join(notice.text.reveal().split()):
        raise AlterationInferenceError("the notice did not say that a change may count")
