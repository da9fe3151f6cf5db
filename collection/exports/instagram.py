"""Instagram's export in JSON is read for captions and comments, and for Threads within it.

New archives keep them under `your_instagram_activity/`, old ones at the root. Comments come in
three layouts; two label their values in the account's language, of which English is known. The
export numbers nothing; of the profile only the name of the account is taken.
"""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from collection.exports.export_layout import (
    Layout,
    LeftOut,
    Tally,
    decoded,
    is_zip,
    looks_like,
    mapping,
    owner_files,
    sequence,
    word_files,
    words,
)
from collection.exports.export_rows import item_of
from collection.exports.export_times import from_epoch
from collection.exports.html_exports import is_in_html
from collection.exports.meta_rows import begins_as, captions, made_number, rows_of
from collection.exports.threads import FILES_OF_THREADS, LISTS_OF_THREADS, THREADS, thread_of
from collection.files.members import Member
from collection.files.mojibake import mended
from collection.files.reader import Problem
from collection.files.strict_json import parse
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

POSTS: Final = "post"
COMMENTS: Final = "comment"
_LISTS: Final = {
    POSTS: ("ig_reels_media", "ig_stories", "ig_igtv_media"),
    COMMENTS: ("comments_media_comments", "comments_reels_comments"),
    THREADS: LISTS_OF_THREADS,
}
_MARKS: Final = (b'"media"', b'"creation_timestamp"', b'"string_map_data"', b'"string_list_data"')

LAYOUT: Final = Layout(
    words={
        POSTS: re.compile(r"(?:posts|reels|stories|igtv_videos)(?:_\d+)?\.json"),
        COMMENTS: re.compile(r"(?:post|reels)_comments(?:_\d+)?\.json"),
        THREADS: FILES_OF_THREADS,
    },
    folders=frozenset({"content", "media", "comments", "threads"}),
    owner=re.compile(r"personal_information\.json"),
    private=re.compile(
        r"(?:^|/)(?:messages|likes|saved|story_sticker_interactions|story_interactions|searches"
        r"|recent_searches|your_topics|connections|followers_and_following|contacts|devices"
        r"|login_and_account_creation|login_and_profile_creation|security_and_login_information"
        r"|ads_information|apps_and_websites[^/]*|logged_information|link_history|preferences"
        r"|personal_information|account_information|information_about_you|profile_photos"
        r"|shopping|monetization|events|fundraisers|gifts|subscriptions|avatars_store|meta_spark"
        r"|past_instagram_insights|reports|comments_allowed_from|other_activity)/"
        r"|(?:^|/)(?:archived_posts|recently_deleted_content|profile_photos|other_content|hype"
        r"|liked_threads|saved_threads|threads_viewed|followers|following)(?:_\d+)?\.json$"
    ),
    signs=re.compile(
        r"(?:^|/)your_instagram_activity/|(?:^|/)content/(?:posts_\d+|stories|reels)\.json$"
        r"|(?:^|/)comments/post_comments(?:_\d+)?\.json$|(?:^|/)threads/threads_and_replies\.json$"
    ),
)


class InstagramReader:
    """Reads Instagram's export in JSON, Threads included."""

    name: Final = "instagram-export"
    version: Final = "1"
    seen_versions: Final = ("content/ (to 2023)", "your_instagram_activity/")
    gate: Final = AccessGate.GIVEN

    def accepts(self, path: Path) -> bool:
        """Say whether a zip file is such an export and not one in HTML, or a file is of one."""
        if is_zip(path):
            return looks_like(path, LAYOUT) and not is_in_html(path)
        sort = LAYOUT.sort_of(path, alone=True)
        if sort is None:
            return False
        with path.open("rb") as file:
            return begins_as(file.read(4096), _LISTS[sort], _MARKS)

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield captions, comments and threads in the archive's order; counts come last."""
        tally = Tally()
        author = _owner(owner_files(path, LAYOUT))
        items = {
            POSTS: partial(_post, author),
            COMMENTS: partial(_comment, author),
            THREADS: partial(thread_of, author),
        }
        for found in word_files(path, LAYOUT):
            if isinstance(found, Problem):
                yield found
                continue
            sort, member = found
            rows = rows_of(decoded(member), _LISTS[sort])
            yield from tally.rows(rows, sort, items[sort], cut=member.cut)
        yield from tally.ledger.problems()


def _post(author: str, value: object, pointer: str) -> SourceItem | LeftOut:
    text, seconds = captions(mapping(value))
    if not text:
        return LeftOut("posts without words")
    return item_of(
        "instagram",
        native_id=made_number(POSTS, seconds, text),
        author=author,
        created_at=from_epoch(seconds),
        url="",
        text=text,
        pointer=pointer,
    )


def _comment(author: str, value: object, pointer: str) -> SourceItem | LeftOut:
    row = mapping(value)
    text, seconds = _mapped(row) if "string_map_data" in row else _listed(row)
    if not text.strip():
        return LeftOut("comments without words")
    return item_of(
        "instagram",
        native_id=made_number(COMMENTS, seconds, text),
        author=author,
        created_at=from_epoch(seconds),
        url="",
        text=text,
        pointer=pointer,
    )


def _mapped(row: dict[str, object]) -> tuple[str, object]:
    labels = mapping(row["string_map_data"])
    if labels and "Comment" not in labels and not {"Media Owner", "Time"} & labels.keys():
        raise InputError("labels in a language that is not known")
    stamps = (mapping(one).get("timestamp") for one in labels.values())
    seconds = next((stamp for stamp in stamps if stamp), None)
    return mended(words(mapping(labels.get("Comment", {})).get("value"))), seconds


def _listed(row: dict[str, object]) -> tuple[str, object]:
    if "string_list_data" not in row:
        raise InputError("a comment of a layout that is not known")
    for value in sequence(row["string_list_data"]):
        part = mapping(value)
        return mended(words(part.get("value"))), part.get("timestamp")
    return "", None


def _owner(owners: dict[str, Member]) -> str:
    """Return the account's name, or nothing if the export does not say it in English."""
    for member in owners.values():
        try:
            profiles = sequence(mapping(parse(decoded(member))).get("profile_user"))
            labels = mapping(mapping(profiles[0] if profiles else {}).get("string_map_data", {}))
            return mended(words(mapping(labels.get("Username", {})).get("value")))
        except InputError:
            continue
    return ""
