"""Three policies, three sets of powers: what one grants, the others do not have."""

from enum import StrEnum
from typing import Final

from pydantic import Field, model_validator

from models.search_clauses import PowerBorrowedError
from models.value import Value


class PolicyKind(StrEnum):
    """What a policy is for; no policy is for two."""

    COMMUNICATION = "communication"
    """What the agency and its people say in public."""
    INVESTIGATION = "investigation"
    """How offences are investigated."""
    VETTING = "vetting"
    """How applicants are vetted."""


class Power(StrEnum):
    """What a policy may allow somebody to do online."""

    PUBLISH = "publish"
    MODERATE = "moderate"
    SPEAK_FOR_THE_AGENCY = "speak-for-the-agency"
    VIEW_PUBLIC_CONTENT = "view-public-content"
    CAPTURE_PUBLIC_CONTENT = "capture-public-content"
    VIEW_WITH_THE_APPLICANT = "view-with-the-applicant"
    SPEAK_TO_FRIENDS = "speak-to-friends"
    USE_PERSONA = "use-persona"
    REQUEST_FRIENDSHIP = "request-friendship"
    MISREPRESENT = "misrepresent"
    ENTER_GATED_CONTENT = "enter-gated-content"
    COMPEL_RECORDS = "compel-records"
    COVERT_OBSERVATION = "covert-observation"


POWERS: Final[dict[PolicyKind, frozenset[Power]]] = {
    PolicyKind.COMMUNICATION: frozenset(
        {Power.PUBLISH, Power.MODERATE, Power.SPEAK_FOR_THE_AGENCY}
    ),
    PolicyKind.INVESTIGATION: frozenset(
        {
            Power.VIEW_PUBLIC_CONTENT,
            Power.CAPTURE_PUBLIC_CONTENT,
            Power.USE_PERSONA,
            Power.REQUEST_FRIENDSHIP,
            Power.MISREPRESENT,
            Power.ENTER_GATED_CONTENT,
            Power.COMPEL_RECORDS,
            Power.COVERT_OBSERVATION,
        }
    ),
    PolicyKind.VETTING: frozenset(
        {
            Power.VIEW_PUBLIC_CONTENT,
            Power.CAPTURE_PUBLIC_CONTENT,
            Power.VIEW_WITH_THE_APPLICANT,
            Power.SPEAK_TO_FRIENDS,
        }
    ),
}
"""What each kind may grant at most."""


def require_power(kind: PolicyKind, power: Power) -> None:
    """Raise `PowerBorrowedError` for a power that this kind of policy cannot grant."""
    if power not in POWERS[kind]:
        raise PowerBorrowedError(f"a {kind} policy does not grant: {power}")


class _OtherPolicy(Value):
    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str
    title: str
    kind: PolicyKind
    powers: frozenset[Power]
    text: str = ""

    @model_validator(mode="after")
    def _own_powers_only(self) -> "_OtherPolicy":
        beyond = self.powers - POWERS[self.kind]
        if beyond:
            raise ValueError(f"powers of another policy: {', '.join(sorted(beyond))}")
        return self


class CommunicationPolicy(_OtherPolicy):
    """What may be said for the agency, and by whom. No requisition takes one."""

    kind: PolicyKind = Field(default=PolicyKind.COMMUNICATION, frozen=True)

    @model_validator(mode="after")
    def _is_one(self) -> "CommunicationPolicy":
        if self.kind is not PolicyKind.COMMUNICATION:
            raise ValueError("not a communication policy")
        return self


class InvestigationPolicy(_OtherPolicy):
    """How offences are investigated. No requisition takes one."""

    kind: PolicyKind = Field(default=PolicyKind.INVESTIGATION, frozen=True)

    @model_validator(mode="after")
    def _is_one(self) -> "InvestigationPolicy":
        if self.kind is not PolicyKind.INVESTIGATION:
            raise ValueError("not an investigation policy")
        return self
