"""Google's export is read for YouTube comments and live chats; all else in it is private and shut.

Mail, searches, histories, places, pictures and documents lie in the same archive: they are counted
and never opened. Names are those of an export in English.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from collection.exports.export_members import Chosen, Ledger, holds
from collection.exports.youtube import items_of_table, kind_of_table
from collection.files.reader import WHOLE_FILE, Problem
from models.evidence import AccessGate, SourceItem

_TOP: Final = "takeout"
_INDEX: Final = "archive_browser.html"
_ENGLISH: Final = frozenset({"youtube", "youtube and youtube music"})
_OTHER_LANGUAGE: Final = (
    "YouTube's folder has a name in another language: its comments were not read;"
    " ask for the export in English"
)


class TakeoutReader:
    """Reads what a user of YouTube wrote, out of Google's export."""

    name: Final = "google-takeout"
    version: Final = "1"
    seen_versions: Final = ("comments.csv", "comments(1).csv", "live chats.csv")
    gate: Final = AccessGate.GIVEN

    def accepts(self, path: Path) -> bool:
        """Say whether this is Google's export, whatever is in it."""
        return holds(path, _is_mark)

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield comments and live chats; problems last, among them how many files stayed shut."""
        ledger = Ledger("rows")
        numbers = {"comment": 0, "chat": 0}
        problems: list[Problem] = []
        for part in Chosen(_is_table, private=_is_private).members(path):
            if isinstance(part, Problem):
                problems.append(part)
            else:
                kind = kind_of_table(PurePosixPath(part.name.name.lower())) or "comment"
                numbers[kind] = yield from items_of_table(part, numbers[kind], ledger)
        if holds(path, _is_foreign):
            problems.append(Problem(_OTHER_LANGUAGE, WHOLE_FILE))
        yield from ledger.problems()
        yield from problems


def _is_mark(name: PurePosixPath) -> bool:
    return (len(name.parts) > 1 and name.parts[0] == _TOP) or _is_table(name)


def _is_table(name: PurePosixPath) -> bool:
    """Mean a table in a folder of YouTube's: other products have comments too."""
    return kind_of_table(name) is not None and any(
        part.startswith("youtube") for part in name.parts[:-1]
    )


def _is_foreign(name: PurePosixPath) -> bool:
    """Mean a table in YouTube's folder, where that has no English name."""
    place = name.parts[1:-1] if name.parts[:1] == (_TOP,) else name.parts[:-1]
    return (
        name.suffix == ".csv"
        and bool(place)
        and place[0].startswith("youtube ")
        and place[0] not in _ENGLISH
        and not _is_table(name)
    )


def _is_private(name: PurePosixPath) -> bool:
    return name.name != _INDEX
