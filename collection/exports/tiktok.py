"""TikTok's copy of a user's data is read for comments, titles of public posts and the profile.

One JSON file, alone or in a zip, in which everything lies together: it is walked, and messages,
histories, the birth date and the rest are passed over without being read.
"""

import re
from collections.abc import Generator, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from collection.exports.export_members import ARCHIVES, Chosen, Ledger, holds
from collection.exports.export_rows import item_of, moment
from collection.files.json_walk import values_at
from collection.files.members import Member
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import parse
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

_FILE: Final = re.compile(r"user_data(_tiktok)?(_\d+| ?\(\d+\))?\.json")
_COMMENTS: Final = frozenset(
    {
        ("Comment", "Comments", "CommentsList"),
        ("Comment", "CommentsList"),
        *((activity, "Comments", "CommentsList") for activity in ("Activity", "Your Activity")),
    }
)
_POSTS: Final = frozenset(
    {
        ("Post", "Posts", "VideoList"),
        ("Video", "Videos", "VideoList"),
        ("Post", "VideoList"),
        ("Video", "VideoList"),
    }
)
_PROFILE: Final = frozenset(
    {
        (profile, kind, "ProfileMap", field)
        for profile in ("Profile", "Profile And Settings")
        for kind in ("Profile Info", "Profile Information")
        for field in ("userName", "bioDescription")
    }
)
_TO_ALL: Final = frozenset({"public", "everyone"})
_VIDEO: Final = re.compile(r"/(?:video|photo)/(\d{5,25})(?:[/?#]|$)")


class TikTokReader:
    """Reads what a user published on TikTok."""

    name: Final = "tiktok-export"
    version: Final = "1"
    seen_versions: Final = ("user_data.json", "user_data_tiktok.json")
    gate: Final = AccessGate.GIVEN

    def accepts(self, path: Path) -> bool:
        """Say whether this is TikTok's file by its name, or an archive that holds it."""
        low = path.name.lower()
        return holds(path, _is_file) if low.endswith(ARCHIVES) else bool(_FILE.fullmatch(low))

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield the profile's text, comments and posts; problems last, among them counts."""
        ledger = Ledger("items")
        problems: list[Problem] = []
        read = False
        for part in Chosen(_is_file, private=_is_private).members(path):
            if isinstance(part, Problem):
                problems.append(part)
            elif read:
                problems.append(Problem("two files of the same kind; the first counts", WHOLE_FILE))
            else:
                read = True
                fault = yield from _items(part, ledger)
                if fault and not part.cut:
                    problems.append(Problem(fault, WHOLE_FILE))
        yield from ledger.problems()
        yield from problems


def _is_file(name: PurePosixPath) -> bool:
    return _FILE.fullmatch(name.name) is not None and len(name.parts) <= 3


def _is_private(name: PurePosixPath) -> bool:
    """Mean the same data as text, a file for each kind."""
    return name.suffix == ".txt"


def _items(member: Member, ledger: Ledger) -> Generator[SourceItem | Problem, None, str]:
    """Yield the items of the file; return what is wrong with it as a whole, or nothing.

    Twice over the file: who wrote may stand behind what was written.
    """
    author, told, fault = _profile(member.body)
    if told.strip():
        yield from _kept(ledger, {"bio": told}, "profile", 1, author)
    numbers = {"comment": 0, "post": 0}
    try:
        for path, raw in values_at(member.body, _COMMENTS | _POSTS):
            kind = "comment" if path in _COMMENTS else "post"
            if raw in (b"null", b"{}"):
                continue  # how an empty list is written
            numbers[kind] += 1
            try:
                value = _object(raw)
            except InputError as damage:
                yield from ledger.fault(damage, f"{kind}:{numbers[kind]}")
                continue
            yield from _kept(ledger, value, kind, numbers[kind], author)
    except InputError as damage:
        return damage.fault
    return fault


def _profile(body: bytes) -> tuple[str, str, str]:
    """Return the user's name and what they say of themselves, and the damage that ended it."""
    found = {"userName": "", "bioDescription": ""}
    try:
        for path, raw in values_at(body, _PROFILE, whole=True):
            value = parse(_text(raw))
            if isinstance(value, str) and value != "N/A":
                found[path[-1]] = value.strip()
    except InputError as damage:
        return found["userName"], found["bioDescription"], damage.fault
    return found["userName"], found["bioDescription"], ""


def _kept(
    ledger: Ledger, value: dict[str, object], kind: str, number: int, author: str
) -> Iterator[SourceItem | Problem]:
    pointer = f"{kind}:{number}"
    try:
        found = _READ[kind](value, author, pointer)
        if isinstance(found, str):
            ledger.leave_out(found)
        else:
            yield found
    except InputError as damage:
        yield from ledger.fault(damage, pointer)


def _comment(value: dict[str, object], author: str, pointer: str) -> SourceItem | str:
    text = _field(value, "comment", "Comment")
    if not text.strip():
        return "comments without words"
    stamp = _field(value, "date", "Date")
    return item_of(
        "tiktok",
        native_id=f"comment {stamp}",
        author=author,
        created_at=moment(stamp),
        url="",
        text=text,
        pointer=pointer,
    )


def _post(value: dict[str, object], author: str, pointer: str) -> SourceItem | str:
    audience = _field(value, "WhoCanView", "whoCanView").strip().lower()
    if not audience:
        return "posts whose audience the export does not state"
    if audience not in _TO_ALL:
        return "posts that were not public"
    text = _field(value, "Title", "title")
    if not text.strip() or text == "N/A":
        return "posts without words"
    stamp = _field(value, "Date", "date")
    video = _VIDEO.search(_field(value, "Link", "link"))
    return item_of(
        "tiktok",
        native_id=video[1] if video else f"post {stamp}",
        author=author,
        created_at=moment(stamp),
        url=f"https://www.tiktok.com/@{author}/video/{video[1]}" if video and author else "",
        text=text,
        pointer=pointer,
    )


def _bio(value: dict[str, object], author: str, pointer: str) -> SourceItem | str:
    """Return what stands in the profile; when it was written is not known."""
    return item_of(
        "tiktok",
        native_id="profile",
        author=author,
        created_at=None,
        url=f"https://www.tiktok.com/@{author}" if author else "",
        text=_field(value, "bio"),
        pointer=pointer,
    )


_READ: Final = {"comment": _comment, "post": _post, "profile": _bio}


def _field(value: dict[str, object], *names: str) -> str:
    """Return the text under the first of these names; nothing where it is missing or null."""
    found = next((value[name] for name in names if value.get(name) is not None), "")
    if not isinstance(found, str):
        raise InputError("a field that is not text")
    return found


def _object(raw: bytes) -> dict[str, object]:
    value = parse(_text(raw))
    if not isinstance(value, dict):
        raise InputError("not an object")
    return value


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # Raised outside the handler: the decoding error holds the bytes.
    raise InputError("not UTF-8")
