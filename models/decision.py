"""The hiring manager's decision, with its reasons."""

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


class Reason(Value):
    """One adverse reason: a criterion of the frozen pack and the released finding that met it."""

    criterion: str
    finding: int = Field(ge=0)
    """Index in the released package's canonical order."""


class Decision(Value):
    """One decision. An adverse one cites reasons; a favourable one needs none."""

    case_id: CaseId
    decider: ActorId
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    assessment: Rationale
    """The individualized assessment, in the decider's words."""
    decided_at: Moment

    @model_validator(mode="after")
    def _adverse_has_reasons(self) -> "Decision":
        if self.outcome is not Outcome.FAVOURABLE and not self.reasons:
            raise ValueError("an adverse decision cites at least one reason")
        return self
