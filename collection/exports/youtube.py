"""YouTube's tables of a user's comments and live chats, as Google's export has them.

A comment's text is plain, or a row of JSON segments; both are read. The tables name the channel
that wrote, and nothing else of the user.
"""

import re
from collections.abc import Generator, Iterator
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

from collection.exports.export_members import Ledger, members_of
from collection.exports.export_rows import Row, columns_of, item_of, moment, rows_of
from collection.files.members import Member
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import parse
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

_TABLE: Final = re.compile(r"(comments|live[ -]chats)(?: ?\(\d+\))?\.csv")
_COMMENTS: Final = frozenset(
    {"comment id", "channel id", "comment create timestamp", "comment text"}
)
_CHATS: Final = frozenset(
    {"live chat id", "channel id", "live chat create timestamp", "live chat text"}
)
_HEAD: Final = 64 * 1024
_SEGMENTS: Final = re.compile(r'\{"(?:text|takeoutSegments|link|mention)"')
_ID: Final = re.compile(r"[\w-]{1,64}", re.ASCII)


class YouTubeReader:
    """Reads a table of comments or live chats that was taken out of its archive."""

    name: Final = "youtube-comments"
    version: Final = "1"
    seen_versions: Final = ("takeoutSegments (to 2024)", "rows of segments", "with Post ID")
    gate: Final = AccessGate.GIVEN

    def accepts(self, path: Path) -> bool:
        """Say whether the file has such a name and such columns."""
        kind = kind_of_table(PurePosixPath(path.name.lower()))
        if kind is None:
            return False
        with path.open("rb") as file:
            return columns_of(file.read(_HEAD), _columns(kind))

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield one item for each row with words."""
        ledger = Ledger("rows")
        for part in members_of(path, lambda _name: True):
            if isinstance(part, Problem):
                yield part
            else:
                yield from items_of_table(part, 0, ledger)
        yield from ledger.problems()


def kind_of_table(name: PurePosixPath) -> str | None:
    """Return `comment` or `chat` for a table, by its name in lower case; None for other files."""
    found = _TABLE.fullmatch(name.name)
    return None if found is None else "comment" if found[1] == "comments" else "chat"


def items_of_table(
    member: Member, before: int, ledger: Ledger
) -> Generator[SourceItem | Problem, None, int]:
    """Yield the items of a table; return the number of its last row, counted from `before`."""
    kind = kind_of_table(PurePosixPath(member.name.name.lower())) or "comment"
    number = before
    try:
        for row in rows_of(member, _columns(kind)):
            number += 1
            pointer = f"{kind}:{number}"
            try:
                if isinstance(row, InputError):
                    raise row
                found = _comment(row, pointer) if kind == "comment" else _chat(row, pointer)
                if found is None:
                    ledger.leave_out("comments without words")
                else:
                    yield found
            except InputError as damage:
                yield from ledger.fault(damage, pointer)
    except InputError as strange:
        yield Problem(strange.fault, WHOLE_FILE)
    return number


def _columns(kind: str) -> frozenset[str]:
    return _COMMENTS if kind == "comment" else _CHATS


def _comment(row: Row, pointer: str) -> SourceItem | None:
    own = row.get("comment id").strip()
    video, post = row.get("video id").strip(), row.get("post id").strip()
    url = ""
    if _ID.fullmatch(video):
        url = f"https://www.youtube.com/watch?v={video}&lc={quote(own)}"
    elif _ID.fullmatch(post):
        url = f"https://www.youtube.com/post/{post}?lc={quote(own)}"
    stamp, text = row.get("comment create timestamp"), row.get("comment text")
    return _item(row, own, url=url, stamp=stamp, text=text, pointer=pointer)


def _chat(row: Row, pointer: str) -> SourceItem | None:
    video = row.get("video id").strip()
    url = f"https://www.youtube.com/watch?v={video}" if _ID.fullmatch(video) else ""
    stamp, text = row.get("live chat create timestamp"), row.get("live chat text")
    return _item(row, row.get("live chat id"), url=url, stamp=stamp, text=text, pointer=pointer)


def _item(
    row: Row, native_id: str, *, url: str, stamp: str, text: str, pointer: str
) -> SourceItem | None:
    words = _words(text)
    if not words.strip():
        return None
    return item_of(
        "youtube",
        native_id=native_id.strip(),
        author=row.get("channel id").strip(),
        created_at=moment(stamp),
        url=url,
        text=words,
        pointer=pointer,
    )


def _words(text: str) -> str:
    """Return what a comment says: its text, or that of its segments in a row."""
    if _SEGMENTS.match(text) is None:
        return text
    value = parse(f"[{text}]")
    parts = value if isinstance(value, list) else []
    if len(parts) == 1 and isinstance(parts[0], dict) and "takeoutSegments" in parts[0]:
        parts = parts[0]["takeoutSegments"]
    if not isinstance(parts, list):
        raise InputError("a comment whose parts cannot be read")
    return "".join(_segment(part) for part in parts)


def _segment(part: object) -> str:
    text = part.get("text", "") if isinstance(part, dict) else None
    if not isinstance(part, dict) or not isinstance(text, str):
        raise InputError("a comment whose parts cannot be read")
    link = part.get("link")
    address = link.get("linkUrl") if isinstance(link, dict) else None
    return text or (address if isinstance(address, str) else "")
