"""A persona belongs to one matter of an investigation, and to no case: it has no field for one."""

from pydantic import Field, model_validator

from models.ids import ActorId
from models.powers import PolicyKind
from models.text import RawText
from models.value import Moment, Value


class Persona(Value):
    """A false identity for an investigation, from request to approval to its last day (I1)."""

    id: str
    matter: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,79}$")
    """The investigation's own number."""
    name: RawText
    handle: RawText
    platform: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")
    platform_rule: str = Field(min_length=1, max_length=2000)
    """What the platform's terms say of such accounts, and how it finds them."""
    purpose: str = Field(min_length=1, max_length=2000)
    under: PolicyKind = PolicyKind.INVESTIGATION
    requested_by: ActorId
    requested_at: Moment
    approved_by: ActorId | None = None
    approved_at: Moment | None = None
    expires_at: Moment | None = None
    retired_at: Moment | None = None

    @model_validator(mode="after")
    def _of_an_investigation(self) -> "Persona":
        if self.under is not PolicyKind.INVESTIGATION:
            raise ValueError("only an investigation has personas")
        if (self.approved_by is None) != (self.expires_at is None):
            raise ValueError("an approval names its last day")
        if self.approved_by is not None and self.approved_by == self.requested_by:
            raise ValueError("nobody approves their own persona")
        return self

    def approved(self, now: Moment) -> bool:
        """Say whether the persona may be used at a moment."""
        return (
            self.approved_at is not None
            and self.expires_at is not None
            and self.approved_at <= now < self.expires_at
            and self.retired_at is None
        )
