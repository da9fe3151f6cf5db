"""An export of many files is read by its layout: which hold its owner's words, and whose it is.

What is the same for every platform stands here; what its files are called and how a row of them
becomes an item stands in the platform's own module.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath

from collection.exports.export_members import Chosen, Ledger, holds, members_of
from collection.files.limits import MAX_MEMBER
from collection.files.members import Member
from collection.files.reader import WHOLE_FILE, Problem
from models.errors import InputError
from models.evidence import SourceItem


@dataclass(frozen=True, slots=True)
class Layout:
    """What the files of one platform's export are called, in lower case."""

    words: dict[str, re.Pattern[str]]
    """Per sort of row, the whole names of the files with what the owner published."""
    folders: frozenset[str] | None
    """The folders that such files lie in, by their last names; None if in any."""
    owner: re.Pattern[str]
    """The whole names of the files that say whose export it is."""
    private: re.Pattern[str]
    """Anywhere in a path: known, and never opened."""
    signs: re.Pattern[str]
    """Anywhere in a path: what only this platform's export has."""

    def sort_of(self, name: PurePath, *, alone: bool = False) -> str | None:
        """Return the sort of rows that a file holds, None if it is not read.

        Of a file `alone` the folder is not known, as in a box.
        """
        folder, last = name.parent.name.lower(), name.name.lower()
        if not alone and self.folders is not None and folder not in self.folders:
            return None
        return next((sort for sort, names in self.words.items() if names.fullmatch(last)), None)

    def is_owner(self, name: PurePath) -> bool:
        """Say whether a file says whose export it is."""
        return self.owner.fullmatch(name.name.lower()) is not None

    def marks(self, name: PurePosixPath) -> bool:
        """Say whether a name is one that only this export has."""
        return self.signs.search(name.as_posix()) is not None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a good row is not taken in."""

    reason: str


@dataclass(slots=True)
class Tally:
    """Numbers the rows, and counts what is damaged or left out."""

    numbers: Counter[str] = field(default_factory=Counter)
    ledger: Ledger = field(default_factory=lambda: Ledger("rows"))

    def rows(
        self,
        values: Iterator[object],
        sort: str,
        row_of: Callable[[object, str], SourceItem | LeftOut],
        *,
        cut: bool = False,
    ) -> Iterator[SourceItem | Problem]:
        """Yield an item or a problem for each row; the damage that ends them comes last.

        Rows of one sort are numbered through all files of that sort, in the archive's order.
        """
        try:
            for value in values:
                self.numbers[sort] += 1
                pointer = f"{sort}:{self.numbers[sort]}"
                try:
                    if isinstance(value, InputError):
                        raise value
                    found = row_of(value, pointer)
                except InputError as damage:
                    yield from self.ledger.fault(damage, pointer)
                    continue
                if isinstance(found, LeftOut):
                    self.ledger.leave_out(found.reason)
                else:
                    yield found
        except InputError as damage:
            if not cut:
                yield from self.ledger.fault(damage, f"{sort}:{self.numbers[sort] + 1}")


def is_zip(path: Path) -> bool:
    """Say whether a file is an export as it came, and not one file of it."""
    return path.name.lower().endswith(".zip")


def looks_like(path: Path, layout: Layout) -> bool:
    """Say whether a zip file, damaged or not, holds a name that only this export has."""
    return holds(path, layout.marks)


def owner_files(path: Path, layout: Layout) -> dict[str, Member]:
    """Return the files that say whose export it is, by their last names in lower case.

    Of an unpacked export they lie beside the file: a box lays them there.
    """
    found: dict[str, Member] = {}
    if is_zip(path):
        for part in members_of(path, layout.is_owner):
            if isinstance(part, Member):
                found.setdefault(part.name.name.lower(), part)
        return found
    for place in sorted(path.parent.iterdir()):
        named = layout.is_owner(place) and place.is_file()
        if named and place.stat().st_size <= MAX_MEMBER:
            found[place.name.lower()] = Member(PurePosixPath(place.name), place.read_bytes())
    return found


def word_files(path: Path, layout: Layout) -> Iterator[tuple[str, Member] | Problem]:
    """Yield the files with the owner's words, one at a time, each with the sort of its rows.

    Then come the problems of the archive as such, and the counts of what stayed shut.
    """
    alone = not is_zip(path)
    seen: set[PurePosixPath] = set()
    again = 0
    chosen = Chosen(
        lambda name: layout.sort_of(name, alone=alone) is not None or layout.is_owner(name),
        private=lambda name: layout.private.search(name.as_posix()) is not None,
    )
    for part in chosen.members(path):
        if isinstance(part, Problem):
            yield part
            continue
        sort = layout.sort_of(part.name, alone=alone)
        if part.name in seen:
            again += 1
        elif sort is not None:
            yield sort, part
        seen.add(part.name)
    if again:
        yield Problem("files of the same name; the first of each counts", WHOLE_FILE)


def decoded(member: Member) -> str:
    """Return the text of a member; what is no UTF-8 becomes U+FFFD."""
    return member.body.decode("utf-8-sig", "replace")


def mapping(value: object) -> dict[str, object]:
    """Return a value that must be a JSON object. Raises `InputError`."""
    if not isinstance(value, dict):
        raise InputError("not an object")
    return value


def sequence(value: object) -> list[object]:
    """Return a value that must be a JSON array; nothing counts as an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise InputError("not a list")
    return value


def words(value: object) -> str:
    """Return a value that must be text; nothing counts as an empty one."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError("a field that is not text")
    return value
