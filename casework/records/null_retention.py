"""A null state that was decided on is hidden from its manager when a released case would be.

A released case goes into retention once it is decided, and where the law of the place names no
rule, or two that contradict each other, it is sealed then, and its manager sees it no more. The
null state of a case that was refused, withdrawn or diverted is weighed at the same moment by the
facts that a released one would have; its own dates stay those of how it ended.
"""

from datetime import datetime

from casework.records.retention_facts import facts_of
from casework.requisition.requisitions import frozen
from casework.steps.sealing import NULL_DECIDED, shown_null
from models.case import Case, CaseState
from models.decision import Decision, Outcome
from models.retention import NullRetention
from policy.retention import schedule
from storage.cases import CaseStore
from storage.outbox import OutboxStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault


def retain_nulls(*, vault: Vault, now: datetime) -> int:
    """Weigh every null state that was decided on since; return how many."""
    with vault.read() as tx:
        rows = OutboxStore(tx).pending(NULL_DECIDED)
    for row in rows:
        with vault.write(row.case_id) as tx:
            if row.case_id is not None:
                weigh_null(tx, CaseStore(tx).get(row.case_id), now=now)
            OutboxStore(tx).done(row.id, now)
    return len(rows)


def weigh_null(tx: Transaction, case: Case, *, now: datetime) -> None:
    """Note whether the law would seal a released case about which the same was decided.

    Without effect for a case that was released, is undecided, or is destroyed.
    """
    decided = RecordStore(tx).latest(case.id, RecordKind.DECISION, Decision)
    if (
        decided is None
        or decided.outcome is Outcome.PENDING_ADVERSE
        or case.state is CaseState.DESTROYED
        or not shown_null(tx, case.id)
    ):
        return
    facts = facts_of(tx, case, None).model_copy(
        update={
            "outcome": CaseState(decided.outcome.value),
            "action": decided.decided_at.date(),
        }
    )
    dates = schedule(facts, frozen(tx, case.requisition_id).policy, now=now)
    noted = NullRetention(sealed=dates.sealed, at=now)
    RecordStore(tx).put(case.id, RecordKind.NULL_RETENTION, noted, now=now)


def weigh_null_again(tx: Transaction, case: Case, *, now: datetime) -> None:
    """Do so again once the agency has said what became of the applicant; else without effect."""
    kind = RecordKind.NULL_RETENTION
    if RecordStore(tx).latest(case.id, kind, NullRetention) is not None:
        weigh_null(tx, case, now=now)
