"""What the pipeline asks of a net. Whoever only asks need not load spaCy, which takes a second."""

from collections.abc import Sequence
from typing import Protocol

from redaction.candidate import Candidate


class SpanProposer(Protocol):
    """Anything that proposes spans over a batch of views of coded texts."""

    version: str

    def propose(self, coded: Sequence[str]) -> list[list[Candidate]]:
        """Return the candidates of each text, in order; offsets are that text's."""
        ...
