"""X's archive is read for what its owner posted and left standing; long posts are read whole.

`data/tweets.js` and its parts (`tweets-part1.js`; in old archives `tweet.js`, without the object
around each post), `community-tweet.js`, `note-tweet.js`. Each is JavaScript that assigns one JSON
list. Reposts are other people's words. Of an edited post only the last version stands. Deleted
posts, likes, messages and all the rest stay shut.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
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
from collection.exports.export_times import x_time
from collection.exports.x_notes import HEAD, Notes, note_parts, rows_of_file, unescaped
from collection.files.members import Member
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import parse
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

POSTS: Final = "post"
NOTES: Final = "note"
_ACCOUNT: Final = "account.js"
_MANIFEST: Final = "manifest.js"
_PLATFORM: Final = "x"

LAYOUT: Final = Layout(
    words={
        POSTS: re.compile(r"(?:tweets?|community-tweet)(?:-part\d+)?\.js"),
        NOTES: re.compile(r"note-tweet(?:-part\d+)?\.js"),
    },
    folders=frozenset({"data", ""}),
    owner=re.compile(r"account\.js|manifest\.js"),
    private=re.compile(
        r"(?:^|/)data/(?:direct-message|like|bookmark|follow|block|mute|contact|ip-audit|device"
        r"|deleted-|grok|ni-devices|email|phone|saved-search|lists?-|connected-app|key-registry"
        r"|sso|protected-history|screen-name-change|user-link-clicks|spaces|periscope|profile"
        r"|account-)[^/]*"
    ),
    signs=re.compile(
        r"(?:^|/)data/(?:manifest|account|(?:tweets?|note-tweet|community-tweet)(?:-part\d+)?)\.js$"
        r"|^tweet\.js$"
    ),
)

_REPOST: Final = re.compile(r"RT @\w{1,20}\b")
_NUMBER: Final = re.compile(r"\d{1,25}", re.ASCII)


class XReader:
    """Reads X's archive of one account."""

    name: Final = "x-archive"
    version: Final = "1"
    seen_versions: Final = ("tweet.js (to 2022)", "tweets.js")
    gate: Final = AccessGate.GIVEN

    def accepts(self, path: Path) -> bool:
        """Say whether a zip file holds X's files, or a file begins as X's do."""
        if is_zip(path):
            return looks_like(path, LAYOUT)
        if LAYOUT.sort_of(path, alone=True) is None:
            return False
        with path.open("rb") as file:
            head = HEAD.match(file.read(200).decode("utf-8-sig", "replace"))
        return head is not None and head[1].startswith("YTD.")

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield posts, then long posts whose short form is missing; counts come last."""
        tally = Tally()
        packed = is_zip(path)
        owners = owner_files(path, LAYOUT)
        author = _author(owners)
        notes = Notes(packed=packed)
        late: list[Member] = []
        if packed or not LAYOUT.words[NOTES].fullmatch(path.name):
            notes.learn(_note_files(path))
        for found in word_files(path, LAYOUT):
            if isinstance(found, Problem):
                yield found
                continue
            sort, member = found
            if sort == NOTES:
                late.append(member)
                continue
            yield from tally.rows(
                rows_of_file(decoded(member)), sort, partial(_post, author, notes), cut=member.cut
            )
        for member in late:
            yield from tally.rows(
                rows_of_file(decoded(member)), NOTES, partial(_note, author, notes), cut=member.cut
            )
        if packed:
            yield from _vouched(owners, tally)
        yield from tally.ledger.problems()


def _post(author: str, notes: Notes, value: object, pointer: str) -> SourceItem | LeftOut:
    row = mapping(value)
    tweet = mapping(row["tweet"]) if "tweet" in row else row
    number = tweet.get("id_str", tweet.get("id"))
    if not isinstance(number, str) or not _NUMBER.fullmatch(number):
        raise InputError("a post without its number")
    text = tweet.get("full_text", tweet.get("text"))
    if not isinstance(text, str):
        raise InputError("a post without its text")
    at = x_time(tweet.get("created_at"))
    shown = unescaped(text)
    if _REPOST.match(shown):
        return LeftOut("repeated words of others")
    if _is_replaced(tweet, number):
        return LeftOut("earlier versions of edited posts")
    long = notes.whole_of(at, shown)
    if long is not None and not notes.packed:
        return LeftOut("beginnings of long posts, which another file holds whole")
    return item_of(
        _PLATFORM,
        native_id=number,
        author=author,
        created_at=at,
        url=f"https://x.com/{author or 'i'}/status/{number}",
        text=shown if long is None else long,
        pointer=pointer,
    )


def _is_replaced(tweet: dict[str, object], number: str) -> bool:
    """Say whether a post names a later version of itself."""
    info = mapping(tweet.get("edit_info") or {})
    edit = mapping(info.get("edit") or {})
    made = mapping(info.get("initial") or edit.get("editControlInitial") or {})
    numbers = [one for one in sequence(made.get("editTweetIds")) if isinstance(one, str)]
    known = [int(one) for one in numbers if _NUMBER.fullmatch(one)]
    return int(number) in known and max(known) > int(number)


def _note(author: str, notes: Notes, value: object, pointer: str) -> SourceItem | LeftOut:
    number, at, text = note_parts(value)
    if number in notes.used:
        return LeftOut("long posts that were read with their beginnings")
    return item_of(
        _PLATFORM,
        native_id=number,
        author=author,
        created_at=at,
        url="",
        text=text,
        pointer=pointer,
    )


def _note_files(path: Path) -> Iterator[Member]:
    yield from owner_files(path, replace(LAYOUT, owner=LAYOUT.words[NOTES])).values()


def _author(owners: dict[str, Member]) -> str:
    """Return the account's name, or nothing if neither file says it."""
    return _told(lambda: _account_name(owners)) or _told(lambda: _manifest_name(owners))


def _told(name: Callable[[], str]) -> str:
    try:
        return name()
    except InputError:
        return ""


def _account_name(owners: dict[str, Member]) -> str:
    if _ACCOUNT not in owners:
        return ""
    account = next(rows_of_file(decoded(owners[_ACCOUNT])), None)
    return words(mapping(mapping(account).get("account")).get("username"))


def _manifest_name(owners: dict[str, Member]) -> str:
    return words(mapping(_manifest(owners).get("userInfo", {})).get("userName"))


def _manifest(owners: dict[str, Member]) -> dict[str, object]:
    if _MANIFEST not in owners:
        return {}
    text = decoded(owners[_MANIFEST])
    head = HEAD.match(text)
    return mapping(parse(text[head.end() :])) if head else {}


def _vouched(owners: dict[str, Member], tally: Tally) -> Iterator[Problem]:
    """Yield a problem if the archive is partial, or holds fewer posts than it says."""
    try:
        manifest = _manifest(owners)
        partial_ = mapping(manifest.get("archiveInfo", {})).get("isPartialArchive")
        kinds = mapping(manifest.get("dataTypes", {}))
        stated = sum(_stated(kinds.get(kind)) for kind in ("tweet", "tweets", "communityTweet"))
    except InputError:
        yield Problem("the manifest is damaged", WHOLE_FILE)
        return
    if partial_ is True:
        yield Problem("X made this archive in part only", WHOLE_FILE)
    missing = stated - tally.numbers[POSTS]
    if missing > 0 and tally.numbers[POSTS] + tally.numbers[NOTES]:
        yield Problem(f"the manifest names {missing} posts that are not here", WHOLE_FILE)


def _stated(kind: object) -> int:
    total = 0
    for file in sequence(mapping(kind or {}).get("files")):
        count = mapping(file).get("count")
        if isinstance(count, str) and _NUMBER.fullmatch(count):
            total += int(count)
    return total
