"""Documents to the applicant before and after an adverse decision, as typed data."""

from enum import StrEnum
from typing import Final

from pydantic import model_validator

from models.decision_rules import Language
from models.ids import ActorId, CaseId
from models.text import RawText
from models.value import Moment, Value


class DocumentKind(StrEnum):
    """Which document."""

    PRE_ADVERSE = "pre-adverse"
    ADVERSE = "adverse"
    DISPUTE_RESULT = "dispute-result"
    RECALL = "recall"


class Block(StrEnum):
    """A part that a document must have; its text stands in policy/data/documents.toml."""

    INTENT = "intent"
    COPY = "copy"
    RIGHTS = "rights"
    HOW_TO_ANSWER = "how-to-answer"
    SOURCE = "source"
    NOT_BY_SOURCE = "not-by-source"
    FILE_COPY = "file-copy"
    DISPUTE = "dispute"
    RESULT = "result"
    STATEMENT = "statement"
    RECALLED = "recalled"


REQUIRED: Final[dict[DocumentKind, tuple[Block, ...]]] = {
    DocumentKind.PRE_ADVERSE: (Block.INTENT, Block.COPY, Block.RIGHTS, Block.HOW_TO_ANSWER),
    DocumentKind.ADVERSE: (Block.SOURCE, Block.NOT_BY_SOURCE, Block.FILE_COPY, Block.DISPUTE),
    DocumentKind.DISPUTE_RESULT: (Block.RESULT, Block.STATEMENT),
    DocumentKind.RECALL: (Block.RECALLED, Block.HOW_TO_ANSWER),
}
"""FCRA-05 (15 USC 1681b(b)(3)), FCRA-07 (1681m(a)), FCRA-12 (1681i(a)(6)); the last is ours."""


class Paragraph(Value):
    """One block with its text."""

    block: Block
    text: RawText


class Document(Value):
    """One document, whole: a missing block is an error, not a shorter letter."""

    case_id: CaseId
    kind: DocumentKind
    language: Language
    paragraphs: tuple[Paragraph, ...]
    copy_hash: str = ""
    """SHA-256 of the release that the document carries or is about."""
    made_at: Moment

    @model_validator(mode="after")
    def _whole(self) -> "Document":
        missing = set(REQUIRED[self.kind]) - {part.block for part in self.paragraphs}
        if missing:
            raise ValueError(f"blocks are missing: {', '.join(sorted(missing))}")
        return self

    def plain_text(self) -> str:
        """Return the document as it is handed over; inside the wall and to the applicant only."""
        return "\n\n".join(part.text.reveal().strip() for part in self.paragraphs) + "\n"


class Channel(StrEnum):
    """How a document went out."""

    BY_HAND = "by-hand"
    POST = "post"
    MAIL = "mail"
    PORTAL = "portal"


class Delivered(Value):
    """Proof that a document reached the applicant."""

    kind: DocumentKind
    made_at: Moment
    """Of the document."""
    channel: Channel
    proof: RawText
    """A tracking number, a receipt: sealed."""
    confirmed_by: ActorId
    delivered_at: Moment
