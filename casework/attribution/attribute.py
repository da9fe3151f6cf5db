"""Attribution: is it really this person? The machine answers only where the proof is given."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final

from casework.applicant.consent import require_consent, require_state
from casework.applicant.disclosure import disclosure_of
from casework.attribution.attribution_evidence import evidence_is_stated, require_stated
from casework.criminal.referrals import diverted
from casework.gathering.collect import Guard
from casework.people.exposure import expose
from casework.people.people_gates import require_searcher
from casework.search.case_platforms import platforms_of
from casework.steps.dispatching import outbox_kind
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.case import CaseState
from models.errors import RecordNotFoundError, WrongStateError
from models.evidence import AUTOMATIC_GRADES, AttributionGrade, Evidence
from models.exposure import Material
from models.ids import CaseId, EvidenceId
from models.people import SYSTEM, Actor
from models.segment import Segment
from storage.commands import CommandStore
from storage.evidence import EvidenceStore
from storage.transaction import Transaction
from storage.vault import Vault
from triage.attribution import account_of, grade

OPEN_TO_ANALYSTS: Final = (CaseState.COLLECTING, CaseState.CRIMINAL_HOLD)
"""A case that a referral stopped is attributed before it goes on."""


def attribute(case_id: CaseId, *, vault: Vault, now: datetime, guard: Guard) -> bool:
    """Grade what the disclosure proves: `collecting → attributed`.

    Returns False, and leaves the case where it is, while items wait for an analyst.
    """
    with step(vault, case_id, actor=SYSTEM, permission=Permission.SCREEN, now=now) as work:
        guard(work.tx)
        require_state(work.case, CaseState.COLLECTING)
        require_consent(work.tx, work.case, now=now)
        if grade_what_is_proved(work):
            return False
        work.move(CaseState.ATTRIBUTED)
        work.log(AuditAction.ATTRIBUTED)
        return True


def grade_what_is_proved(work: Work) -> int:
    """Grade what the disclosure proves; return how many items wait for an analyst."""
    case_id = work.case.id
    store = EvidenceStore(work.tx)
    disclosure = disclosure_of(work.tx, case_id)
    gone = diverted(work.tx, case_id)
    waiting = 0
    for evidence in list(store.for_case(case_id)):
        if evidence.grade is not None or evidence.id in gone:
            continue
        machine = grade(evidence.item, disclosure)
        if machine in AUTOMATIC_GRADES:
            store.grade(evidence.id, machine)
        else:
            waiting += 1
    if waiting and not attribution_waits(work.tx, case_id):
        CommandStore(work.tx).remember(_waits(case_id), str(waiting), work.now)
        work.log(AuditAction.ATTRIBUTED, code="waits-for-analyst")
    return waiting


def unattributed(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> list[Evidence]:
    """Return the items that wait for an analyst; the look is logged before anything is shown."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        require_state(work.case, *OPEN_TO_ANALYSTS)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        expose(work, Material.UNATTRIBUTED)
        work.log(AuditAction.RAW_READ, code="attribution")
    with vault.read() as tx:
        gone = diverted(tx, case_id)
        items = EvidenceStore(tx).for_case(case_id)
        return [item for item in items if item.grade is None and item.id not in gone]


def settle_attribution(
    case_id: CaseId,
    *,
    confirmed: AbstractSet[EvidenceId],
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Grade what the machine left open: confirmed, or unattributed and so non-existent.

    Raises `RecordNotFoundError` for an item that is not waiting, `WrongStateError` unless the
    machine has looked first and left something open, and `UnprovedAttributionError` where the
    policy asks for stated evidence and there is none for an account.
    """
    with step(
        vault, case_id, actor=actor, permission=Permission.SETTLE_ATTRIBUTION, now=now
    ) as work:
        require_state(work.case, *OPEN_TO_ANALYSTS)
        if not attribution_waits(work.tx, case_id):
            raise WrongStateError("the machine has not handed anything to an analyst")
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        expose(work, Material.UNATTRIBUTED)
        store = EvidenceStore(work.tx)
        gone = diverted(work.tx, case_id)
        waiting = [
            item.id
            for item in store.for_case(case_id)
            if item.grade is None and item.id not in gone
        ]
        if not confirmed <= set(waiting):
            raise RecordNotFoundError("an item named is not waiting for attribution")
        if evidence_is_stated(work):
            named = [item for item in store.for_case(case_id) if item.id in confirmed]
            for account in sorted({account_of(item.item) for item in named}):
                require_stated(work, account)
        for evidence_id in waiting:
            store.grade(
                evidence_id,
                AttributionGrade.CONFIRMED
                if evidence_id in confirmed
                else AttributionGrade.UNATTRIBUTED,
            )
        work.log(AuditAction.ATTRIBUTED, code="settled")
        if work.case.state is CaseState.COLLECTING:
            work.queue(outbox_kind(Segment.SCREEN))


def attribution_waits(tx: Transaction, case_id: CaseId) -> bool:
    """Say whether the machine has handed items of this case to an analyst."""
    return CommandStore(tx).seen(_waits(case_id)) is not None


def _waits(case_id: CaseId) -> str:
    return f"attribution-waits:{case_id}"
