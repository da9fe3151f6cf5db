"""How far each applicant came is told to the fairness enclave, under a name that leads nowhere.

The inside writes it to the enclave's public key and cannot read it back, nor what applicants said
of themselves; the enclave learns no case. What is told is read from the case's records, whatever
state the case is in now, and told again only when it has changed.
"""

from datetime import datetime

from casework.steps.pseudonym import pseudonym_of
from casework.steps.telling import News, tell
from models.case import Case, CaseState
from models.decision import Decision, Outcome
from models.ids import CaseId
from models.release import ReleasePackage
from models.self_identification import PASSED, Passage, Passed
from storage.cases import CaseStore
from storage.commands import CommandStore
from storage.consents import ConsentStore
from storage.exchange import FairnessVault
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault


def tell_passages(
    case_ids: list[CaseId], *, vault: Vault, fairness: FairnessVault, now: datetime
) -> int:
    """Tell the enclave how far these cases' applicants came; return how many were news.

    Without effect where the home has no enclave. A crash between the two databases tells the
    same twice, and the newest stands.
    """
    return tell(case_ids, PASSED, _news_of, vault=vault, fairness=fairness, now=now)


def _news_of(tx: Transaction, case_id: CaseId) -> News:
    """Return the pseudonym, what there is to tell and its key; nothing if it was told before."""
    case = CaseStore(tx).get(case_id)
    if case.state is CaseState.DESTROYED:
        return []
    body = passed_of(tx, case).model_dump_json().encode()
    key = f"passed:{case_id}:{tx.blind(case_id, PASSED, body)}"
    if CommandStore(tx).seen(key) is not None:
        return []
    return [(pseudonym_of(tx, case_id), body, key)]


def passed_of(tx: Transaction, case: Case) -> Passed:
    """Return which passages an applicant has passed, and which missed."""
    passed: set[Passage] = set()
    missed: set[Passage] = set()
    consent = ConsentStore(tx).latest(case.id)
    if consent is not None:
        refused = not consent.scope.granted
        (missed if refused else passed).add(Passage.CONSENT)
        if refused:
            missed.add(Passage.OVERALL)
    decision = RecordStore(tx).latest(case.id, RecordKind.DECISION, Decision)
    if case.state in _RELEASED or decision is not None:
        package = PackageStore(tx).current(case.id)
        if package is not None:
            found = ReleasePackage.from_payload(package.payload).findings
            (missed if found else passed).add(Passage.SCREENING)
    if decision is not None and decision.outcome is not Outcome.PENDING_ADVERSE:
        favourable = decision.outcome is Outcome.FAVOURABLE
        (passed if favourable else missed).update((Passage.DECISION, Passage.OVERALL))
    return Passed(
        requisition=case.requisition_id, passed=frozenset(passed), missed=frozenset(missed)
    )


_RELEASED = frozenset(
    {
        CaseState.RELEASED,
        CaseState.FAVOURABLE,
        CaseState.PENDING_ADVERSE,
        CaseState.ADVERSE,
        CaseState.DISPUTED,
    }
)
