"""A Mastodon archive is read for what its owner said in public; the rest is counted, not read.

The layout is that of Mastodon's backup service: `outbox.json`, `actor.json`, `likes.json`,
`bookmarks.json` and media, as .tar.gz, .zip or unpacked. Likes and bookmarks are never opened. What
was edited has the words of its last edit and the time of its first.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePath, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from collection.exports.export_members import TAR, Chosen, members_of
from collection.files.limits import MAX_LISTED, MAX_MEMBER, MAX_TEXT
from collection.files.members import Member
from collection.files.platforms import kind_of
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import elements, parse, whole
from collection.files.times import rfc3339
from collection.markup.html_text import parse_page, shown
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

OUTBOX: Final = "outbox.json"
_ACTOR: Final = "actor.json"
_WANTED: Final = frozenset({OUTBOX, _ACTOR})
_PUBLIC: Final = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
_SAID: Final = frozenset({"Note", "Question"})
_PRIVATE: Final = frozenset({"likes.json", "bookmarks.json"})


class MastodonReader:
    """Reads Mastodon's archive of one account."""

    name: Final = "mastodon-archive"
    version: Final = "2"
    seen_versions: Final = ("activitystreams",)
    gate: Final = AccessGate.GIVEN

    def accepts(self, path: Path) -> bool:
        """Say whether the file is an `outbox.json`, or an archive that holds one or is damaged."""
        if path.name == OUTBOX:
            return True
        return any(
            part.name.name == OUTBOX if isinstance(part, Member) else part.pointer == WHOLE_FILE
            for part in members_of(path, _is_wanted)
        )

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield what was said in public; problems last, among them counts of what was left out."""
        files: dict[str, Member] = {}
        problems: list[Problem] = []
        for part in _members(path):
            if isinstance(part, Problem):
                problems.append(part)
            elif part.name.name in files:
                problems.append(Problem("two files of the same name; the first counts", WHOLE_FILE))
            else:
                files[part.name.name] = part
        if OUTBOX in files:
            yield from _items(files[OUTBOX], _author(files.get(_ACTOR)), self.gate)
        else:
            problems.append(Problem("the archive lacks its outbox.json", WHOLE_FILE))
        yield from problems


def belongs_to_archive(path: PurePath) -> bool:
    """Say whether a file, named from the folder of an `outbox.json`, is part of that archive."""
    first = path.parts[0]
    if len(path.parts) > 1:
        return first == "media_attachments"
    return first in {_ACTOR, *_PRIVATE} or path.stem in {"avatar", "header"}


def _members(path: Path) -> Iterator[Member | Problem]:
    name = path.name.lower()
    if path.name == OUTBOX:
        yield from _unpacked(path)
    elif name.endswith((*TAR, ".zip")):
        yield from Chosen(_is_wanted, private=_is_private, known=_is_media).members(path)


def _is_wanted(name: PurePosixPath) -> bool:
    return name.name in _WANTED and len(name.parts) <= 2


def _is_private(name: PurePosixPath) -> bool:
    return name.name in _PRIVATE


def _is_media(name: PurePosixPath) -> bool:
    return "media_attachments" in name.parts[:2] or name.stem in {"avatar", "header"}


def _unpacked(outbox: Path) -> Iterator[Member | Problem]:
    for path in (outbox, outbox.with_name(_ACTOR)):
        if not path.is_file():
            continue
        if path.stat().st_size > MAX_MEMBER:
            yield Problem(f"a file of more than {MAX_MEMBER} bytes", WHOLE_FILE)
        else:
            yield Member(PurePosixPath(path.name), path.read_bytes())


def _text(body: bytes) -> str:
    return whole(body.decode("utf-8-sig", "replace"))


def _author(actor: Member | None) -> str:
    """Return `user@host`, or nothing if the archive does not say."""
    if actor is None:
        return ""
    try:
        value = parse(_text(actor.body))
    except InputError:
        return ""
    if not isinstance(value, dict):
        return ""
    user, address = value.get("preferredUsername"), value.get("id")
    host = _host(address)
    return whole(f"{user}@{host}") if isinstance(user, str) and user and host else ""


def _host(address: object) -> str:
    if not isinstance(address, str):
        return ""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _items(outbox: Member, author: str, gate: AccessGate) -> Iterator[SourceItem | Problem]:
    left_out: Counter[str] = Counter()
    edited = faults = 0
    number = 0
    try:
        for number, value in enumerate(elements(_text(outbox.body), "orderedItems"), start=1):
            try:
                activity = _activity(value)
                reason = _reason_to_leave_out(activity)
                if reason is None:
                    yield from _said(_object(activity), author, gate, number)
                    edited += _is_edited(_object(activity))
                else:
                    left_out[reason] += 1
            except InputError as damage:
                faults += 1
                if faults <= MAX_LISTED:
                    yield Problem(damage.fault, f"item:{number}")
    except InputError as damage:
        if not outbox.cut:
            yield Problem(f"outbox.json: {damage.fault}", f"item:{number + 1}")
    if faults > MAX_LISTED:
        yield Problem(f"{faults - MAX_LISTED} more items are damaged", WHOLE_FILE)
    if edited:
        yield Problem(f"edited: the words are those of the last edit ({edited})", WHOLE_FILE)
    for reason, count in sorted(left_out.items()):
        yield Problem(f"left out: {reason} ({count})", WHOLE_FILE)


def _activity(value: object) -> dict[str, object]:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise InputError("not an activity")
    return value


def _reason_to_leave_out(value: dict[str, object]) -> str | None:
    if value["type"] == "Announce":
        return "repeated words of others"
    if value["type"] != "Create":
        return "activities that say nothing"
    if not _audience(value) & _PUBLIC or not _audience(_object(value)) & _PUBLIC:
        return "items that were not public"
    return None


def _audience(value: dict[str, object]) -> set[str]:
    found: set[str] = set()
    for key in ("to", "cc"):
        part = value.get(key, [])
        for address in part if isinstance(part, list) else [part]:
            if not isinstance(address, str):
                raise InputError("an item whose audience is not stated")
            found.add(address)
    return found


def _object(value: dict[str, object]) -> dict[str, object]:
    found = value.get("object")
    if not isinstance(found, dict):
        raise InputError("an activity without its object")
    return found


def _said(
    value: dict[str, object], author: str, gate: AccessGate, number: int
) -> Iterator[SourceItem | Problem]:
    if value.get("type") not in _SAID:
        raise InputError("an object of an unknown type")
    native_id, published = value.get("id"), value.get("published")
    if not isinstance(native_id, str) or not isinstance(published, str):
        raise InputError("an object without its id or time")
    text, hidden = _words(value)
    if len(text) > MAX_TEXT:
        raise InputError(f"a text longer than {MAX_TEXT} characters")
    url = value.get("url")
    yield SourceItem(
        native_id=RawText(whole(native_id)),
        platform=RawText("mastodon"),
        kind=kind_of("mastodon"),
        author=RawText(author or _attributed(value)),
        created_at=rfc3339(published),
        url=RawText(whole(url) if isinstance(url, str) else ""),
        text=RawText(text),
        gate=gate,
        pointer=f"item:{number}",
    )
    if hidden:
        yield Problem("text that readers do not see was left out", f"item:{number}")


def _words(value: dict[str, object]) -> tuple[str, bool]:
    """Return the content warning, the content and a poll's options, as a reader sees them."""
    warning = value.get("summary") or ""
    if not isinstance(warning, str):
        raise InputError("an object whose content is not text")
    body = shown(parse_page(_content(value)))
    parts = [warning.strip(), body.text]
    for key in ("oneOf", "anyOf"):
        parts += _names(value, key, "a poll without its options")
    # What pictures are said to show is the author's word too; a picture may be without.
    parts += _names(value, "attachment", "an attachment that is none", optional=True)
    return whole("\n\n".join(part for part in parts if part)), body.hidden


def _content(value: dict[str, object]) -> str:
    """Return the content, or what it is in each language where it is given in no other way."""
    content = value.get("content")
    spoken = value.get("contentMap")
    if content is None and isinstance(spoken, dict):
        texts = list(dict.fromkeys(spoken.values()))
    else:
        texts = [content or ""]
    if not all(isinstance(text, str) for text in texts):
        raise InputError("an object whose content is not text")
    return "\n".join(texts)


def _names(
    value: dict[str, object], key: str, fault: str, *, optional: bool = False
) -> Iterator[str]:
    """Yield the names of the parts of an object."""
    found = value.get(key) or []
    for part in found if isinstance(found, list) else [found]:
        name = part.get("name") if isinstance(part, dict) else False
        if name is None and optional:
            continue
        if not isinstance(name, str):
            raise InputError(fault)
        yield name.strip()


def _is_edited(value: dict[str, object]) -> bool:
    return value.get("updated") not in (None, value.get("published"))


def _attributed(value: dict[str, object]) -> str:
    """Return `user@host` from the address of the object's author, where it has the usual form."""
    address = value.get("attributedTo")
    host = _host(address)
    user = PurePosixPath(urlsplit(str(address)).path).name if host else ""
    return whole(f"{user.removeprefix('@')}@{host}") if user else ""
