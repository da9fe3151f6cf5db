"""Which documents decisions wait for is told from the decisions, released case or null state alike.

Nothing in this module can reach raw evidence, directly or through what it imports.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.releasing.results import state_shown
from casework.releasing.waits import delivery_of, newest_document
from casework.steps.permissions import Permission, authorize
from models.adverse import DocumentKind
from models.case import Case, CaseState
from models.decision import Decision, Outcome
from models.ids import CaseId
from models.people import Actor
from storage.cases import CaseStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

_OWED: Final = {
    Outcome.PENDING_ADVERSE: (DocumentKind.PRE_ADVERSE, {CaseState.PENDING_ADVERSE}),
    Outcome.ADVERSE: (DocumentKind.ADVERSE, {CaseState.ADVERSE, CaseState.RETAINED}),
}


@dataclass(frozen=True, slots=True)
class OwedDocument:
    """A document that the applicant has not provably received."""

    case_id: CaseId
    kind: DocumentKind
    since: datetime
    """When that was decided which it is about."""


def owed_documents(*, actor: Actor, vault: Vault) -> list[OwedDocument]:
    """Return what is owed, the longest first. Raises `NotPermittedError`."""
    authorize(actor, Permission.READ_CASES)
    with vault.read() as tx:
        cases = [CaseStore(tx).get(one) for one in RecordStore(tx).cases_with(RecordKind.DECISION)]
        found = [owed for case in cases if (owed := _owed(tx, case)) is not None]
    return sorted(found, key=lambda one: (one.since, one.case_id))


def _owed(tx: Transaction, case: Case) -> OwedDocument | None:
    if case.state is CaseState.DESTROYED:
        return None
    decided = RecordStore(tx).latest(case.id, RecordKind.DECISION, Decision)
    if decided is None or decided.outcome not in _OWED:
        return None
    kind, states = _OWED[decided.outcome]
    made = newest_document(tx, case.id, kind)
    given = (
        made is not None
        and made.made_at >= decided.decided_at
        and delivery_of(tx, made) is not None
    )
    if given or state_shown(tx, case) not in states:
        return None
    return OwedDocument(case.id, kind, decided.decided_at)
