"""Of Google's export only YouTube comments and live chats are opened; all else stays shut."""

import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.exports.export_members import Ledger
from collection.exports.takeout import TakeoutReader
from collection.exports.youtube import YouTubeReader, items_of_table
from collection.files.members import Member
from collection.files.reader import WHOLE_FILE, Problem
from collection.samples.sample_archives_more import as_table, as_zip
from models.consent import PlatformKind
from models.evidence import AccessGate, SourceItem

FOLDER = "Takeout/YouTube and YouTube Music"
COMMENTS = f"{FOLDER}/comments/comments.csv"
CHATS = f"{FOLDER}/live chats/live chats.csv"
OLD = ["Comment ID", "Channel ID", "Comment create timestamp", "Price", "Parent comment ID"]
OLD += ["Video ID", "Comment text"]
NEW = ["Comment ID", "Channel ID", "Comment Create Timestamp", "Price", "Parent Comment ID"]
NEW += ["Post ID", "Video ID", "Comment Text", "Top-Level Comment ID"]
CHAT = ["Live Chat ID", "Channel ID", "Live Chat Create Timestamp", "Price", "Video ID"]
CHAT += ["Live Chat Text"]
AT = "2024-02-29T10:00:00.434647+00:00"
VIDEO = "WtOskFeLmr4"


def old(text: str = "canary", at: str = AT, own: str = "Ugx1") -> list[str]:
    return [own, "UCquill", at, "0", "", VIDEO, text]


def new(text: str = "canary", at: str = AT, own: str = "Ugx1", **more: str) -> list[str]:
    return [own, "UCquill", at, "0", "", more.get("post", ""), more.get("video", VIDEO), text, ""]


def parts(*texts: str) -> str:
    return ",".join(json.dumps({"text": text}) for text in texts)


def read(path: Path, reader: Any = None) -> tuple[list[SourceItem], list[Problem]]:
    reader = reader or TakeoutReader()
    assert reader.accepts(path)
    found = list(reader.read(path))
    problems = [part for part in found if isinstance(part, Problem)]
    assert not any("canary" in problem.fault for problem in problems)
    return [part for part in found if isinstance(part, SourceItem)], problems


def comments(tmp_path: Path, *rows: list[str]) -> tuple[list[SourceItem], list[Problem]]:
    head = NEW if rows and len(rows[0]) == len(NEW) else OLD
    return read(as_zip(tmp_path / "takeout.zip", {COMMENTS: as_table(head, rows)}))


@pytest.mark.parametrize("row", [old, new])
def test_a_comment_of_either_layout_keeps_its_number_time_and_address(
    tmp_path: Path, row: Any
) -> None:
    (item,), problems = comments(tmp_path, row("hello"))
    assert problems == []
    assert item.text.reveal() == "hello"
    assert item.native_id.reveal() == "Ugx1"
    assert item.author.reveal() == "UCquill"
    assert item.url.reveal() == f"https://www.youtube.com/watch?v={VIDEO}&lc=Ugx1"
    assert item.created_at == datetime(2024, 2, 29, 10, tzinfo=UTC)
    assert item.platform.reveal() == "youtube"
    assert item.kind is PlatformKind.VIDEO
    assert item.gate is AccessGate.GIVEN
    assert item.pointer == "comment:1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello", "hello"),
        ("123", "123"),
        (parts("hello"), "hello"),
        (parts("hello ", "there"), "hello there"),
        ('{"text":"a "},{"text":"@pal","mention":{"externalChannelId":"UCx"}}', "a @pal"),
        ('{"takeoutSegments":[{"text":"one "},{"text":"two"}]}', "one two"),
        ('{"link":{"linkUrl":"https://x.example/a"}}', "https://x.example/a"),
        ('{"text":"a\\r\\nb"}', "a\r\nb"),
        ('{"text":"\\ud83d"}', "\ufffd"),
        ("{curly} words", "{curly} words"),
    ],
)
def test_the_segments_of_a_comment_are_one_text(tmp_path: Path, text: str, said: str) -> None:
    assert comments(tmp_path, new(text))[0][0].text.reveal() == said


@pytest.mark.parametrize(
    "row",
    [
        new('{"text":"canary'),
        new('{"text":["canary"]}'),
        new('{"text":"canary"},"canary"'),
        new('{"takeoutSegments":"canary"}'),
        new(at="canary"),
        new(own=""),
        new("canary\0"),
        ["canary"],
    ],
)
def test_a_damaged_row_is_one_problem_between_good_ones(tmp_path: Path, row: list[str]) -> None:
    items, problems = comments(tmp_path, new("one"), row, new("three"))
    assert [item.pointer for item in items] == ["comment:1", "comment:3"]
    assert [one.pointer for one in problems] == ["comment:2"]


@pytest.mark.parametrize(
    ("more", "url"),
    [
        ({"video": "", "post": "Ugkx1"}, "https://www.youtube.com/post/Ugkx1?lc=Ugx1"),
        ({"video": ""}, ""),
        ({"video": "canary&x=1"}, ""),
    ],
)
def test_a_comment_is_under_a_video_or_a_post(
    tmp_path: Path, more: dict[str, str], url: str
) -> None:
    assert comments(tmp_path, new(**more))[0][0].url.reveal() == url


def test_split_tables_and_live_chats_are_read_and_numbered_on(tmp_path: Path) -> None:
    chat = [["chat-1", "UCquill", AT, "0", VIDEO, parts("good evening")]]
    files = {
        COMMENTS: as_table(NEW, [new("one")]),
        COMMENTS.replace(".csv", "(1).csv"): as_table(NEW, [new("two")]),
        CHATS: as_table(CHAT, chat),
    }
    items, problems = read(as_zip(tmp_path / "takeout.zip", files))
    assert problems == []
    assert [(item.pointer, item.text.reveal()) for item in items] == [
        ("comment:1", "one"),
        ("comment:2", "two"),
        ("chat:1", "good evening"),
    ]
    assert items[2].url.reveal() == f"https://www.youtube.com/watch?v={VIDEO}"


PRIVATE = (
    "Takeout/Mail/All mail Including Spam and Trash.mbox",
    "Takeout/My Activity/Search/MyActivity.json",
    "Takeout/Location History/Records.json",
    f"{FOLDER}/history/watch-history.json",
    f"{FOLDER}/history/search-history.json",
    f"{FOLDER}/playlists/canary.csv",
    "Takeout/Some Product/comments/comments.csv",
)


def test_everything_else_is_counted_and_never_opened(tmp_path: Path) -> None:
    files = {COMMENTS: as_table(NEW, [new()]), **dict.fromkeys(PRIVATE, b"canary")}
    path = as_zip(tmp_path / "takeout.zip", files | {"Takeout/archive_browser.html": b"x"})
    items, problems = read(path)
    assert len(items) == 1
    assert problems == [
        Problem(f"never opened: files that are private ({len(PRIVATE)})", WHOLE_FILE),
        Problem("not read: other files (page: 1)", WHOLE_FILE),
    ]


def test_an_export_without_youtube_is_known_and_gives_nothing(tmp_path: Path) -> None:
    items, problems = read(as_zip(tmp_path / "takeout.zip", {PRIVATE[0]: b"canary"}))
    assert items == []
    assert problems == [Problem("never opened: files that are private (1)", WHOLE_FILE)]


def test_an_inference_is_refused_as_such(tmp_path: Path) -> None:
    files = {COMMENTS: as_table(NEW, [new()]), "Takeout/My Ad Center/interests.json": b"canary"}
    assert [one.fault for one in read(as_zip(tmp_path / "takeout.zip", files))[1]] == [
        "zip: 1 entry refused: what the platform inferred about its user"
    ]


def test_a_tgz_is_read_too(tmp_path: Path) -> None:
    body = as_table(NEW, [new("hello")])
    with tarfile.open(tmp_path / "takeout.tgz", "w:gz") as archive:
        info = tarfile.TarInfo(COMMENTS)
        info.size = len(body)
        archive.addfile(info, io.BytesIO(body))
    assert len(read(tmp_path / "takeout.tgz")[0]) == 1


def test_a_table_of_another_language_is_said(tmp_path: Path) -> None:
    items, problems = read(as_zip(tmp_path / "t.zip", {COMMENTS: b"Kommentar-ID,Kanal-ID\n1,2\n"}))
    assert items == []
    assert problems == [Problem("a table with columns that are not known", WHOLE_FILE)]


def test_a_table_alone_is_known_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "comments(2).csv"
    path.write_bytes(as_table(OLD, [old("hello"), old("")]))
    items, problems = read(path, YouTubeReader())
    assert len(items) == 1
    assert [one.fault for one in problems] == ["left out: comments without words (1)"]
    path.write_bytes(b"id,permalink,date,ip,subreddit\n")
    assert not YouTubeReader().accepts(path)
    other = tmp_path / "other.csv"
    other.write_bytes(as_table(OLD, []))
    assert not YouTubeReader().accepts(other)


def test_archives_of_others_are_not_accepted(tmp_path: Path) -> None:
    for files in ({"comments.csv": b""}, {"takeout": b""}, {}):
        assert not TakeoutReader().accepts(as_zip(tmp_path / "a.zip", files))


@given(st.binary(max_size=300))
def test_any_bytes_come_to_problems(body: bytes) -> None:
    from pathlib import PurePosixPath

    table = as_table(NEW, [new("hello")]) + body
    found = list(items_of_table(Member(PurePosixPath("comments.csv"), table), 0, Ledger("rows")))
    assert isinstance(found[0], SourceItem) or b'"' in body


def test_youtube_in_another_language_is_said_and_not_taken_for_private(tmp_path: Path) -> None:
    """Counted with mail and searches, nobody would ask for the comments again."""
    files = {
        "Takeout/YouTube und YouTube Music/Kommentare/Kommentare.csv": b"canary\n1\n",
        "Takeout/E-Mail/x.mbox": b"canary",
    }
    items, problems = read(as_zip(tmp_path / "t.zip", files))
    assert items == []
    assert [one.fault for one in problems] == [
        "never opened: files that are private (2)",
        "YouTube's folder has a name in another language: its comments were not read;"
        " ask for the export in English",
    ]


@pytest.mark.parametrize("name", [".", "./", "/", "Takeout", "./Takeout/."])
def test_an_entry_without_a_name_ends_nothing(tmp_path: Path, name: str) -> None:
    """Damaged archives have such entries: what else is in them is read."""
    path = as_zip(tmp_path / "takeout.zip", {COMMENTS: as_table(OLD, [old()]), name: b""})
    items, _ = read(path)
    assert [item.text.reveal() for item in items] == ["canary"]


@pytest.mark.parametrize("name", [".", "./"])
def test_a_tar_entry_without_a_name_ends_nothing(tmp_path: Path, name: str) -> None:
    path = tmp_path / "takeout.tar"
    with tarfile.open(path, "w") as archive:
        for one, body in ((name, b""), (COMMENTS, as_table(OLD, [old()]))):
            info = tarfile.TarInfo("x")
            info.name, info.size = one, len(body)
            archive.addfile(info, io.BytesIO(body))
    items, _ = read(path)
    assert [item.text.reveal() for item in items] == ["canary"]
