"""What a policy asks of its own people: a value that is absent asks nothing of the registers."""

from enum import StrEnum
from typing import Final, Self

from pydantic import Field, model_validator

from models.value import Value


class Module(StrEnum):
    """What somebody is trained in (Q1)."""

    PRIVACY_SETTINGS = "privacy-settings"
    IMPOSTERS = "imposters"
    EVIDENCE = "evidence"
    EEO_GINA = "eeo-gina"
    OPSEC = "opsec"
    REDACTION = "redaction"
    CERTIFIED_COURSE = "certified-course"
    """A course that a state's commission certified: where the law asks for it, it comes first."""


class EmploymentType(StrEnum):
    """How somebody is employed. "Definitely not the intern" (S1)."""

    SWORN = "sworn"
    CIVILIAN = "civilian"
    CONTRACTOR = "contractor"
    INTERN = "intern"
    TEMPORARY = "temporary"
    VOLUNTEER = "volunteer"


TAUGHT: Final = frozenset(Module) - {Module.CERTIFIED_COURSE}
"""The modules of the policy; the certified course is the law's."""
ABOUT_A_PLATFORM: Final = frozenset({Module.PRIVACY_SETTINGS, Module.IMPOSTERS})
"""What differs from platform to platform, and is passed for each."""
NEVER: Final = frozenset(
    {EmploymentType.INTERN, EmploymentType.TEMPORARY, EmploymentType.VOLUNTEER}
)


class PeopleRules(Value):
    """Who may search and review under a policy, how they show that they can, and who checks.

    A policy may ask for more than the defaults; the types in `NEVER` stay forbidden whatever it
    says (S1).
    """

    forbidden_types: frozenset[EmploymentType] = NEVER
    background_required: bool = True
    modules: frozenset[Module] = TAUGHT
    platform_modules: frozenset[Module] = ABOUT_A_PLATFORM
    """Of the modules, those that count for the platforms alone for which they were passed."""
    pass_percent: int = Field(default=80, ge=50, le=100)
    """Of the scored practical, over all its cases (F2)."""
    trap_percent: int = Field(default=60, ge=0, le=100)
    """Of the cases of any one trap, so that no trap is passed over by being good at others."""
    statement_required: bool = True
    devices_required: bool = True
    sample_percent: int = Field(default=10, ge=1, le=100)
    """Of each stratum of the cases that were reviewed (Q2)."""
    sample_adverse: bool = True
    """Every case that is decided against its applicant is looked at a second time."""
    quality_days: int = Field(default=30, ge=1, le=180)
    """After so many days a case that was drawn is overdue."""
    exercise: bool = False
    """A requisition of made-up applicants with seeded items: nothing of it is ever released."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.platform_modules <= self.modules:
            raise ValueError("platform_modules: one of them is not among the modules")
        if not self.forbidden_types >= NEVER:
            raise ValueError("forbidden_types: interns, temporary staff and volunteers stay in it")
        return self
