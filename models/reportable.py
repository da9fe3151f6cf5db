"""What must be true for a finding to be reported, and why one was not.

reportable = attributed and in scope and meets a frozen criterion and not protected conduct
             and not too old and of an adult and its stage has come
"""

from datetime import date
from enum import StrEnum

from pydantic import Field

from models.ids import EvidenceId
from models.value import Value

RULE = r"^[a-zA-Z0-9][a-zA-Z0-9-]*$"


class Activity(StrEnum):
    """Conduct that a law protects, and so is never reported (tier T3)."""

    CONCERTED = "concerted"
    UNION = "union"
    POLITICAL = "political"
    OFF_DUTY = "off-duty"
    CANNABIS = "cannabis"
    COMPLAINT = "complaint"
    """Complaining of discrimination, of unpaid wages, of dangers: retaliation is barred."""
    JURY = "jury"
    SERVICE = "service"
    """Volunteer fire-fighting and the like."""


class HiringStage(StrEnum):
    """How far the hiring has come, in order; only conditional offers open gates."""

    APPLICATION = "application"
    INTERVIEW = "interview"
    CONDITIONAL_OFFER = "conditional-offer"


class Gates(Value):
    """The gates that the law and the policy close for one case, each by its rule's id."""

    protected: dict[Activity, str] = Field(default_factory=dict)
    criminal_history: str | None = None
    """The rule that keeps criminal history back for now, or None."""
    too_early: str | None = None
    """The rule by which nothing is reported at this stage, or None."""
    adult_from: date | None = None
    """The day on which the applicant came of age; None if nobody stated it."""
    adult_unknown: bool = True
    """Whether an item is reported although that day is not known."""
    adult_rule: str = "adult-at-posting"


class Exclusion(Value):
    """One finding that was not made, for reviewers; to a manager it never existed."""

    evidence_id: EvidenceId
    criterion: str
    rule: str = Field(pattern=RULE)
    """The gate's id, or the code of a limit of time."""


class Exclusions(Value):
    """All that were not made when a case was screened."""

    entries: tuple[Exclusion, ...] = ()


class HiringStageRecord(Value):
    """How far the hiring of an applicant has come, as stated."""

    stage: HiringStage


class ComingOfAge(Value):
    """The day on which an applicant turned eighteen: nothing else of a birth date is needed."""

    day: date
