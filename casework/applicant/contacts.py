"""Nobody speaks to an applicant's friend unless policy, consent, condition and supervisor allow it.

Each contact is a record: the condition that is met, who approved it, the script that was used, and
in a vendor's hands the disclosure of an investigative report (FCRA-17). Whoever spoke has gathered
evidence.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from casework.applicant.consent import require_consent, require_lead_time, require_state
from casework.people.exposure import expose
from casework.people.people_gates import require_searcher
from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.applicant_rules import ContactCondition, ContactRules
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import FriendContactError
from models.consent import ConsentItem
from models.contact import ContactRecord
from models.exposure import Material
from models.ids import CaseId, new_id
from models.people import Actor
from models.requisition import Policy, VettingMode
from models.text import RawText
from storage.duties import Duty
from storage.records import RecordKind, RecordStore
from storage.vault import Vault

_STATES: Final = (CaseState.DISCLOSED, CaseState.COLLECTING)
_APPROVAL_DAYS: Final = timedelta(days=14)
"""An approval that was not used by then is asked for again."""


def propose_contact(
    case_id: CaseId,
    friend: RawText,
    condition: ContactCondition,
    because: RawText,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> str:
    """Ask for leave to speak to a friend, and return the contact's id.

    Raises `FriendContactError` where policy, consent or condition do not allow it, and what
    `require_searcher` does.
    """
    with step(vault, case_id, actor=actor, permission=Permission.PROPOSE_CONTACT, now=now) as work:
        rules = _require_ground(work, condition)
        require_searcher(work)
        if not friend.reveal().strip() or not because.reveal().strip():
            raise FriendContactError("whom to speak to, and why, must be stated")
        record = ContactRecord(
            id=new_id(),
            case_id=case_id,
            friend=friend,
            condition=condition,
            because=because,
            script_sha256=_digest(rules.script),
            proposed_by=actor.id,
            proposed_at=now,
        )
        _keep(work, record)
        expose(work, Material.SEARCH)
        work.log(AuditAction.CONTACT_PROPOSED, code=condition)
        return record.id


def approve_contact(
    case_id: CaseId, contact_id: str, *, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Give leave, as a supervisor who did not ask for it.

    Raises `FriendContactError` for no such contact, one's own, or one approved before.
    """
    with step(vault, case_id, actor=actor, permission=Permission.APPROVE_CONTACT, now=now) as work:
        record = _newest(work, contact_id)
        _require_ground(work, record.condition)
        if record.proposed_by == actor.id:
            raise FriendContactError("nobody approves what they asked for themselves")
        if record.approved_by is not None:
            raise FriendContactError("the contact was approved before")
        _keep(work, record.model_copy(update={"approved_by": actor.id, "approved_at": now}))
        expose(work, Material.SEARCH)
        work.log(AuditAction.CONTACT_APPROVED, code=record.condition)


def record_contact(
    case_id: CaseId,
    contact_id: str,
    *,
    script: str,
    disclosure: str | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> ContactRecord:
    """Write down that the friend is being spoken to, with the words used.

    Raises `FriendContactError` without a supervisor's approval, with other words than the approved
    script, a second time, by whoever approved it, or, in a vendor's hands, without the disclosure
    that the policy words; and what `require_searcher` does.
    """
    with step(vault, case_id, actor=actor, permission=Permission.RECORD_CONTACT, now=now) as work:
        record = _newest(work, contact_id)
        rules = _require_ground(work, record.condition)
        require_searcher(work)
        if record.approved_at is None:
            raise FriendContactError("no supervisor has approved this contact")
        if record.approved_by == actor.id:
            raise FriendContactError("whoever gave leave does not speak to the friend")
        if now - record.approved_at > _APPROVAL_DAYS:
            raise FriendContactError("the approval is too old")
        if record.made_at is not None:
            raise FriendContactError("the contact was made before; another one needs leave again")
        if _digest(script) != record.script_sha256 or _digest(rules.script) != record.script_sha256:
            raise FriendContactError("the words are not those of the approved script")
        policy = frozen(work.tx, work.case.requisition_id).policy
        disclosed_at = _require_disclosure(policy, rules, disclosure, now)
        made = record.model_copy(update={"made_at": now, "disclosed_at": disclosed_at})
        _keep(work, made)
        expose(work, Material.SEARCH)
        work.record_duty(Duty.COLLECTED)
        work.log(AuditAction.CONTACT_MADE, code=record.condition)
        return made


def contacts_of(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[ContactRecord]:
    """Return each contact as it stands. They name third persons, so the look is logged."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        expose(work, Material.SEARCH)
        work.log(AuditAction.RAW_READ, code="contacts")
        records = RecordStore(work.tx).all(case_id, RecordKind.CONTACT, ContactRecord)
        return list({record.id: record for record in records}.values())


def _require_ground(work: Work, condition: ContactCondition) -> ContactRules:
    """Return the rules for contacts, if this case may have any on this condition now."""
    policy = frozen(work.tx, work.case.requisition_id).policy
    rules = None if policy.applicant is None else policy.applicant.contact
    if rules is None or ConsentItem.CONTACT_OF_FRIENDS not in policy.consent_items:
        raise FriendContactError("this requisition speaks to nobody's friends")
    if condition not in rules.conditions:
        raise FriendContactError(f"the policy does not name the condition: {condition}")
    require_state(work.case, *_STATES)
    consent = require_consent(work.tx, work.case, now=work.now)
    if ConsentItem.CONTACT_OF_FRIENDS not in consent.scope.granted:
        raise FriendContactError("the applicant did not consent to it")
    require_lead_time(work.tx, work.case, now=work.now)
    return rules


def _require_disclosure(
    policy: Policy, rules: ContactRules, disclosure: str | None, now: datetime
) -> datetime | None:
    if policy.mode is not VettingMode.VENDOR:
        return None
    worded = rules.disclosure_text.strip()
    if not worded:
        raise FriendContactError("FCRA-17: the policy words no disclosure of the report")
    if disclosure is None or _digest(disclosure) != _digest(worded):
        raise FriendContactError("FCRA-17: the applicant did not have the approved disclosure")
    return now


def _newest(work: Work, contact_id: str) -> ContactRecord:
    records = RecordStore(work.tx).all(work.case.id, RecordKind.CONTACT, ContactRecord)
    found = [record for record in records if record.id == contact_id]
    if not found:
        raise FriendContactError("there is no such contact in this case")
    return found[-1]


def _keep(work: Work, record: ContactRecord) -> None:
    RecordStore(work.tx).put(work.case.id, RecordKind.CONTACT, record, now=work.now)


def _digest(words: str) -> str:
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()
