"""What a recorder wrote down of its work: who it was, and each page that it got."""

from dataclasses import dataclass

from models.documentation import PageRecord


@dataclass(frozen=True, slots=True)
class WebRecording:
    """How the pages of a file were obtained."""

    software: str
    pages: tuple[PageRecord, ...]
