"""Discord's package gives what its owner wrote in servers; a conversation is never opened."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collection.exports.discord import DiscordReader
from collection.files.reader import WHOLE_FILE, Problem
from collection.samples.sample_archives_more import as_table, as_zip
from models.consent import PlatformKind
from models.evidence import AccessGate, SourceItem

AT = "2024-02-29 10:00:00"
USER = {"id": "7", "username": "quill", "discriminator": "0", "email": "canary@mail.example"}
OWN = 1_212_345_678_901_234_567


def message(text: Any = "canary", own: Any = OWN, at: Any = AT) -> dict[str, Any]:
    return {"ID": own, "Timestamp": at, "Contents": text, "Attachments": ""}


def channel(kind: Any = "GUILD_TEXT", **more: Any) -> dict[str, Any]:
    return {
        "id": "2",
        "type": kind,
        "name": "canary",
        "guild": {"id": "3", "name": "canary"},
    } | more


def package(
    *messages: Any, about: Any = None, user: Any = USER, top: str = "package/", folder: str = "c2"
) -> dict[str, Any]:
    return {
        f"{top}Account/user.json": user,
        f"{top}Messages/index.json": {"2": "canary"},
        f"{top}Messages/{folder}/messages.json": list(messages),
        f"{top}Messages/{folder}/channel.json": channel() if about is None else about,
    }


def read(tmp_path: Path, files: dict[str, Any]) -> tuple[list[SourceItem], list[Problem]]:
    packed = {
        name: value if isinstance(value, bytes) else json.dumps(value).encode()
        for name, value in files.items()
    }
    path = as_zip(tmp_path / "package.zip", packed)
    assert DiscordReader().accepts(path)
    return found_in(path)


def found_in(path: Path) -> tuple[list[SourceItem], list[Problem]]:
    found = list(DiscordReader().read(path))
    problems = [part for part in found if isinstance(part, Problem)]
    assert not any("canary" in problem.fault for problem in problems)
    return [part for part in found if isinstance(part, SourceItem)], problems


def test_a_message_keeps_its_number_time_author_and_address(tmp_path: Path) -> None:
    (item,), problems = read(tmp_path, package(message("hello")))
    assert problems == []
    assert item.text.reveal() == "hello"
    assert item.native_id.reveal() == str(OWN)
    assert item.author.reveal() == "quill"
    assert item.url.reveal() == f"https://discord.com/channels/3/2/{OWN}"
    assert item.created_at == datetime(2024, 2, 29, 10, tzinfo=UTC)
    assert item.platform.reveal() == "discord"
    assert item.kind is PlatformKind.FORUM
    assert item.gate is AccessGate.GIVEN
    assert item.pointer == "message:1"


@pytest.mark.parametrize("top", ["", "package/", "some folder/"])
@pytest.mark.parametrize("case", [str, str.lower])
def test_capitals_and_a_folder_around_it_do_not_count(tmp_path: Path, top: str, case: Any) -> None:
    files = {case(name): value for name, value in package(message("hello"), top=top).items()}
    (item,), problems = read(tmp_path, files)
    assert (item.author.reveal(), problems) == ("quill", [])


def test_the_older_layout_in_tables_is_read(tmp_path: Path) -> None:
    head = ["ID", "Timestamp", "Contents", "Attachments"]
    stamp = "2019-02-28 10:00:00.123000+00:00"
    files = package(about=channel(0), folder="2", user=USER | {"discriminator": "0420"})
    del files["package/Messages/2/messages.json"]
    table = as_table(head, [[str(OWN), stamp, "one\ntwo", ""], [str(OWN), stamp, "", "file"]])
    (item,), problems = read(tmp_path, files | {"package/Messages/2/messages.csv": table})
    assert item.text.reveal() == "one\ntwo"
    assert item.author.reveal() == "quill#0420"
    assert item.url.reveal() == f"https://discord.com/channels/3/2/{OWN}"
    assert [one.fault for one in problems] == ["left out: messages without words (1)"]


@pytest.mark.parametrize("kind", [0, 5, 11, "GUILD_TEXT", "PUBLIC_THREAD", "GUILD_ANNOUNCEMENT"])
def test_channels_of_servers_are_read(tmp_path: Path, kind: Any) -> None:
    assert len(read(tmp_path, package(message(), about=channel(kind)))[0]) == 1


@pytest.mark.parametrize(
    "about",
    [
        channel(1),
        channel(3),
        channel(12),
        channel("DM"),
        channel("GROUP_DM"),
        channel("PRIVATE_THREAD"),
        channel("canary"),
        channel(None),
        channel(True),
        channel([0]),
        b'{"id": "2", "type": 1, "type": 0}',
        {},
        [],
        b"canary",
        b"",
    ],
)
def test_whatever_is_not_surely_a_servers_is_never_opened(tmp_path: Path, about: Any) -> None:
    """Its packed bytes are damaged: whoever opened them would say so."""
    files = package(message("hello")) | {
        "package/Messages/c9/messages.json": [message()],
        "package/Messages/c9/channel.json": about,
    }
    read(tmp_path, files)
    path = tmp_path / "package.zip"
    body = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("package/Messages/c9/messages.json")
    body[info.header_offset + 30 + len(info.filename)] ^= 0xFF
    path.write_bytes(body)
    items, problems = found_in(path)
    assert [item.text.reveal() for item in items] == ["hello"]
    assert Problem("never opened: files that are private (1)", WHOLE_FILE) in problems
    assert not any("damaged" in one.fault for one in problems)


def test_what_discord_inferred_is_refused_and_activity_stays_shut(tmp_path: Path) -> None:
    files = package(message()) | {
        "package/Activity/analytics/events-2024.json": {"predicted_gender": "canary"},
        "package/Activity/reporting/events-2024.json": {"canary": 1},
        "package/Ads/traits.json": {"canary": 1},
        "package/Servers/index.json": {"3": "canary"},
        "package/README.txt": b"canary",
    }
    items, problems = read(tmp_path, files)
    assert len(items) == 1
    assert [one.fault for one in problems] == [
        "zip: 2 entries refused: what the platform inferred about its user",
        "never opened: files that are private (1)",
    ]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a <:blob:123456789012345678> b", "a :blob: b"),
        ("<a:dance:123456789012345678>", ":dance:"),
        ("<@123456789012345678> hi", "<@123456789012345678> hi"),
        ("\ud83d", "\ufffd"),
    ],
)
def test_custom_emoji_have_their_names(tmp_path: Path, said: str, shown: str) -> None:
    assert read(tmp_path, package(message(said)))[0][0].text.reveal() == shown


@pytest.mark.parametrize(
    "row",
    [
        "canary",
        7,
        None,
        {},
        message(["canary"]),
        message(own="canary"),
        message(own=True),
        message(at="canary"),
        message("canary\0"),
        message("canary" * 40_000),
    ],
)
def test_a_damaged_message_is_one_problem_between_good_ones(tmp_path: Path, row: Any) -> None:
    items, problems = read(tmp_path, package(message("one"), row, message("three")))
    assert [item.pointer for item in items] == ["message:1", "message:3"]
    assert [one.pointer for one in problems] == ["message:2"]


@pytest.mark.parametrize("body", [b"", b"canary", b"[", b"[" * 99_999, b'[{"ID": 1}'])
def test_a_channel_that_is_no_json_costs_itself(tmp_path: Path, body: bytes) -> None:
    files = package(message("hello")) | {
        "package/Messages/c9/messages.json": body,
        "package/Messages/c9/channel.json": channel(),
    }
    items, problems = read(tmp_path, files)
    assert [item.text.reveal() for item in items] == ["hello"]
    assert problems


@pytest.mark.parametrize("user", [b"", b"canary", [], {"username": 7}, {"username": None}])
def test_without_its_owners_name_the_items_have_an_author_that_nobody_disclosed(
    tmp_path: Path, user: Any
) -> None:
    (item,), _ = read(tmp_path, package(message(), user=user))
    assert item.author.reveal() in {"", "7"}


def test_a_channel_of_a_server_that_was_left_has_no_address(tmp_path: Path) -> None:
    about = {"id": "2", "type": 0}
    assert read(tmp_path, package(message(), about=about))[0][0].url.reveal() == ""


def test_archives_of_others_are_not_accepted(tmp_path: Path) -> None:
    for files in ({"messages.json": b"[]"}, {"messages/inbox/message_1.json": b"{}"}, {}):
        assert not DiscordReader().accepts(as_zip(tmp_path / "a.zip", files))


def test_a_cut_package_gives_what_came_before_the_cut(tmp_path: Path) -> None:
    said = [message(f"text {n * 2654435761 % 2**32:x}") for n in range(2_000)]
    files = package(*said)
    files = {name: files[name] for name in sorted(files)}  # the channel before its messages
    read(tmp_path, files)
    path = tmp_path / "package.zip"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    items, problems = found_in(path)
    assert 0 < len(items) < 2_000
    assert Problem("zip: the directory at its end is missing or damaged", WHOLE_FILE) in problems


def test_folders_in_another_language_are_read_and_conversations_in_them_stay_shut(
    tmp_path: Path,
) -> None:
    """The package's folders are named in the language of the account."""
    files = {
        "アカウント/user.json": USER,
        "メッセージ/index.json": {"2": "canary"},
        "メッセージ/c2/channel.json": channel(),
        "メッセージ/c2/messages.json": [message("hello")],
        "メッセージ/c9/channel.json": {"id": "9", "type": "DM", "recipients": ["7", "8"]},
        "メッセージ/c9/messages.json": [message("canary private")],
        "アクティビティ/tns/events-2024-00000-of-00001.json": {"predicted_gender": "canary"},
        "サーバー/3/guild.json": {"id": "3"},
    }
    (item,), problems = read(tmp_path, files)
    assert (item.text.reveal(), item.author.reveal()) == ("hello", "quill")
    assert item.url.reveal() == f"https://discord.com/channels/3/2/{OWN}"
    assert [one.fault for one in problems] == [
        "zip: 1 entry refused: what the platform inferred about its user",
        "never opened: files that are private (2)",
    ]


def test_a_channel_is_its_folders_and_not_that_of_another_with_its_number(tmp_path: Path) -> None:
    """A server's channel does not open a conversation with the same number elsewhere."""
    files = package(message("hello")) | {
        "other/x/c2/messages.json": [message("canary private")],
    }
    items, _ = read(tmp_path, files)
    assert [item.text.reveal() for item in items] == ["hello"]
