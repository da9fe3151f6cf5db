"""Of an unpacked export only the files with its owner's words are sources; the rest is part of it.

Each of these is a source of its own, so that the chain of custody has the digest and the original
of every file from which something was taken (decision 0056). The others are neither listed nor
opened, but for those that say whose export it is.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from collection.exports import facebook, instagram, reddit, x_archive
from collection.exports.export_layout import Layout
from collection.exports.html_exports import html_export_of


@dataclass(frozen=True, slots=True)
class Unpacked:
    """How one platform's export lies in a folder."""

    layout: Layout
    marks: tuple[str, ...]
    """Places in the export's top folder, one of which is enough to know it."""
    parts: re.Pattern[str]
    """Beginnings of the paths of what belongs to it, from that folder."""
    owner: tuple[str, ...]
    """Where it says whose export it is, or what a file with words needs beside it."""


_META: Final = (
    r"personal_information|profile_information|connections|ads_information|messages|search"
    r"|apps_and_websites[^/]*|logged_information|preferences|security_and_login_information"
    r"|media|files|friends[^/]*|likes_and_reactions|location[^/]*|about_you|events|stories"
    r"|saved_items[^/]*|your_topics|ads_and_topics|account_information|information_about_you"
    r"|followers_and_following|comments|comments_and_reactions|posts|photos_and_videos|content"
    r"|groups|threads|likes|saved|story_sticker_interactions|login_and_account_creation|contacts"
    r"|recent_searches|monetization|shopping|other_activity|pages|profile_photos|devices"
)

UNPACKED: Final = (
    Unpacked(
        layout=x_archive.LAYOUT,
        marks=("data/tweets.js", "data/tweet.js", "data/manifest.js"),
        parts=re.compile(r"(?:data|assets)/|Your archive\.html$"),
        owner=("data/account.js", "data/manifest.js", "data/note-tweet.js"),
    ),
    Unpacked(
        layout=facebook.LAYOUT,
        marks=(
            "your_facebook_activity",
            "your_activity_across_facebook",
            "posts/your_posts_1.json",
            "posts/your_posts__check_ins__photos_and_videos_1.json",
            "posts/your_posts_1.html",
        ),
        parts=re.compile(
            rf"(?:your_facebook_activity|your_activity_across_facebook|{_META})/|(?:index|start_here)\.html$"
        ),
        owner=(
            "personal_information/profile_information/profile_information.json",
            "profile_information/profile_information.json",
        ),
    ),
    Unpacked(
        layout=instagram.LAYOUT,
        marks=(
            "your_instagram_activity",
            "content/posts_1.json",
            "content/stories.json",
            "content/posts_1.html",
        ),
        parts=re.compile(rf"(?:your_instagram_activity|{_META})/|(?:index|start_here)\.html$"),
        owner=(
            "personal_information/personal_information/personal_information.json",
            "personal_information/personal_information.json",
            "account_information/personal_information.json",
        ),
    ),
    Unpacked(
        layout=reddit.LAYOUT,
        marks=("post_votes.csv", "comment_votes.csv", "post_headers.csv", "comment_headers.csv"),
        parts=re.compile(r"[a-z0-9_]+\.csv$"),
        owner=("statistics.csv",),
    ),
)


class UnpackedExports:
    """The unpacked exports of one applicant's folder. What a folder is, is looked up once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, Unpacked | None] = {}

    def belongs(self, path: Path) -> bool:
        """Say whether a file is part of such an export, and no source of its own."""
        found = self._export_of(path)
        if found is None:
            return False
        _, export = found
        return export.layout.sort_of(path) is None and html_export_of(path) is None

    def beside(self, path: Path) -> tuple[Path, ...]:
        """Return the files of its export that a source needs; all lie within the folder."""
        found = self._export_of(path)
        if found is None or found[1].layout.sort_of(path) is None:
            return ()
        top, export = found
        places = (top / name for name in export.owner)
        return tuple(place for place in places if place != path and place.is_file())

    def _export_of(self, path: Path) -> tuple[Path, Unpacked] | None:
        """Return the outermost export that a file lies in: an inner folder may look like one."""
        within = [top for top in path.parents if top.is_relative_to(self._folder)]
        for top in reversed(within):
            export = self._at(top)
            if export is not None and export.parts.match(path.relative_to(top).as_posix()):
                return top, export
        return None

    def _at(self, top: Path) -> Unpacked | None:
        if top not in self._known:
            self._known[top] = next(
                (one for one in UNPACKED if any((top / mark).exists() for mark in one.marks)), None
            )
        return self._known[top]
