"""What is said of a format: who reads it, by which names it is known, and what its reader needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from collection.files.limits import MIB
from collection.files.reader import Problem, Reader
from collection.pages.web_recording import WebRecording
from models.documentation import CaptureMethod
from models.leads import FoundLead

SampleMaker = Callable[[Path, int], Path]
"""Writes a small valid file with so many items into a folder, and returns it."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a reader is given in its box; the least by default."""

    memory: int = 2048 * MIB
    """Bytes of address space."""
    cpu_seconds: int = 600
    wall_seconds: int = 900
    scratch: int = 0
    """Bytes of one file that it may write into its private folder for temporary files."""
    programs: bool = False
    """It may start another program, as a reader of pictures does."""


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of input file: what reads it, and what is true of that reader."""

    reader: Reader
    endings: tuple[str, ...]
    """Of the file's name, in lower case; a file with another name is not asked about."""
    method: CaptureMethod
    """How the bytes of such a file were obtained."""
    not_read: tuple[str, ...]
    """What the reader leaves out, in words for an investigator."""
    sample: SampleMaker
    by_name: bool = False
    """True if `accepts` looks at nothing but the name: then it is asked outside the box."""
    recording: Callable[[Path], WebRecording] | None = None
    """Returns what the file says of its making."""
    leads: Callable[[Path], Iterator[FoundLead | Problem]] | None = None
    """Yields what in the file only says where to look: never evidence."""
    beside: tuple[str, ...] = ()
    """Names of files in the same folder that the reader opens too; `*` is the file's own stem."""
    needs: Needs = Needs()
    signs: bool = False
    """True if the format has a signature that its reader checks: only then is an item `signed`."""
    supported: bool = True
    """False for what is known and refused by its name."""
    preload: tuple[str, ...] = ()
    """Modules that are dear to import: loaded once, before any file is there."""

    @property
    def name(self) -> str:
        """The format's name."""
        return self.reader.name
