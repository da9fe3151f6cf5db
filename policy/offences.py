"""Evidence of an offence has a route, by law or by policy; where there is none, nothing is done.

The rows of `offences.csv` name the offence, where and for whom they hold, and from when. The
policy's own row for an offence comes first, then the state's, then the general one. A row of a
state's law binds the agency's own only upwards: a policy may not lengthen a time that it sets, nor
drop its report, nor let contraband be copied.
"""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import Field, field_validator

from models.clauses import UnroutedCriminalError
from models.errors import PolicyError
from models.referral import OFFENCE, OffenceRule, Route, Tells, Thread
from models.requisition import Policy
from models.retention import Confidence
from models.value import Value
from policy.law import read_rows

_FILE: Final = Path(__file__).parent / "data" / "offences.csv"
ANY: Final = "*"


class OffenceRow(Value):
    """One row of the table."""

    id: str = Field(pattern=r"^OFF-[0-9]{2}$")
    offence: str = Field(pattern=OFFENCE)
    label: str
    jurisdiction: str
    employer_type: str
    route: Route
    vetting: Thread
    manager: Tells
    contraband: bool
    within_hours: int
    effective: date | None
    citation: str = Field(min_length=1)
    confidence: Confidence
    source: str

    @field_validator("effective", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    def rule(self) -> OffenceRule:
        """Return the row as a rule."""
        fields = self.model_dump(exclude={"id", "effective", "citation"})
        return OffenceRule.model_validate(fields | {"citation": f"{self.id}: {self.citation}"})

    def fits(self, policy: Policy, on: date) -> bool:
        """Say whether the row holds for an agency on a day."""
        return (
            self.jurisdiction in (ANY, policy.jurisdiction, policy.jurisdiction[:2])
            and self.employer_type in (ANY, policy.employer_type)
            and (self.effective is None or self.effective <= on)
        )

    @property
    def exactness(self) -> tuple[int, bool]:
        """The order in which rows go before each other."""
        return len(self.jurisdiction), self.employer_type != ANY


@lru_cache(maxsize=1)
def offence_rows() -> tuple[OffenceRow, ...]:
    """Return the rows of offences.csv. Raises `PolicyError` with the line of a faulty one."""
    return tuple(read_rows(_FILE, OffenceRow))


def offences_of(policy: Policy, *, on: date) -> dict[str, OffenceRule]:
    """Return the rule for every offence that has one, by its code."""
    found: dict[str, OffenceRow] = {}
    for row in sorted(offence_rows(), key=lambda row: row.exactness):
        if row.fits(policy, on):
            found[row.offence] = row
    rules = {offence: row.rule() for offence, row in found.items()}
    own = policy.reporting.offences if policy.reporting else ()
    return rules | {rule.offence: _no_weaker(rule, rules.get(rule.offence)) for rule in own}


def offence_rule(offence: str, policy: Policy, *, on: date) -> OffenceRule:
    """Return what is done with evidence of an offence.

    Raises `UnroutedCriminalError` (E-S11-UNROUTED) where neither law nor policy has a row.
    """
    rule = offences_of(policy, on=on).get(offence)
    if rule is None:
        raise UnroutedCriminalError("no row of the offence table or the policy has this offence")
    return rule


def require_no_weaker(rule: OffenceRule) -> None:
    """Raise `PolicyError` for a policy's row that gives up what the product's rows hold."""
    for row in offence_rows():
        if row.offence != rule.offence:
            continue
        if row.contraband and not rule.contraband:
            raise PolicyError(f"{rule.offence}: contraband stays contraband ({row.id})")
        if row.route is Route.MANDATORY_REPORT and rule.route is not Route.MANDATORY_REPORT:
            raise PolicyError(f"{rule.offence}: its report is not the agency's to drop ({row.id})")


def _no_weaker(own: OffenceRule, law: OffenceRule | None) -> OffenceRule:
    if law is None:
        return own
    hours = min(own.within_hours, law.within_hours)
    mandatory = law.route is Route.MANDATORY_REPORT
    return own.model_copy(
        update={
            "within_hours": hours if mandatory else own.within_hours,
            "route": law.route if mandatory else own.route,
            "contraband": own.contraband or law.contraband,
            "citation": own.citation or law.citation,
        }
    )
