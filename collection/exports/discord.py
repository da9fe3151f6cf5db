"""Discord's package is read for what its owner wrote in servers; direct messages are never opened.

The channels are looked at first: which is a server's, which is private. Then the messages of those
that are a server's. Layouts: `messages.json` (since 2024) and `messages.csv` before, folders in any
capitals, kinds of channels as numbers or as names. The folders may be named in the language of the
account, so a channel is known by its number and the names of its files.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from collection.exports.export_members import Chosen, Ledger, holds, members_of
from collection.exports.export_rows import item_of, moment, rows_of
from collection.files.json_walk import values_at
from collection.files.members import Member
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import parse
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

_CHANNEL: Final = re.compile(r"(.*/c?\d+)/(channel\.json|messages\.(?:json|csv))")
_MARK: Final = re.compile(r"(?:.*/)?messages/c?\d+/messages\.(?:json|csv)|.*/c?\d+/channel\.json")
_OWNER: Final = re.compile(r"(?:[^/]+/){1,2}user\.json")
_KNOWN: Final = re.compile(
    r"(?:.*/)?(?:[^/]+/index\.json|account/avatar\.\w+|servers/.*|readme\.txt)"
)
_OF_SERVERS: Final = frozenset(
    {
        *("0", "2", "5", "10", "11", "13", "15", "16"),
        *("GUILD_TEXT", "GUILD_VOICE", "GUILD_NEWS", "GUILD_ANNOUNCEMENT", "GUILD_STAGE_VOICE"),
        *("GUILD_FORUM", "GUILD_MEDIA", "PUBLIC_THREAD", "NEWS_THREAD", "ANNOUNCEMENT_THREAD"),
    }
)
"""Kinds of channels, after Discord's API reference: no conversations, no private threads."""
_COLUMNS: Final = frozenset({"id", "timestamp", "contents"})
_EMOJI: Final = re.compile(r"<a?(:\w{2,32}:)\d{15,25}>", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,25}", re.ASCII)


@dataclass(slots=True)
class _Package:
    """What the first look says."""

    author: str = ""
    channels: dict[str, str] = field(default_factory=dict)
    """The server's number, or nothing, of each channel that is a server's, by its folder's path."""
    problems: list[Problem] = field(default_factory=list)


class DiscordReader:
    """Reads the messages that the owner of a package wrote in servers."""

    name: Final = "discord-package"
    version: Final = "1"
    seen_versions: Final = ("messages.csv (to 2024)", "messages.json")
    gate: Final = AccessGate.GIVEN

    def accepts(self, path: Path) -> bool:
        """Say whether an archive holds a channel of such a package."""
        return holds(path, lambda name: _MARK.fullmatch(name.as_posix()) is not None)

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield messages channel by channel; problems last, among them what stayed shut."""
        package = _looked_at(path)
        ledger = Ledger("messages")
        problems: list[Problem] = []
        number = 0

        def wanted(name: PurePosixPath) -> bool:
            found = _CHANNEL.fullmatch(name.as_posix())
            return found is not None and found[2] != "channel.json" and found[1] in package.channels

        for part in Chosen(wanted, private=_is_private, known=_is_known).members(path):
            if isinstance(part, Problem):
                problems.append(part)
                continue
            number = yield from _messages(part, package, number, ledger)
        yield from ledger.problems()
        yield from problems
        yield from (problem for problem in package.problems if problem not in problems)


def _is_known(name: PurePosixPath) -> bool:
    path = name.as_posix()
    about = path.endswith("/channel.json") and _CHANNEL.fullmatch(path) is not None
    return about or bool(_OWNER.fullmatch(path) or _KNOWN.fullmatch(path))


def _is_private(name: PurePosixPath) -> bool:
    return not _is_known(name)


def _looked_at(path: Path) -> _Package:
    """Find out who wrote, and which channels are a server's. Of the account only the name."""
    package = _Package()

    def wanted(name: PurePosixPath) -> bool:
        low = name.as_posix().lower()
        return low.endswith("/channel.json") or _OWNER.fullmatch(low) is not None

    for part in members_of(path, wanted):
        if isinstance(part, Problem):
            package.problems.append(part)
            continue
        low = part.name.as_posix().lower()
        channel = _CHANNEL.fullmatch(low)
        try:
            if channel is not None:
                found = _fields(part.body, ("type",), ("guild", "id"))
                if found["type"] in _OF_SERVERS:
                    package.channels[channel[1]] = found["id"]
            elif not package.author:
                found = _fields(part.body, ("username",), ("discriminator",))
                old = found["discriminator"].strip("0") and f"#{found['discriminator']}"
                package.author = found["username"] + old
        except InputError as damage:
            fault = f"{'a channel' if channel else 'the account'}: {damage.fault}"
            package.problems.append(Problem(fault, WHOLE_FILE))
    return package


def _fields(body: bytes, *paths: tuple[str, ...]) -> dict[str, str]:
    """Return these fields of a JSON object as text, and make nothing of the others."""
    found: dict[str, str] = {}
    for path, raw in values_at(body, frozenset(paths), whole=True):
        if path[-1] in found:
            raise InputError("a key is given twice")
        value = parse(raw.decode("utf-8", "replace"))
        plain = isinstance(value, str | int) and not isinstance(value, bool)
        found[path[-1]] = str(value) if plain else ""
    return {path[-1]: found.get(path[-1], "") for path in paths}


def _messages(
    member: Member, package: _Package, before: int, ledger: Ledger
) -> Generator[SourceItem | Problem, None, int]:
    """Yield the items of a channel; return the number of its last message over all channels."""
    folder = member.name.parent.as_posix().lower()
    number = before
    try:
        for row in _rows(member):
            number += 1
            try:
                if isinstance(row, InputError):
                    raise row
                found = _message(row, package, folder, f"message:{number}")
                if found is None:
                    ledger.leave_out("messages without words")
                else:
                    yield found
            except InputError as damage:
                yield from ledger.fault(damage, f"message:{number}")
    except InputError as damage:
        if not member.cut:
            yield Problem(f"a channel's messages: {damage.fault}", f"message:{number + 1}")
    return number


def _rows(member: Member) -> Iterator[dict[str, str] | InputError]:
    if member.name.suffix.lower() == ".csv":
        for row in rows_of(member, _COLUMNS):
            yield row if isinstance(row, InputError) else row.fields
        return
    for _path, raw in values_at(member.body, frozenset({()})):
        try:
            yield _row(raw)
        except InputError as damage:
            yield damage


def _row(raw: bytes) -> dict[str, str]:
    value = parse(raw.decode("utf-8", "replace"))
    if not isinstance(value, dict):
        raise InputError("not a message")
    found = {}
    for key in ("ID", "Timestamp", "Contents"):
        part = value.get(key)
        if isinstance(part, bool) or not isinstance(part, str | int):
            raise InputError("a message without its id, time or contents")
        found[key.lower()] = str(part)
    return found


def _message(
    row: dict[str, str], package: _Package, folder: str, pointer: str
) -> SourceItem | None:
    text = _EMOJI.sub(r"\1", row["contents"])
    if not text.strip():
        return None
    own, channel = row["id"].strip(), folder.rpartition("/")[2].removeprefix("c")
    if _NUMBER.fullmatch(own) is None:
        raise InputError("a message without its id, time or contents")
    server = package.channels[folder]
    known = _NUMBER.fullmatch(server) is not None
    return item_of(
        "discord",
        native_id=own,
        author=package.author,
        created_at=moment(row["timestamp"]),
        url=f"https://discord.com/channels/{server}/{channel}/{own}" if known else "",
        text=text,
        pointer=pointer,
    )
