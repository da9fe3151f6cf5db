"""What monitoring shows of people: misses, agreement, what is overdue; never of fewer than ten.

The figures are about reviewers, by pseudonym, over a requisition. They hold nothing of a case.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from casework.people.drawing import drawn, overdue_for, second_reviews
from casework.requisition.requisitions import frozen
from casework.reviewing.agreement import K_MIN, Rate, cohen_kappa, krippendorff_alpha, suppressed
from casework.reviewing.seeds import choices_in
from casework.steps.permissions import Permission
from casework.steps.registering import registering
from models.audit import AuditAction
from models.ids import ActorId, CaseId, FindingId, RequisitionId
from models.people import Actor
from models.quality import QualityOutcome, QualityReview, SeedChoice
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class ReviewerFigures:
    """How often one reviewer judged a seeded item wrongly, and how the second reviews agreed."""

    reviewer: ActorId
    missed: Rate | None
    """Of the seeded items; None over fewer than ten."""
    kappa: float | None
    """With the second reviewers; None over fewer than ten judgements, or where not defined."""
    overdue: int


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Monitoring of one requisition."""

    drawn: int
    reviewed: int
    overdue: tuple[CaseId, ...]
    upheld: Rate | None
    kappa: float | None
    """First review against second, over all judgements (Cohen)."""
    alpha: float | None
    """Of all reviewers on the seeded items (Krippendorff, nominal)."""
    reviewers: tuple[ReviewerFigures, ...]


def quality_report(
    requisition_id: RequisitionId, *, actor: Actor, vault: Vault, now: datetime
) -> QualityReport:
    """Return the figures of a requisition. Raises `NotPermittedError`."""
    with registering(
        requisition_id, permission=Permission.READ_QUALITY, actor=actor, vault=vault, now=now
    ) as work:
        frozen(work.tx, requisition_id)
        sample = drawn(work.tx, requisition_id)
        reviews = second_reviews(work.tx, requisition_id)
        choices = choices_in(work.tx, requisition_id)
        late = overdue_for(work.tx, requisition_id, now=now)
        work.log(AuditAction.QUALITY_READ)
    upheld = sum(review.outcome is QualityOutcome.UPHELD for review in reviews)
    people = sorted(
        {person for one in sample for person in one.people}
        | {choice.reviewer for choice in choices}
    )
    return QualityReport(
        drawn=len(sample),
        reviewed=len({review.case_id for review in reviews}),
        overdue=tuple(one.case_id for one in late),
        upheld=suppressed(upheld, len(reviews)),
        kappa=_kappa(reviews),
        alpha=_alpha(choices),
        reviewers=tuple(
            ReviewerFigures(
                reviewer=person,
                missed=_missed([one for one in choices if one.reviewer == person]),
                kappa=_kappa([one for one in reviews if person in one.first]),
                overdue=sum(person in one.people for one in late),
            )
            for person in people
        ),
    )


def _kappa(reviews: list[QualityReview]) -> float | None:
    pairs = [pair for review in reviews for pair in review.pairs]
    return cohen_kappa(pairs) if len(pairs) >= K_MIN else None


def _alpha(choices: list[SeedChoice]) -> float | None:
    units: dict[FindingId, list[bool]] = defaultdict(list)
    for choice in choices:
        units[choice.item].append(choice.stands)
    together = [unit for unit in units.values() if len(unit) >= 2]
    return krippendorff_alpha(together) if len(together) >= K_MIN else None


def _missed(choices: list[SeedChoice]) -> Rate | None:
    return suppressed(sum(not choice.correct for choice in choices), len(choices))
