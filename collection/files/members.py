"""What an archive hands out: the wanted members, whole or up to a damage, and what was refused."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from collection.files.reader import Problem

LINK: Final = "a link or a device"
OUTSIDE: Final = "a name that leads out of the archive"
ENCRYPTED: Final = "encrypted"


@dataclass(frozen=True, slots=True)
class Member:
    """One wanted file of an archive. Nothing is ever unpacked to disk."""

    name: PurePosixPath
    body: bytes
    cut: bool = False
    """True if a damage ends the body before its time."""


@dataclass(slots=True)
class Refused:
    """Counts the entries that were refused, by reason, and remembers the first of each."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str, entry: int) -> None:
        """Count one entry."""
        self.counts[reason] += 1
        self.first.setdefault(reason, entry)

    def problems(self, kind: str) -> Iterator[Problem]:
        """Yield one problem for each reason."""
        for reason, count in sorted(self.counts.items()):
            noun = "entry" if count == 1 else "entries"
            yield Problem(
                f"{kind}: {count} {noun} refused: {reason}", f"entry:{self.first[reason]}"
            )


def safe_name(name: str) -> PurePosixPath | None:
    """Return the name as a path within the archive, or None if it leads out of it."""
    path = PurePosixPath(name.replace("\\", "/"))
    drive = len(name) > 1 and name[1] == ":"
    if path.is_absolute() or drive or ".." in path.parts or "\0" in name:
        return None
    return path
