"""An export is asked for its members by name; what is not asked for is counted, and stays shut.

One way for a zip, a tar and a file that was taken out of its archive. Names are compared without
regard to capitals, and a folder around the whole archive does not count.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from collection.files.kinds import kind_of_file
from collection.files.limits import MAX_LISTED, MAX_MEMBER
from collection.files.members import Member
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.tar_members import tar_members
from collection.files.zip_members import zip_members
from models.errors import InputError

TAR: Final = (".tar.gz", ".tgz", ".tar")
ARCHIVES: Final = (".zip", *TAR)
Asks = Callable[[PurePosixPath], bool]
"""Says of a member's path, in lower case, whether it is meant."""


def nothing(_name: PurePosixPath) -> bool:
    """Mean no member."""
    return False


class _FoundError(Exception):
    """Ends a look through an archive."""


class Chosen:
    """Takes the wanted members of an export and counts the others."""

    def __init__(self, wanted: Asks, *, private: Asks, known: Asks = nothing) -> None:
        """Of what is neither wanted nor private, what is `known` (media) is not worth a word."""
        self._wanted, self._private, self._known = wanted, private, known
        self._shut = 0
        self._others: Counter[str] = Counter()

    def members(self, path: Path) -> Iterator[Member | Problem]:
        """Yield the wanted members, what is damaged or refused, and what else there was."""
        yield from members_of(path, self._is_wanted)
        if self._shut:
            yield Problem(f"never opened: files that are private ({self._shut})", WHOLE_FILE)
        for kind, count in sorted(self._others.items()):
            yield Problem(f"not read: other files ({kind}: {count})", WHOLE_FILE)

    def _is_wanted(self, name: PurePosixPath) -> bool:
        low = PurePosixPath(name.as_posix().lower())
        if self._wanted(low):
            return True
        if self._private(low):
            self._shut += 1
        elif not self._known(low):
            self._others[kind_of_file(low.name)] += 1
        return False


class Ledger:
    """Lists the faults of rows up to a limit, and counts the rest and what was left out."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._faults = 0
        self._left_out: Counter[str] = Counter()

    def leave_out(self, reason: str) -> None:
        """Count something that is whole and not taken."""
        self._left_out[reason] += 1

    def fault(self, damage: InputError, pointer: str) -> Iterator[Problem]:
        """Yield the problem of a row, while there are not too many."""
        self._faults += 1
        if self._faults <= MAX_LISTED:
            yield Problem(damage.fault, pointer)

    def problems(self) -> Iterator[Problem]:
        """Yield what is said at the end."""
        if self._faults > MAX_LISTED:
            yield Problem(f"{self._faults - MAX_LISTED} more {self._noun} are damaged", WHOLE_FILE)
        for reason, count in sorted(self._left_out.items()):
            yield Problem(f"left out: {reason} ({count})", WHOLE_FILE)


def members_of(path: Path, wanted: Asks) -> Iterator[Member | Problem]:
    """Yield the wanted members of an archive, or the file itself if it is none."""
    low = path.name.lower()
    if low.endswith(TAR):
        yield from tar_members(path, wanted)
    elif low.endswith(".zip"):
        yield from zip_members(path, wanted)
    elif wanted(PurePosixPath(path.name)):
        if path.stat().st_size > MAX_MEMBER:
            yield Problem(f"a file of more than {MAX_MEMBER} bytes", WHOLE_FILE)
        else:
            yield Member(PurePosixPath(path.name), path.read_bytes())


def holds(path: Path, mark: Asks) -> bool:
    """Say whether an archive, as far as it can be listed, has a member that is meant."""

    def look(name: PurePosixPath) -> bool:
        if mark(PurePosixPath(name.as_posix().lower())):
            raise _FoundError
        return False

    try:
        for _part in members_of(path, look):
            pass
    except _FoundError:
        return True
    return False
