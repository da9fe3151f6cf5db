"""The practical's cases and the seeds of exercises are data; what the law asks first is a row."""

from functools import lru_cache
from pathlib import Path
from typing import Final, Self

from pydantic import Field, model_validator

from models.criteria import Conduct, Severity
from models.practical import PracticalCase, Trap
from models.requisition import EmployerType, Policy
from models.value import Value
from policy.law import LegalParam, legal_param
from policy.toml_file import TomlFile

_DATA: Final = Path(__file__).parent / "data"
CERTIFIED_FIRST: Final = "POL-01"
"""California: a certified course before anybody investigates a background (11 CCR 1953(a)(1))."""


class PracticalPack(Value):
    """The cases, and how many of each trap a paper holds."""

    version: str
    drawn_per_trap: int = Field(ge=1)
    cases: tuple[PracticalCase, ...]

    @model_validator(mode="after")
    def _enough(self) -> Self:
        ids = [case.id for case in self.cases]
        if len(ids) != len(set(ids)):
            raise ValueError("cases: two share an id")
        for trap in Trap:
            if len(self.of(trap)) < self.drawn_per_trap:
                raise ValueError(f"cases: too few of {trap}")
        return self

    def of(self, trap: Trap) -> tuple[PracticalCase, ...]:
        """Return the cases of a trap."""
        return tuple(case for case in self.cases if case.trap is trap)

    def case(self, case_id: str) -> PracticalCase | None:
        """Return a case, or None if the pack no longer has it."""
        return next((case for case in self.cases if case.id == case_id), None)


class Seed(Value):
    """A made-up post, what a machine might make of it, and what is right."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    text: str
    conduct: Conduct
    severity: Severity
    should_stand: bool


class SeedPack(Value):
    """The seeds."""

    version: str
    seeds: tuple[Seed, ...] = Field(min_length=1)


@lru_cache(maxsize=1)
def practical_pack() -> PracticalPack:
    """Return the practical that comes with the product. Raises `PolicyError` with the line."""
    file = TomlFile(_DATA / "practical.toml")
    return file.model(PracticalPack, file.fields)


@lru_cache(maxsize=1)
def seed_pack() -> SeedPack:
    """Return the seeds that come with the product. Raises `PolicyError` with the line."""
    file = TomlFile(_DATA / "seeds.toml")
    return file.model(SeedPack, file.fields)


def certified_course_row(policy: Policy) -> LegalParam | None:
    """Return the row of law that asks for a certified course first, or None where none binds."""
    california = policy.jurisdiction.split("-")[:2] == ["US", "CA"]
    if california and policy.employer_type is EmployerType.LAW_ENFORCEMENT:
        return legal_param(CERTIFIED_FIRST)
    return None
