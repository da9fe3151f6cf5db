"""An export that Meta made as HTML is refused by its name: its pages tell no times in one form.

The same export is to be had as JSON; the refusal says so. Read as saved pages, the posts would
come without author and time, and with other people's words among them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from collection.exports.export_members import holds
from collection.files.reader import WHOLE_FILE, Problem
from models.evidence import AccessGate, SourceItem

FOR_LOOKING: Final = "is made for looking at: ask the platform for the same export as JSON"


@dataclass(frozen=True, slots=True)
class HtmlExport:
    """One platform's export as pages."""

    name: str
    members: tuple[str, ...]
    """Patterns of the pages with its owner's words."""


HTML_EXPORTS: Final = (
    HtmlExport(
        "Facebook export in HTML",
        (
            r"(^|/)posts/your_posts[^/]*\.html$",
            r"(^|/)comments(_and_reactions)?/comments\.html$",
            r"(^|/)groups/(your_comments_in_groups|group_posts_and_comments)\.html$",
        ),
    ),
    HtmlExport(
        "Instagram export in HTML",
        (
            r"(^|/)(content|media)/(posts_\d+|stories|reels)\.html$",
            r"(^|/)comments/(post_comments(_\d+)?|reels_comments)\.html$",
            r"(^|/)threads/threads_and_replies\.html$",
        ),
    ),
)

_FOLDERS: Final = ("posts", "comments", "groups", "content", "threads")


def is_in_html(path: Path) -> bool:
    """Say whether a zip file holds pages of words, and no data."""
    return holds(path, lambda name: _of(name.as_posix()) is not None) and not holds(
        path, lambda name: name.suffix == ".json"
    )


def html_export_of(path: Path) -> HtmlExport | None:
    """Return whose page a file of an unpacked export is, None if it is none."""
    return _of("/".join(path.parts[-2:]).lower())


class HtmlExportReader:
    """Says of a page of such an export that it is not read."""

    name: Final = "html-export"
    version: Final = "1"
    seen_versions: Final[tuple[str, ...]] = ()
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether the file and its folder have names that only such an export has."""
        return html_export_of(path) is not None

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield one problem, which says what to ask for."""
        # In a box the folder's name is not known; `accepts` has seen it.
        found = next(
            filter(None, (_of(f"{folder}/{path.name.lower()}") for folder in _FOLDERS)), None
        )
        name = "an export in HTML" if found is None else found.name
        yield Problem(f"{name}: not read, it {FOR_LOOKING}", WHOLE_FILE)


def html_export_sample(folder: Path, count: int) -> Path:
    """Write a page as Facebook's."""
    place = folder / "posts"
    place.mkdir(exist_ok=True)
    path = place / "your_posts_1.html"
    path.write_text("<html><body>" + "<p>A post.</p>" * count + "</body></html>")
    return path


def _of(name: str) -> HtmlExport | None:
    return next(
        (one for one in HTML_EXPORTS if any(re.search(part, name) for part in one.members)), None
    )
