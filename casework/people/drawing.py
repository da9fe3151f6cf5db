"""Cases are drawn for a second review by a sealed seed, never by what they hold (Q2).

The strata are those who reviewed together, so that everybody's work is looked at. Of each, the
policy's share is drawn, rounded up; a case decided against its applicant is always drawn, though
it was retained before the first draw. What was drawn stays drawn.
"""

import hashlib
import hmac
from collections import defaultdict
from datetime import datetime, timedelta

from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission
from casework.steps.registering import registering
from casework.steps.restriction import is_restricted
from models.audit import AuditAction
from models.case import DECIDED, Case, CaseState
from models.ids import ActorId, CaseId, RequisitionId
from models.people import SYSTEM, Actor
from models.people_rules import PeopleRules
from models.quality import DrawnCase, DrawnFor, QualityReview, SamplePlan
from storage.cases import CaseStore
from storage.duties import DutyStore
from storage.registers import RegisterKind, RegisterStore
from storage.requisitions import RequisitionStore
from storage.schedules import ScheduleStore
from storage.transaction import Transaction
from storage.vault import Vault

REVIEWED = (
    CaseState.REVIEWED,
    CaseState.REBUTTAL,
    CaseState.RELEASED,
    CaseState.FAVOURABLE,
    CaseState.PENDING_ADVERSE,
    CaseState.ADVERSE,
)
"""States in which a case's review can be looked at again."""
LOOKED_AT = (*REVIEWED, CaseState.RETAINED)
"""States in which a case that was drawn can be given its second review."""
AGAINST = (CaseState.PENDING_ADVERSE, CaseState.ADVERSE)


def draw_sample(
    requisition_id: RequisitionId, *, actor: Actor, vault: Vault, now: datetime
) -> list[DrawnCase]:
    """Draw what is due to be drawn of a requisition, and return what was added.

    Nothing where its policy has no people table. Raises `NotPermittedError`,
    `RequisitionNotFoundError`.
    """
    with registering(
        requisition_id, permission=Permission.DRAW_SAMPLE, actor=actor, vault=vault, now=now
    ) as work:
        rules = frozen(work.tx, requisition_id).policy.people
        plan = RegisterStore(work.tx).latest(RegisterKind.SAMPLE_PLAN, requisition_id, SamplePlan)
        if rules is None or plan is None:
            return []
        added = _due_to_be_drawn(work.tx, requisition_id, rules, plan, now)
        for one in added:
            work.put(RegisterKind.DRAWN_CASE, one)
        if added:
            work.log(AuditAction.QUALITY_DRAWN, count=len(added))
        return added


def draw_samples(*, vault: Vault, now: datetime) -> int:
    """Draw what is due of every requisition; return how many cases were added."""
    with vault.read() as tx:
        asking = [one.id for one in RequisitionStore(tx).all() if one.policy.people is not None]
    return sum(len(draw_sample(one, actor=SYSTEM, vault=vault, now=now)) for one in asking)


def rank(seed: str, case_id: CaseId) -> bytes:
    """Return where a case stands in the order of drawing: by its id and the seed alone."""
    return hmac.digest(bytes.fromhex(seed), case_id.encode(), "sha256")


def drawn(tx: Transaction, requisition_id: RequisitionId) -> list[DrawnCase]:
    """Return the cases drawn of a requisition, oldest first."""
    return RegisterStore(tx).all(RegisterKind.DRAWN_CASE, DrawnCase, about=requisition_id)


def second_reviews(tx: Transaction, requisition_id: RequisitionId) -> list[QualityReview]:
    """Return the second reviews of a requisition, oldest first."""
    return RegisterStore(tx).all(RegisterKind.QUALITY_REVIEW, QualityReview, about=requisition_id)


def overdue_for(
    tx: Transaction,
    requisition_id: RequisitionId,
    *,
    now: datetime,
    person: ActorId | None = None,
    case_id: CaseId | None = None,
) -> list[DrawnCase]:
    """Return the drawn cases whose second review is overdue, of a person's work or of one case.

    What nobody may look at any more, withdrawn, destroyed or restricted, holds nobody up.
    """
    done = {review.case_id for review in second_reviews(tx, requisition_id)}
    return [
        one
        for one in drawn(tx, requisition_id)
        if one.case_id not in done
        and now >= one.due_at
        and (person is None or person in one.people)
        and case_id in (None, one.case_id)
        and _can_be_given(tx, one.case_id)
    ]


def _can_be_given(tx: Transaction, case_id: CaseId) -> bool:
    in_time = CaseStore(tx).get(case_id).state in LOOKED_AT
    return in_time and not is_restricted(tx, case_id)


def _looked_at_as(tx: Transaction, case: Case) -> CaseState | None:
    """Return the state as which a case is drawn, None if it is not: a retained one as it ended."""
    if case.state is CaseState.RETAINED:
        stored = ScheduleStore(tx).get(case.id)
        if stored is None or stored.facts is None or stored.facts.outcome not in DECIDED:
            return None
        return stored.facts.outcome
    return case.state if case.state in REVIEWED else None


def _due_to_be_drawn(
    tx: Transaction,
    requisition_id: RequisitionId,
    rules: PeopleRules,
    plan: SamplePlan,
    now: datetime,
) -> list[DrawnCase]:
    already = {one.case_id for one in drawn(tx, requisition_id)}
    strata: dict[tuple[ActorId, ...], list[CaseId]] = defaultdict(list)
    against: list[tuple[tuple[ActorId, ...], CaseId]] = []
    duties = DutyStore(tx)
    for case in CaseStore(tx).all(requisition_id):
        state = _looked_at_as(tx, case)
        if state is None:
            continue
        stratum = duties.reviewers(case.id)
        strata[stratum].append(case.id)
        if rules.sample_adverse and state in AGAINST and case.id not in already:
            against.append((stratum, case.id))
    chosen = [(DrawnFor.ADVERSE, stratum, case_id) for stratum, case_id in against]
    already |= {case_id for _why, _stratum, case_id in chosen}
    for stratum, cases in sorted(strata.items()):
        wanted = -(-len(cases) * rules.sample_percent // 100)
        left = sorted(set(cases) - already, key=lambda one: rank(plan.seed, one))
        missing = max(0, wanted - len(already & set(cases)))
        chosen += [(DrawnFor.SAMPLE, stratum, case_id) for case_id in left[:missing]]
    return [
        DrawnCase(
            case_id=case_id,
            why=why,
            stratum=hashlib.sha256(" ".join(stratum).encode()).hexdigest()[:16],
            people=frozenset(stratum) | duties.collectors(case_id),
            drawn_at=now,
            due_at=now + timedelta(days=rules.quality_days),
        )
        for why, stratum, case_id in chosen
    ]
