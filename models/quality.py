"""Quality: cases are drawn by a sealed seed, reviewed a second time blind, and compared."""

from enum import StrEnum

from pydantic import Field

from models.ids import ActorId, CaseId, EvidenceId, FindingId
from models.value import Moment, Value


class SamplePlan(Value):
    """The seed by which a requisition's cases are drawn, made when it opened (Q2).

    It is sealed, so that nobody can tell beforehand which case will be looked at again; its
    digest stands in the audit log, so that nobody can change it afterwards.
    """

    seed: str = Field(pattern=r"^[0-9a-f]{64}$")


class DrawnFor(StrEnum):
    """Why a case is looked at a second time."""

    SAMPLE = "sample"
    ADVERSE = "adverse"


class DrawnCase(Value):
    """A case that was drawn, and whose work it shows."""

    case_id: CaseId
    why: DrawnFor
    stratum: str
    people: frozenset[ActorId]
    drawn_at: Moment
    due_at: Moment


class QualityOutcome(StrEnum):
    """What the second look came to."""

    UPHELD = "upheld"
    DIFFERS = "differs"
    """Some finding or attribution was judged differently; a supervisor looks into it."""


class SecondReview(Value):
    """What a second reviewer judged, who saw no choice of the first. Stays with the case."""

    reviewer: ActorId
    stands: dict[FindingId, bool]
    confirmed: dict[EvidenceId, bool]
    """Of the items that a person attributed."""
    at: Moment


class QualityReview(Value):
    """A second review in numbers: outlives the case, and holds nothing of it."""

    case_id: CaseId
    reviewer: ActorId
    first: tuple[ActorId, ...]
    outcome: QualityOutcome
    pairs: tuple[tuple[bool, bool], ...]
    """Per judgement, the first review's and the second's."""
    at: Moment


class SeededItem(Value):
    """An item whose right answer is known, put on the desk of an exercise. Never a finding."""

    id: FindingId
    seed: str
    """Which of the seeds that come with the product."""
    should_stand: bool


class SeedChoice(Value):
    """What a reviewer judged of a seeded item; the first choice counts."""

    item: FindingId
    seed: str
    reviewer: ActorId
    correct: bool
    stands: bool
    at: Moment
