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
    OMITS_A_DISCLAIMER = "omits-a-disclaimer"
    """This and what follows is of employees alone, and stated by a person: no machine finds it."""
    USES_AGENCY_IDENTITY = "uses-agency-identity"
    USES_AN_UNSANCTIONED_TOOL = "uses-an-unsanctioned-tool"
    SPEAKS_WITHOUT_COMPETENCE = "speaks-without-competence"
    SPEAKS_AS_COMMAND_STAFF = "speaks-as-command-staff"
    DISREGARDS_TRAINING = "disregards-training"


class Mitigator(StrEnum):
    """What speaks for the applicant; reported with the finding, as the standards require."""

    ISOLATED = "isolated"
    REMOTE_IN_TIME = "remote-in-time"
    RETRACTED = "retracted"
    EXPRESSED_REGRET = "expressed-regret"
    FIGURATIVE_READING_POSSIBLE = "figurative-reading-possible"


class Criterion(Value):
    """One criterion of a pack."""

    code: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")
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

    safety_notice: bool | None = None
    """True if what meets it endangers the employee: they are warned, and nothing is found."""

    added_later: ClassVar[frozenset[str]] = frozenset({"beyond_seven_years", "safety_notice"})


class CriteriaPack(Value):
    """A versioned set of criteria, frozen when a requisition opens."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str
    title: str
    citation: str
    dimensions: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    after_hire_only: bool | None = None
    """True for criteria of people who work here already: no applicant is weighed by them."""

    added_later: ClassVar[frozenset[str]] = frozenset({"after_hire_only"})

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
