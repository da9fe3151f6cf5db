"""Reddit's export is read for posts and comments; of its tables nothing else is opened.

Flat tables (CSV): `posts.csv` and `comments.csv` by the names of their columns, which came to be
more over the years, and `statistics.csv` for the account's name alone. Votes, messages, drafts,
hidden and saved posts, addresses and numbers stay shut.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from collection.exports.export_layout import (
    Layout,
    LeftOut,
    Tally,
    is_zip,
    looks_like,
    owner_files,
    word_files,
)
from collection.exports.export_members import members_of
from collection.exports.export_rows import Row, columns_of, item_of, moment, rows_of
from collection.files.members import Member
from collection.files.reader import WHOLE_FILE, Problem
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

POSTS: Final = "post"
COMMENTS: Final = "comment"
_NEEDED: Final = {
    POSTS: frozenset({"id", "permalink", "date", "title", "body"}),
    COMMENTS: frozenset({"id", "permalink", "date", "body"}),
}
_FULL_NAME: Final = {POSTS: "t3_", COMMENTS: "t1_"}
_HEAD: Final = 4096
_GONE: Final = frozenset({"[deleted]", "[removed]"})

LAYOUT: Final = Layout(
    words={POSTS: re.compile(r"posts\.csv"), COMMENTS: re.compile(r"comments\.csv")},
    folders=None,
    owner=re.compile(r"statistics\.csv"),
    private=re.compile(
        r"(?:^|/)(?:account_gender|announcements|approved_submitter_subreddits|birthdate"
        r"|chat_history|checkfree|comment_headers|comment_votes|drafts|friends|gilded_content"
        r"|gold_received|hidden_posts|ip_logs|linked_identities|linked_phone_number"
        r"|message_headers|messages|messages_archive[^/]*|moderated_subreddits|multireddits"
        r"|payouts|persona|poll_votes|post_headers|post_votes|purchases|reddit_gold_information"
        r"|saved_comments|saved_posts|scheduled_posts|sensitive_ads_preferences|stripe"
        r"|subscribed_subreddits|subscriptions|twitter|usage|user_preferences"
        r"|account_status_changes|user_flair)\.csv$"
    ),
    signs=re.compile(
        r"(?:^|/)(?:comment_headers|post_headers|post_votes|comment_votes|hidden_posts"
        r"|subscribed_subreddits|saved_comments)\.csv$"
    ),
)
_ESCAPE: Final = re.compile(rb"\\u(?!00[0-7])([0-9a-fA-F]{4})")
_NO_ESCAPE: Final = re.compile(rb"\\(?!u[0-9a-fA-F]{4})")


class RedditReader:
    """Reads Reddit's export of one account."""

    name: Final = "reddit-export"
    version: Final = "1"
    seen_versions: Final = ("CSV",)
    gate: Final = AccessGate.GIVEN

    def accepts(self, path: Path) -> bool:
        """Say whether a zip file holds Reddit's tables, or a table has Reddit's columns."""
        if is_zip(path):
            return looks_like(path, LAYOUT) or _holds_tables(path)
        sort = LAYOUT.sort_of(path, alone=True)
        if sort is None:
            return False
        with path.open("rb") as file:
            return _has_columns(file.read(_HEAD), sort)

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield posts and comments in the archive's order; counts come last."""
        tally = Tally()
        author = _owner(owner_files(path, LAYOUT))
        for found in word_files(path, LAYOUT):
            if isinstance(found, Problem):
                yield found
                continue
            sort, member = found
            if _is_escaped(member.body):
                member = replace(member, body=_unescaped(member.body))
                yield Problem(r"letters written as \uXXXX were read as letters", WHOLE_FILE)
            rows = rows_of(member, _NEEDED[sort])
            yield from tally.rows(rows, sort, partial(_said, author, sort), cut=member.cut)
        yield from tally.ledger.problems()


def _holds_tables(path: Path) -> bool:
    """Say whether a zip file from which much was removed still has one of Reddit's two tables."""
    return any(
        isinstance(part, Member)
        and _has_columns(part.body[:_HEAD], LAYOUT.sort_of(part.name) or POSTS)
        for part in members_of(path, lambda name: LAYOUT.sort_of(name) is not None)
    )


def _has_columns(head: bytes, sort: str) -> bool:
    return columns_of(head, _NEEDED[sort] | {"subreddit"})


def _said(author: str, sort: str, row: object, pointer: str) -> SourceItem | LeftOut:
    if not isinstance(row, Row):
        raise InputError("not a row")
    number = row.get("id").strip()
    if not number:
        raise InputError("a row without its number")
    parts = [row.get("body")] if sort == COMMENTS else [row.get("title"), row.get("body")]
    said = [part for part in parts if part.strip()]
    if any(part.strip() in _GONE for part in said):
        return LeftOut("what was deleted or removed")
    if not said:
        return LeftOut("posts without words")
    address, stamp = row.get("permalink").strip(), row.get("date")
    return item_of(
        "reddit",
        native_id=f"{_FULL_NAME[sort]}{number}",
        author=author,
        created_at=moment(stamp) if stamp.strip() else None,
        url=f"https://www.reddit.com{address}" if address.startswith("/") else address,
        text="\n\n".join(said),
        pointer=pointer,
    )


def _is_escaped(body: bytes) -> bool:
    """Say whether a table was written with escapes for all that is not ASCII."""
    found = _ESCAPE.search(body)
    again = found is not None and _ESCAPE.search(body, found.end())
    return bool(again) and body.isascii() and _NO_ESCAPE.search(body) is None


def _unescaped(body: bytes) -> bytes:
    text = _ESCAPE.sub(lambda mark: chr(int(mark[1], 16)).encode("utf-8", "surrogatepass"), body)
    paired = text.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass")
    return paired.decode("utf-16", "replace").encode("utf-8")


def _owner(owners: dict[str, Member]) -> str:
    """Return the account's name from the table of statistics, or nothing."""
    for member in owners.values():
        try:
            for row in rows_of(member, frozenset({"statistic", "value"})):
                if isinstance(row, Row) and row.get("statistic").strip().lower() == "account name":
                    return row.get("value").strip()
        except InputError:
            continue
    return ""
