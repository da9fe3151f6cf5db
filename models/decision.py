"""The hiring manager's decision, with its reasons: a person's, never a sum."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from models.ids import ActorId, CaseId
from models.value import Moment, Value

Rationale = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class Outcome(StrEnum):
    """What was decided."""

    FAVOURABLE = "favourable"
    PENDING_ADVERSE = "pending-adverse"
    ADVERSE = "adverse"


class OtherEvidence(StrEnum):
    """What a reason may rest on besides a finding: a code, never its content."""

    APPLICATION = "application"
    INTERVIEW = "interview"
    REFERENCE = "reference"
    WRITTEN_TEST = "written-test"
    PHYSICAL_TEST = "physical-test"
    BACKGROUND_INVESTIGATION = "background-investigation"
    EMPLOYMENT_RECORD = "employment-record"
    DRIVING_RECORD = "driving-record"
    CERTIFICATION = "certification"


class Alternative(StrEnum):
    """What was considered in place of an adverse decision."""

    CLARIFICATION = "clarification"
    SECOND_INTERVIEW = "second-interview"
    WARNING = "warning"
    TRAINING = "training"
    PROBATION = "probation"
    OTHER_ASSIGNMENT = "other-assignment"
    LATER_APPLICATION = "later-application"
    NONE_FITTING = "none-fitting"


class Reason(Value):
    """One adverse reason: a criterion of the frozen pack, and what met it."""

    criterion: str
    finding: int | None = Field(default=None, ge=0)
    """Index in the released package's canonical order; None where other evidence met it."""
    evidence: OtherEvidence | None = None
    """Evidence from outside the search; with a finding, what supports it."""

    @model_validator(mode="after")
    def _rests_on_something(self) -> "Reason":
        if self.finding is None and self.evidence is None:
            raise ValueError("a reason rests on a released finding or on other evidence")
        return self


class Decision(Value):
    """One decision. An adverse one cites reasons; a favourable one needs none."""

    case_id: CaseId
    decider: ActorId
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    assessment: Rationale
    """The individualized assessment; its words are linted (`casework.deciding.rationale`)."""
    decided_at: Moment
    alternatives: tuple[Alternative, ...] = ()
    package_sha256: str = ""
    """Digest of the release that was decided on."""

    @model_validator(mode="after")
    def _adverse_has_reasons(self) -> "Decision":
        if self.outcome is not Outcome.FAVOURABLE and not self.reasons:
            raise ValueError("an adverse decision cites at least one reason")
        return self
