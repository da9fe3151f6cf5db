"""A sentence without one telling word is not read by the nets, which hardly ever act on it.

The gate knows the words on which the nets decide, learnt from their own decisions. It saves some
time and loses a few finds: a benchmark counts both, and it is used only where asked for.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

from models.errors import InputError
from redaction.net_text import Sentence

FILE: Final = "gate.txt"


class Gate:
    """The telling words of one trained pipeline."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words: Final = frozenset(words)

    @classmethod
    def from_disk(cls, folder: Path) -> Self:
        """Read the gate beside a pipeline. Raises `InputError` if it is missing."""
        path = folder / FILE
        if not path.is_file():
            raise InputError("the nets' gate is missing", file=FILE)
        return cls(path.read_text("utf-8").split())

    def to_disk(self, folder: Path) -> None:
        """Write the gate beside its pipeline."""
        (folder / FILE).write_text("\n".join(sorted(self.words)) + "\n", "utf-8")

    def opens(self, sentence: Sentence) -> bool:
        """Whether the nets are to read the sentence."""
        return not self.words.isdisjoint(sentence.words)
