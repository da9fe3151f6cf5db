"""The frozen criteria against which content is weighed."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field, model_validator

from models.value import Value


class Severity(StrEnum):
    """How grave one finding is, on its face and before mitigation. Never summed to a score."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"


class Conduct(StrEnum):
    """The coded conduct that a manager reads: what was done, never by whom of which class."""

    THREATENS_VIOLENCE = "threatens-violence"
    PRAISES_VIOLENCE = "praises-violence"
    HARASSES_A_PERSON = "harasses-a-person"
    DEMEANS_A_PROTECTED_GROUP = "demeans-a-protected-group"
    CALLS_FOR_HARM_TO_A_PROTECTED_GROUP = "calls-for-harm-to-a-protected-group"
    USES_ILLEGAL_DRUGS = "uses-illegal-drugs"
    SELLS_ILLEGAL_DRUGS = "sells-illegal-drugs"
    DECEIVES = "deceives"
    DISCLOSES_SENSITIVE_INFORMATION = "discloses-sensitive-information"


class Mitigator(StrEnum):
    """What speaks for the applicant; reported with the finding, as the standards require."""

    ISOLATED = "isolated"
    REMOTE_IN_TIME = "remote-in-time"
    RETRACTED = "retracted"
    EXPRESSED_REGRET = "expressed-regret"
    FIGURATIVE_READING_POSSIBLE = "figurative-reading-possible"


class Criterion(Value):
    """One criterion of a pack."""

    code: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    dimension: str
    """The evaluation dimension it belongs to, for example one of California POST's ten."""
    text: str
    """What a manager reads."""
    job_relevance: str
    lookback_years: int = Field(ge=1, le=20)
    conduct: tuple[Conduct, ...]
    """The conduct that meets the criterion."""
    beyond_seven_years: str | None = Field(default=None, min_length=3)
    """The citation that lets it look back further than 15 USC 1681c(a)(5) lets others."""

    added_later: ClassVar[frozenset[str]] = frozenset({"beyond_seven_years"})


class CriteriaPack(Value):
    """A versioned set of criteria, frozen when a requisition opens."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str
    title: str
    citation: str
    dimensions: tuple[str, ...]
    criteria: tuple[Criterion, ...]

    @model_validator(mode="after")
    def _consistent(self) -> "CriteriaPack":
        codes = [criterion.code for criterion in self.criteria]
        if len(codes) != len(set(codes)):
            raise ValueError("two criteria share a code")
        unknown = {item.dimension for item in self.criteria} - set(self.dimensions)
        if unknown:
            raise ValueError(f"criteria name unlisted dimensions: {sorted(unknown)}")
        return self

    def criterion(self, code: str) -> Criterion | None:
        """Return the criterion with this code, or None."""
        return next((item for item in self.criteria if item.code == code), None)
