"""Refusals of the steps that counsel asks for; F1's own code is in `models.clauses`."""

from typing import ClassVar

from models.errors import WalloffError


class RestrictedError(WalloffError):
    """The applicant asked that processing stop, and nobody has ended that."""

    code: ClassVar[str] = "processing-restricted"


class TooFewPeopleError(WalloffError):
    """Fewer people are registered than duties that nobody may combine."""

    code: ClassVar[str] = "too-few-people"


class AssessmentMissingError(WalloffError):
    """No approved and current impact assessment covers the policy (EU-02)."""

    code: ClassVar[str] = "assessment-missing"


class ProductionUnapprovedError(WalloffError):
    """A production needs the approval of two people: a custodian and a policy owner."""

    code: ClassVar[str] = "production-unapproved"


class BreachOpenError(WalloffError):
    """A breach of the wall is closed once it is contained, told of, and its decider replaced."""

    code: ClassVar[str] = "breach-open"
