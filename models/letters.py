"""What passes between an applicant's interface and the inside: letters in, a shelf to read from.

A letter is sealed to a public key, so that the interface cannot read back what it wrote. What
stands on the shelf says what the applicant is asked for, never where the case is: that a case
waits for the police, say, is nobody's business there.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from models.consent import ConsentItem, Sha256
from models.ids import CaseId
from models.rebuttal import Claim
from models.text import RawText
from models.value import Moment, Value


class LetterKind(StrEnum):
    """What an applicant writes."""

    CONSENT = "consent"
    WITHDRAWAL = "withdrawal"
    DISCLOSURE = "disclosure"
    ANSWERS = "answers"
    SELF_IDENTIFICATION = "self-identification"
    """Sealed to the fairness enclave: the inside hands it on and cannot open it."""


class ShelfKind(StrEnum):
    """What an applicant reads."""

    DESK = "desk"
    NOTICE = "notice"
    PREVIEW = "preview"
    """The bytes of the release package: the very ones that the manager gets."""
    DOCUMENT = "document"
    """A notice about a decision, a dispute or a recall."""
    WRITTEN = "written"
    """A copy of what the applicant wrote, as it was taken in."""
    RECEIPT = "receipt"


class Awaited(StrEnum):
    """What the applicant is asked for. Closed, and the same for every reason to ask nothing."""

    NOTHING = "nothing"
    CONSENT = "consent"
    DISCLOSURE = "disclosure"
    ANSWERS = "answers"


PublicKey = Annotated[str, StringConstraints(max_length=4096)]
"""A `storage.sealed_write.Writer`, as it is handed to its process."""


class Desk(Value):
    """What the interface needs to know of a case to ask the right thing, and whom to write to."""

    case_id: CaseId
    awaited: Awaited
    consent_items: tuple[ConsentItem, ...] = ()
    """What consent is asked for, item by item."""
    consequence_text: str = ""
    """What refusing would mean: to be read before anything is signed."""
    closes_at: Moment | None = None
    """Until when an answer is taken."""
    package_sha256: Sha256 | None = None
    """Which preview an answer is about."""
    may_withdraw: bool = False
    writer: PublicKey
    fairness_writer: PublicKey | None = None
    pseudonym: CaseId
    """Stands for the case in the fairness analysis; nothing there leads back."""


class ConsentLetter(Value):
    """The answer to every item asked."""

    granted: frozenset[ConsentItem]
    refused: frozenset[ConsentItem]
    consequence_acknowledged: bool


class WithdrawalLetter(Value):
    """The consent is withdrawn."""


class NumberedAnswer(Value):
    """The answer to one finding, by its place in the preview."""

    finding: int = Field(ge=1)
    claim: Claim
    statement: RawText | None = Field(default=None)


class AnswersLetter(Value):
    """Answers to the findings of one preview."""

    package_sha256: Sha256
    answers: tuple[NumberedAnswer, ...] = Field(min_length=1, max_length=1000)


class Receipt(Value):
    """What became of a letter."""

    letter_id: str
    kind: LetterKind | None
    """None for a letter of no kind that there is."""
    code: str = ""
    """Empty if it was taken in; else the code of the refusal."""
    at: Moment

    @property
    def taken(self) -> bool:
        """True if the letter took effect."""
        return not self.code
