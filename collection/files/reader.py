"""A reader turns one input file into items and problems; a bad row never costs the good ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from models.evidence import AccessGate, SourceItem


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be taken in, said without repeating any of it."""

    fault: str
    """Safe to log and show: a fixed text, at most with numbers in it."""
    pointer: str
    """Where, in the form of `SourceItem.pointer`; `file:0` is the file as a whole."""


WHOLE_FILE = "file:0"


class Reader(Protocol):
    """What can read one kind of input file."""

    @property
    def name(self) -> str:
        """The format's name, as it goes into the chain of custody."""

    @property
    def version(self) -> str:
        """The reader's own version: a change in what it yields raises it."""

    @property
    def seen_versions(self) -> tuple[str, ...]:
        """The versions of the format that the reader was checked against."""

    @property
    def gate(self) -> AccessGate:
        """What stood between the public and the items of such a file."""

    def accepts(self, path: Path) -> bool:
        """Say whether the file looks like this format. A damaged one still does."""

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield the items in the file's order, and a problem for all that is damaged.

        Raises `OSError` if the file cannot be opened, and nothing for what is in it.
        """
