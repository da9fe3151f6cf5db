"""What an agency's policy says about answers, decisions, notices and disputes: `[decision]`.

Without the table the cautious default holds: a decision never rests on this search alone.
"""

from datetime import date
from enum import StrEnum
from typing import Final

from pydantic import Field, model_validator

from models.value import Value


class Language(StrEnum):
    """The languages in which applicants are written to."""

    ENGLISH = "en"
    SPANISH = "es"


class DecisionRules(Value):
    """Equal for every applicant of a requisition; frozen with its policy."""

    sole_basis_allowed: bool = False
    """Whether an adverse decision may rest on findings of this search alone (E-A1-SOLE-BASIS)."""
    alternatives_required: bool = False
    """Whether an adverse decision names what was considered instead."""
    results_after_days: int | None = Field(default=None, ge=1, le=730)
    """Days after the requisition opened on which its first results are shown.

    None shows each result when it is released, and never says why another is missing.
    """
    results_every_days: int = Field(default=7, ge=1, le=90)
    """Days between the further dates; every result waits for the next of them."""
    rest_days: frozenset[date] = frozenset()
    """Days on which the place rests besides Saturday, Sunday and federal holidays."""
    languages: tuple[Language, ...] = (Language.ENGLISH, Language.SPANISH)
    """The languages of notices; the first is sent where the applicant names none."""
    agency_name: str = Field(default="The agency", min_length=1, max_length=200)
    agency_contact: str = Field(default="the office that gave you the notice", max_length=400)
    """Where an applicant answers, asks for a copy and disputes: address and telephone."""
    agency_source: str = Field(
        default="a review of your public online content by our own staff", max_length=400
    )
    """Who made the report (15 USC 1681m(a)(3)(A)): a vendor's name, address and telephone."""

    @model_validator(mode="after")
    def _speaks(self) -> "DecisionRules":
        if not self.languages or len(set(self.languages)) != len(self.languages):
            raise ValueError("languages: at least one, each named once")
        return self


CAUTIOUS: Final = DecisionRules()
"""What holds where a policy has no table."""
