"""A dispute stops the decision, runs 30 days and 15 more at most, and ends in writing.

What is not verified by then goes (15 USC 1681i(a)(5)). By statute this binds reporting agencies;
the same is kept in-house by default, because the policy promises an answer to everybody.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from casework.applicant.disclosure import disclosure_of, known_persons
from casework.deciding.documents import compose
from casework.deciding.recall import take_back
from casework.preview.window import window_of
from casework.releasing.waits import open_dispute_of
from casework.requisition.requisitions import frozen
from casework.screening.statements import Redacts, neutral_words
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.adverse import DocumentKind
from models.audit import AuditAction
from models.case import CaseState
from models.deadlines import ClockKind
from models.dispute import Dispute, DisputeOutcome, RecallReason
from models.errors import InputError, NotPermittedError, RecordNotFoundError, WrongStateError
from models.finding import FindingState
from models.ids import CaseId, FindingId, HoldId, new_id
from models.people import Actor, Role
from models.rebuttal import Claim, Rebuttal, RebuttalAnswer
from models.retention import HoldKind, LegalHold
from models.text import RawText
from policy.waiting import due
from storage.findings import FindingStore
from storage.holds import HoldStore
from storage.outbox import OutboxStore
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from storage.vault import Vault

OPEN: Final = "dispute-open"
"""The outbox kind by which upkeep finds the open disputes without opening every case."""

NO_FURNISHER: Final = "no-furnisher"
"""FCRA-11: nothing here comes from somebody who reports on people. Every item is the applicant's
own export or stands on a public page, and neither has a source to tell of the dispute."""

_UNDECIDED: Final = (CaseState.RELEASED, CaseState.PENDING_ADVERSE)
_DECIDED: Final = (CaseState.FAVOURABLE, CaseState.ADVERSE)


def open_dispute(
    case_id: CaseId,
    findings: Collection[FindingId],
    claim: Claim,
    statement: RawText | None,
    *,
    redactor: Redacts,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Dispute:
    """Dispute findings that were released: the decision waits, and the material is held.

    Raises `RecordNotFoundError` for a finding that was not shown, `WrongStateError` before the
    release or while another dispute is open, `NotPermittedError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.DISPUTE, now=now) as work:
        if work.case.state not in (*_UNDECIDED, *_DECIDED, CaseState.RETAINED):
            raise WrongStateError("only what was released is disputed")
        window = window_of(work.tx, case_id)
        if open_dispute_of(work.tx, case_id) is not None:
            raise WrongStateError("a dispute is open already")
        if not findings or not set(findings) <= set(window.shown):
            raise RecordNotFoundError("a dispute names findings that were shown")
        policy = frozen(work.tx, work.case.requisition_id).policy
        hold = LegalHold(
            id=HoldId(new_id()),
            case_id=case_id,
            placed_by=actor.id,
            placed_at=now,
            matter="dispute by the applicant",
            kind=HoldKind.DISPUTE,
        )
        HoldStore(work.tx).place(hold)
        persons = known_persons(disclosure_of(work.tx, case_id))
        dispute = Dispute(
            id=new_id(),
            case_id=case_id,
            findings=tuple(findings),
            claim=claim,
            statement=statement,
            neutral=neutral_words(statement, redactor, persons),
            origin=work.case.state,
            hold=hold.id,
            opened_at=now,
            due_at=due(ClockKind.DISPUTE, policy, now),
        )
        RecordStore(work.tx).put(case_id, RecordKind.DISPUTE, dispute, now=now)
        if work.case.state in _UNDECIDED:
            work.move(CaseState.DISPUTED)
        work.queue(OPEN)
        work.log(AuditAction.DISPUTE_OPENED, code=claim, count=len(dispute.findings))
        work.log(AuditAction.DISPUTE_SOURCE, code=NO_FURNISHER)
        return dispute


def extend_dispute(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> Dispute:
    """Take in that the applicant sent more: 15 days on top, once (15 USC 1681i(a)(1)(B)).

    Raises `WrongStateError` without an open dispute, after its 30 days, or a second time.
    """
    with step(vault, case_id, actor=actor, permission=Permission.DISPUTE, now=now) as work:
        dispute = _open(work)
        if dispute.extended_at is not None or now >= dispute.due_at:
            raise WrongStateError("a dispute is extended once, within its 30 days")
        policy = frozen(work.tx, work.case.requisition_id).policy
        longer = dispute.model_copy(
            update={
                "extended_at": now,
                "due_at": due(ClockKind.DISPUTE_EXTENSION, policy, dispute.due_at),
            }
        )
        RecordStore(work.tx).put(case_id, RecordKind.DISPUTE, longer, now=now)
        work.log(AuditAction.DISPUTE_EXTENDED)
        return longer


def resolve_dispute(
    case_id: CaseId,
    outcome: DisputeOutcome,
    *,
    actor: Actor,
    vault: Vault,
    released: ReleasedVault,
    now: datetime,
) -> Dispute:
    """End a dispute and write the result to the applicant.

    Verified, the case goes back to where it stood, or, if there is a statement, the statement is
    added to the findings and the release taken back for it. Otherwise the findings are withdrawn
    and the release recalled. The system ends only what nobody verified in time. Raises
    `InputError` if it comes before the end of the days, `NotPermittedError`, `WrongStateError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.RESOLVE_DISPUTE, now=now) as work:
        dispute = _open(work)
        if work.role is Role.SYSTEM:
            if outcome is not DisputeOutcome.UNVERIFIED:
                raise NotPermittedError("whether a finding is right is for a person to say")
            if now < dispute.due_at:
                raise InputError("the days of the dispute are not over")
        ended = dispute.model_copy(
            update={"outcome": outcome, "resolved_by": actor.id, "resolved_at": now}
        )
        RecordStore(work.tx).put(case_id, RecordKind.DISPUTE, ended, now=now)
        HoldStore(work.tx).lift(HoldId(dispute.hold), now)
        outbox = OutboxStore(work.tx)
        for row in outbox.pending(OPEN, case_id=case_id):
            outbox.done(row.id, now)
        _carry_out(work, ended, released)
        compose(work, DocumentKind.DISPUTE_RESULT)
        work.log(AuditAction.DISPUTE_RESOLVED, code=outcome)
        return ended


def _carry_out(work: Work, dispute: Dispute, released: ReleasedVault) -> None:
    kept = dispute.outcome is DisputeOutcome.VERIFIED
    if not kept:
        store = FindingStore(work.tx)
        for finding_id in dispute.findings:
            store.set_state(finding_id, FindingState.WITHDRAWN)
    elif dispute.statement is None:
        if work.case.state is CaseState.DISPUTED:
            work.move(dispute.origin)
        return
    else:
        _add_statement(work, dispute)
    if work.case.state in _DECIDED:
        work.move(CaseState.DISPUTED)
    if work.case.state is CaseState.DISPUTED:
        take_back(work, RecallReason.STATEMENT if kept else RecallReason.DISPUTE, released)
    elif not kept:
        # Retained: nobody decides any more, and nobody reads on what was not right.
        released.withdraw(work.case.id, work.now)


def _add_statement(work: Work, dispute: Dispute) -> None:
    """Make the statement of dispute the answer to every finding that it is about."""
    answers = tuple(
        RebuttalAnswer(
            finding_id=finding_id,
            claim=dispute.claim,
            statement=dispute.statement,
            neutral=dispute.neutral,
        )
        for finding_id in dispute.findings
    )
    rebuttal = Rebuttal(case_id=work.case.id, answers=answers, submitted_at=work.now)
    RecordStore(work.tx).put(work.case.id, RecordKind.REBUTTAL, rebuttal, now=work.now)


def _open(work: Work) -> Dispute:
    dispute = open_dispute_of(work.tx, work.case.id)
    if dispute is None:
        raise WrongStateError("no dispute is open")
    return dispute
