"""A scored practical: cases with one right answer each, put in an order that differs by paper."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from models.ids import ActorId
from models.value import Moment, Value


class Trap(StrEnum):
    """What a case tests (F2)."""

    IMPOSTER = "imposter"
    SELF_OR_TARGET = "self-or-target"
    GINA = "gina"
    EEO = "eeo"
    PRIVACY = "privacy"
    EVIDENCE = "evidence"


class PracticalCase(Value):
    """One case: what lies on the desk, the question, and which answer is right."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    trap: Trap
    scene: str
    question: str
    options: tuple[str, ...] = Field(min_length=2, max_length=5)
    right: int = Field(ge=0)
    why: str
    citation: str

    @model_validator(mode="after")
    def _answerable(self) -> Self:
        if self.right >= len(self.options):
            raise ValueError("right: there is no such option")
        if len(set(self.options)) != len(self.options):
            raise ValueError("options: two are the same")
        return self


class PaperCase(Value):
    """A case on a paper: which, and where its options went. The right answer is not said."""

    case: str
    order: tuple[int, ...]


class Paper(Value):
    """A practical that was drawn for somebody and waits for their answers."""

    id: str
    person: ActorId
    pack_version: str
    cases: tuple[PaperCase, ...]
    drawn_at: Moment


class Score(Value):
    """How many cases of a trap were put, and how many answered right."""

    asked: int = Field(ge=1)
    right: int = Field(ge=0)

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: nobody passes by rounding."""
        return 100 * self.right // self.asked


class PracticalResult(Value):
    """What the system scored. A paper is scored once."""

    person: ActorId
    paper: str
    scores: dict[Trap, Score]
    scored_at: Moment
    expires_at: Moment

    @property
    def total(self) -> Score:
        """All traps together."""
        return Score(
            asked=sum(score.asked for score in self.scores.values()),
            right=sum(score.right for score in self.scores.values()),
        )

    def passed(self, *, pass_percent: int, trap_percent: int) -> bool:
        """Say whether the whole and every single trap reach what a policy asks for."""
        return (
            set(self.scores) == set(Trap)
            and self.total.percent >= pass_percent
            and all(score.percent >= trap_percent for score in self.scores.values())
        )
