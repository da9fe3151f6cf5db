"""A monitoring case gathers and weighs what lies within its trigger, and keeps nothing else.

The days, the kinds of platform, the criteria and the accounts bind the machine as they bind the
people. What an account of somebody else says is never captured with the rest (M4).
"""

from collections import Counter

from casework.applicant.disclosure import disclosure_of
from casework.steps.monitoring_gate import monitoring_scope
from casework.steps.step import Work
from models.case import Case
from models.clauses import FishingError, ThirdPartyOverreachError
from models.consent import ConsentItem
from models.disclosure import Disclosure
from models.evidence import AttributionGrade, SourceItem
from models.monitoring import MonitoringScope
from models.requisition import Requisition
from storage.transaction import Transaction
from triage.attribution import grade


def outside_scope(work: Work, covered: dict[ConsentItem, list[SourceItem]]) -> Counter[str]:
    """Take out what lies outside a monitoring case's scope, and count it by the refusal's code.

    Of an applicant's case nothing is taken out.
    """
    opened = monitoring_scope(work.tx, work.case)
    left_out: Counter[str] = Counter()
    if opened is None:
        return left_out
    named = _named(opened, disclosure_of(work.tx, work.case.id))
    for item, items in list(covered.items()):
        kept = []
        for one in items:
            code = _refused(one, opened, named)
            if code:
                left_out[code] += 1
            else:
                kept.append(one)
        covered[item] = kept
        if not kept:
            del covered[item]
    return left_out


def within_trigger(tx: Transaction, case: Case, requisition: Requisition) -> Requisition:
    """Return a requisition with the criteria that a case is weighed by.

    In a monitoring case those of its scope, without the ones that warn the employee and find
    nothing; in an applicant's case all.
    """
    opened = monitoring_scope(tx, case)
    if opened is None:
        return requisition
    pack = requisition.criteria
    kept = tuple(
        one for one in pack.criteria if one.code in opened.scope.criteria and not one.safety_notice
    )
    return requisition.model_copy(update={"criteria": pack.model_copy(update={"criteria": kept})})


def is_own(item: SourceItem, opened: MonitoringScope, declared: Disclosure) -> bool:
    """Say whether an item is of an account that the employee declared or the trigger names."""
    return grade(item, _named(opened, declared)) is not AttributionGrade.UNATTRIBUTED


def _named(opened: MonitoringScope, declared: Disclosure) -> Disclosure:
    """Return the accounts that may be looked at; an analyst says whose the trigger's are."""
    return declared.model_copy(update={"accounts": (*declared.accounts, *opened.accounts)})


def _refused(item: SourceItem, opened: MonitoringScope, named: Disclosure) -> str:
    if grade(item, named) is AttributionGrade.UNATTRIBUTED:
        return ThirdPartyOverreachError.code
    if not opened.scope.holds(item.kind, item.created_at):
        return FishingError.code
    return ""
