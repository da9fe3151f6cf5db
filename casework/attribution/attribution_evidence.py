"""On what an account was attributed: the analyst's stated decision, and its second look."""

from casework.requisition.requisitions import frozen
from casework.steps.step import Work
from models.attribution import AttributionDecision, Grounds
from models.clauses import UnprovedAttributionError
from models.ids import CaseId
from models.reporting_rules import ReportingRules
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction


def decisions_of(tx: Transaction, case_id: CaseId) -> dict[str, AttributionDecision]:
    """Return the decision that stands for each account."""
    every = RecordStore(tx).all(case_id, RecordKind.ATTRIBUTION, AttributionDecision)
    return {decision.account: decision for decision in every}


def require_stated(work: Work, account: str) -> AttributionDecision:
    """Return the decision on which an account's items are the applicant's.

    Raises `UnprovedAttributionError` if there is none, or if it still wants its second look.
    """
    rules = frozen(work.tx, work.case.requisition_id).policy.reporting or ReportingRules()
    decision = decisions_of(work.tx, work.case.id).get(account)
    if decision is None or not decision.attributes:
        raise UnprovedAttributionError("no evidence is stated for an account named")
    second = rules.second_look and decision.grounds is Grounds.IDENTIFIERS
    if second and decision.seconded_by is None:
        raise UnprovedAttributionError("an account named still wants a second look")
    return decision


def evidence_is_stated(work: Work) -> bool:
    """Say whether the policy asks for stated evidence before items are the applicant's."""
    rules = frozen(work.tx, work.case.requisition_id).policy.reporting
    return rules is not None and rules.stated_evidence
