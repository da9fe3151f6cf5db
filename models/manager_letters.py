"""What passes between the hiring managers' process and the inside: letters in, a shelf to read.

A letter is sealed to a public key, so that the process cannot read back what it wrote. What lies
on the shelf is the same for a case that was released with nothing to report and for one that
never was.
"""

from enum import StrEnum

from pydantic import Field

from models.decision import Alternative, Outcome, Rationale, Reason
from models.ids import ActorId, CaseId
from models.letters import PublicKey
from models.rebuttal import Clarification, Question
from models.value import Moment, Value


class ManagerLetterKind(StrEnum):
    """What a hiring manager writes."""

    DECISION = "decision"
    QUESTION = "question"


class ManagerShelfKind(StrEnum):
    """What a hiring manager reads beside the release."""

    DESK = "desk"
    QUESTIONS = "questions"
    """What was asked of the release as it stands, with the replies."""
    RECEIPT = "receipt"


class Proof(Value):
    """What one viewer's letters about one delivery carry: nobody makes it but the inside."""

    actor: ActorId
    proof: str


class ManagerDesk(Value):
    """What the process needs to write about a case: to whom, and in whose name it may."""

    case_id: CaseId
    writer: PublicKey
    proofs: tuple[Proof, ...]


class DecisionLetter(Value):
    """A decision with its reasons, as its manager wrote it."""

    actor: ActorId
    proof: str
    outcome: Outcome
    reasons: tuple[Reason, ...] = Field(default=(), max_length=100)
    assessment: Rationale
    alternatives: tuple[Alternative, ...] = Field(default=(), max_length=20)


class QuestionLetter(Value):
    """One coded question about one finding, by its place in the release."""

    actor: ActorId
    proof: str
    finding: int = Field(ge=0)
    question: Question


class Questions(Value):
    """What was asked, and replied, of the release as it stands."""

    asked: tuple[Clarification, ...] = ()


class ManagerReceipt(Value):
    """What became of a letter."""

    letter_id: str
    kind: ManagerLetterKind | None
    """None for a letter of no kind that there is."""
    code: str = ""
    """Empty if it took effect; else the code of the refusal."""
    at: Moment
