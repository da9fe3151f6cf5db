"""Facebook's export in JSON is read for posts and comments, those in groups among them.

New archives keep them under `your_facebook_activity/` (for a while
`your_activity_across_facebook/`), old ones at the root; a few newer files label their values
(`label_values`) in the account's language, of which English is known. The export numbers nothing
and says nothing of who could see a post: every item was given by its owner. Of the profile only
the name of the account is taken.
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
)
from collection.exports.export_layout import words as plain
from collection.exports.export_rows import item_of
from collection.exports.export_times import from_epoch
from collection.exports.html_exports import is_in_html
from collection.exports.meta_rows import add_words, begins_as, made_number, rows_of
from collection.files.members import Member
from collection.files.mojibake import mended
from collection.files.reader import Problem
from collection.files.strict_json import parse
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

POSTS: Final = "post"
COMMENTS: Final = "comment"
LABELLED: Final = "elsewhere"
_LISTS: Final = {
    POSTS: ("group_posts_v2", "posts_v2"),
    COMMENTS: ("comments_v2", "comments", "group_comments_v2"),
    LABELLED: (),
}

_MARKS: Final = {
    POSTS: (b'"timestamp"', b'"attachments"'),
    COMMENTS: (),
    LABELLED: (b'"label_values"',),
}

LAYOUT: Final = Layout(
    words={
        POSTS: re.compile(
            r"your_posts(?:__check_ins__photos_and_videos)?(?:_\d+)?\.json"
            r"|group_posts_and_comments\.json|your_posts_in_groups\.json"
        ),
        COMMENTS: re.compile(r"comments\.json|your_comments_in_groups\.json"),
        LABELLED: re.compile(r"posts_on_other_pages_and_profiles\.json"),
    },
    folders=frozenset({"posts", "comments", "comments_and_reactions", "groups"}),
    owner=re.compile(r"profile_information\.json"),
    private=re.compile(
        r"(?:^|/)(?:messages|search|search_history|location|location_history|friends"
        r"|friends_and_followers|connections|security_and_login_information|ads_information"
        r"|apps_and_websites[^/]*|logged_information|preferences|facebook_payments|likes_and_reactions"
        r"|dating|saved_items[^/]*|polls|events|pages|marketplace|facebook_marketplace|your_places"
        r"|personal_information|profile_information|stories|short_videos|other_activity"
        r"|activity_messages|your_interactions_on_facebook|shops|volunteering|live_videos"
        r"|fundraisers|reviews|facebook_gaming|spark_ar|voice_recording[^/]*|about_you)/"
        r"|(?:^|/)(?:likes_and_reactions[^/]*|your_answers[^/]*|your_pending_posts[^/]*"
        r"|anonymous_posts[^/]*|archive|trash|other_people[^/]*)\.json$"
    ),
    signs=re.compile(
        r"(?:^|/)your_(?:facebook_activity|activity_across_facebook)/|(?:^|/)posts/your_posts[^/]*\.json$"
        r"|(?:^|/)comments(?:_and_reactions)?/comments\.json$|(?:^|/)groups/your_posts_in_groups\.json$"
    ),
)
_FIELDS: Final = frozenset({"data", "attachments"})
_ASIDE: Final = frozenset({"timestamp", "title", "tags", "backup_timestamp"})
_TEXT_LABELS: Final = frozenset({"Message", "Text", "Post"})


class FacebookReader:
    """Reads Facebook's export in JSON."""

    name: Final = "facebook-export"
    version: Final = "1"
    seen_versions: Final = ("posts/ (to 2022)", "your_facebook_activity/")
    gate: Final = AccessGate.GIVEN

    def accepts(self, path: Path) -> bool:
        """Say whether a zip file is such an export and not one in HTML, or a file is of one."""
        if is_zip(path):
            return looks_like(path, LAYOUT) and not is_in_html(path)
        sort = LAYOUT.sort_of(path, alone=True)
        if sort is None:
            return False
        with path.open("rb") as file:
            return begins_as(file.read(4096), _LISTS[sort], _MARKS[sort])

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield posts and comments in the archive's order; counts come last."""
        tally = Tally()
        handle, name = _owner(owner_files(path, LAYOUT))
        items = {
            POSTS: partial(_post, handle or name),
            COMMENTS: partial(_comment, handle, name),
            LABELLED: partial(_labelled, handle or name),
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
    row = mapping(value)
    if "label_values" in row:
        return _labelled(author, row, pointer)
    if not row.keys() & _FIELDS and row.keys() - _ASIDE:
        raise InputError("a row of a layout that is not known")
    said: list[str] = []
    for part in sequence(row.get("data")):
        add_words(said, mapping(part).get("post"))
    for attachment in sequence(row.get("attachments")):
        for part in sequence(mapping(attachment).get("data")):
            media = mapping(part).get("media")
            if media is not None:
                add_words(said, mapping(media).get("description"))
    if not said:
        return LeftOut("posts without words")
    at = from_epoch(row.get("timestamp"))
    text = "\n\n".join(said)
    return item_of(
        "facebook",
        native_id=made_number(POSTS, row.get("timestamp"), text),
        author=author,
        created_at=at,
        url="",
        text=text,
        pointer=pointer,
    )


def _comment(handle: str, name: str, value: object, pointer: str) -> SourceItem | LeftOut:
    row = mapping(value)
    if "label_values" in row:
        return _labelled(handle or name, row, pointer)
    if not row.keys() & _FIELDS and row.keys() - _ASIDE:
        raise InputError("a row of a layout that is not known")
    for part in sequence(row.get("data")):
        comment = mapping(part).get("comment")
        if comment is None:
            continue
        comment = mapping(comment)
        text = mended(plain(comment.get("comment")))
        if not text.strip():
            break
        stamp = comment.get("timestamp") or row.get("timestamp")
        by = mended(plain(comment.get("author")))
        return item_of(
            "facebook",
            native_id=made_number(COMMENTS, stamp, text),
            author=(handle or name) if by in ("", name) else by,
            created_at=from_epoch(stamp),
            url="",
            text=text,
            pointer=pointer,
        )
    return LeftOut("comments without words")


def _labelled(author: str, value: object, pointer: str) -> SourceItem | LeftOut:
    row = mapping(value)
    said: list[str] = []
    known = False
    for part in sequence(row.get("label_values")):
        label = mapping(part).get("label")
        if isinstance(label, str) and label in _TEXT_LABELS:
            known = True
            add_words(said, mapping(part).get("value"))
    if not known and row.get("label_values"):
        raise InputError("labels in a language that is not known")
    if not said:
        return LeftOut("posts without words")
    text = "\n\n".join(said)
    number = plain(row.get("fbid"))
    return item_of(
        "facebook",
        native_id=number or made_number(POSTS, row.get("timestamp"), text),
        author=author,
        created_at=from_epoch(row.get("timestamp")),
        url="",
        text=text,
        pointer=pointer,
    )


def _owner(owners: dict[str, Member]) -> tuple[str, str]:
    """Return the account's name and its owner's, each empty if the archive does not say."""
    for member in owners.values():
        try:
            profile = mapping(parse(decoded(member)))
            found = mapping(profile.get("profile_v2", profile.get("profile", {})))
            name = found.get("name", {})
            full = name if isinstance(name, str) else mapping(name).get("full_name")
            return mended(plain(found.get("username"))), mended(plain(full))
        except InputError:
            continue
    return "", ""
