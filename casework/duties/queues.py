"""What waits for people is counted in one query and listed by page; no case is opened for it.

A case's history tells who did what when: steps and codes, and of a review no one's choice, since
a second reviewer is not to know what the first one chose.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.people.drawing import drawn, second_reviews
from casework.steps.permissions import Permission, authorize
from casework.steps.step import step
from models.audit import AuditAction, AuditEntry
from models.case import CaseState
from models.ids import CaseId, RequisitionId
from models.people import Actor
from models.quality import DrawnCase
from storage.audit import AuditLog
from storage.case_lists import CaseLists, ListedCase, PageKey, StateCount
from storage.requisitions import RequisitionStore
from storage.vault import Vault

_A = AuditAction
TOLD: Final = frozenset(
    {
        _A.CASE_OPENED,
        _A.NOTICE_SENT,
        _A.NOTICE_DELIVERED,
        _A.CONSENT_SIGNED,
        _A.CONSENT_REFUSED,
        _A.CONSENT_WITHDRAWN,
        _A.CONSENT_EXPIRED,
        _A.REFUSAL_SETTLED,
        _A.DISCLOSED,
        _A.QUERY_MADE,
        _A.FETCH_STARTED,
        _A.FETCHED,
        _A.PAGE_CAPTURED,
        _A.SOURCE_REGISTERED,
        _A.COLLECTION_STARTED,
        _A.CAPTURED,
        _A.INPUT_REFUSED,
        _A.LEADS_TAKEN_IN,
        _A.ATTRIBUTED,
        _A.ACCOUNT_CONFIRMED,
        _A.ACCOUNT_DECIDED,
        _A.TRIAGED,
        _A.REDACTED,
        _A.RAW_READ,
        _A.REVIEWED,
        _A.REBUTTAL_OFFERED,
        _A.REBUTTAL_SUBMITTED,
        _A.REBUTTAL_CLOSED,
        _A.COPY_SENT,
        _A.RELEASED,
        _A.DELIVERED,
        _A.RECALLED,
        _A.QUESTION_ASKED,
        _A.QUESTION_ANSWERED,
        _A.DOCUMENT_MADE,
        _A.DOCUMENT_DELIVERED,
        _A.DISPUTE_OPENED,
        _A.DISPUTE_RESOLVED,
        _A.CLOCK_ENDED,
        _A.RETAINED,
        _A.STEP_FAILED,
    }
)
"""What a history tells. What is not here is for the auditors alone: refusals, referrals, holds,
exercises, each reviewer's choices, and whatever is added later."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, and where the next begins; None at the end."""

    cases: tuple[ListedCase, ...]
    following: PageKey | None


def count_cases(*, actor: Actor, vault: Vault) -> list[StateCount]:
    """Return how many cases are in each state. Raises `NotPermittedError`.

    Those with items that nobody has attributed are counted by themselves.
    """
    authorize(actor, Permission.READ_CASES)
    with vault.read() as tx:
        return CaseLists(tx).counts()


def page_of_cases(
    *,
    actor: Actor,
    vault: Vault,
    states: Collection[CaseState] = (),
    requisition_id: RequisitionId | None = None,
    for_analyst: bool | None = None,
    after: PageKey | None = None,
    limit: int = 50,
) -> Listed:
    """Return a page of cases, those first that stand longest where they are.

    Raises `NotPermittedError`.
    """
    authorize(actor, Permission.READ_CASES)
    with vault.read() as tx:
        found = CaseLists(tx).page(
            states=states,
            requisition_id=requisition_id,
            ungraded=for_analyst,
            after=after,
            limit=limit + 1,
        )
    shown = tuple(found[:limit])
    last = PageKey(shown[-1].changed_at, shown[-1].id) if len(found) > limit else None
    return Listed(shown, last)


def second_reviews_due(*, actor: Actor, vault: Vault) -> list[DrawnCase]:
    """Return the cases drawn for a second review that nobody gave yet, the first due first.

    Raises `NotPermittedError`.
    """
    authorize(actor, Permission.REVIEW_QUALITY)
    found: list[DrawnCase] = []
    with vault.read() as tx:
        for one in RequisitionStore(tx).all():
            if one.policy.people is not None:
                given = {review.case_id for review in second_reviews(tx, one.id)}
                found += [case for case in drawn(tx, one.id) if case.case_id not in given]
    return sorted(found, key=lambda one: (one.due_at, one.case_id))


def history_of(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> list[AuditEntry]:
    """Return the steps of a case that its own people may know of, oldest first.

    Raises `CaseNotFoundError`, `NotPermittedError`, `SealedError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.READ_CASES, now=now) as work:
        entries = AuditLog(work.tx).entries(case_id)
    return [one for one in entries if one.action in TOLD]
