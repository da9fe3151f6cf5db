"""An agency's rules on attribution, on what is reported, and on crimes: `[reporting]`."""

from pydantic import Field, model_validator

from models.referral import OffenceRule
from models.value import Value


class ReportingRules(Value):
    """One table of a policy. Without it the defaults of law and practice hold."""

    stated_evidence: bool = True
    """An analyst attributes an account only with three independent identifiers stated."""
    second_look: bool = False
    """A second analyst looks at every account that rests on identifiers."""
    adult_unknown_reported: bool = True
    """Report an item although nobody stated when the applicant came of age."""
    emergency_minutes: int = Field(default=15, ge=1, le=24 * 60)
    """The clock of the emergency call for an imminent threat."""
    confirmed_gates: frozenset[str] = frozenset()
    """Rows of reporting_gates.csv, known from memory alone, that the agency's counsel confirmed."""
    offences: tuple[OffenceRule, ...] = ()
    """The agency's own rows, in place of the product's for the same offence."""

    @model_validator(mode="after")
    def _once(self) -> "ReportingRules":
        seen = [rule.offence for rule in self.offences]
        if len(seen) != len(set(seen)):
            raise ValueError("an offence is given twice")
        return self
