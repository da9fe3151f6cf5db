"""What counsel asks of a policy: equal treatment, people, clocks; absent, nothing is gated."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from models.ids import ActorId
from models.value import Value


class StaffedDuty(StrEnum):
    """A duty that no two are done by one person in the same case."""

    COLLECT = "collect"
    FIRST_REVIEW = "first-review"
    SECOND_REVIEW = "second-review"
    RELEASE = "release"
    DECIDE = "decide"


class Outsourced(Value):
    """A duty that people of another agency do."""

    duty: StaffedDuty
    agency: str = Field(min_length=1, max_length=120)


class CounselRules(Value):
    """The table `[counsel]` of a policy. With it the gates of F1 and of staffing stand."""

    collect_within_days: int | None = Field(default=None, ge=1, le=366)
    """Nobody is searched later after their notice than this, unless somebody approved it."""
    reviewers: frozenset[ActorId] = frozenset()
    """Who reviews in this requisition; empty for every registered reviewer."""
    outsourced: tuple[Outsourced, ...] = ()
    assessment_required: bool = False
    """A requisition opens only on an approved assessment of its impact on data protection."""
    request_days: int = Field(default=30, ge=1, le=45)
    """How long a request waits at most where no row of the law says how long."""
    breach_notify_hours: int = Field(default=72, ge=1, le=720)
    """How soon a breach of the wall is told of."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        duties = [one.duty for one in self.outsourced]
        if len(duties) != len(set(duties)):
            raise ValueError("outsourced: a duty is named twice")
        return self


CAUTIOUS_COUNSEL = CounselRules()
"""The clocks of policies without the table."""
