"""X's archive gives what its owner posted and left standing, long posts whole, and nothing else."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.exports.x_archive import XReader
from collection.files import zip_members
from collection.files.reader import WHOLE_FILE, Problem
from models.evidence import AccessGate, SourceItem

CANARY = "canary-quill"
ACCOUNT = [{"account": {"username": "quill", "accountId": "7", "email": "q@reef.example"}}]


def tweet(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "tweet": {
            "id_str": str(number),
            "created_at": "Sat Feb 18 12:33:11 +0000 2023",
            "full_text": f"{CANARY} {number}",
            "retweeted": False,
            "in_reply_to_screen_name": "pal",
        }
        | changes
    }


def note(text: str, number: int = 900, at: str = "2023-02-18T12:33:11.000Z") -> dict[str, Any]:
    return {"noteTweet": {"noteTweetId": str(number), "createdAt": at, "core": {"text": text}}}


def script(name: str, value: Any) -> bytes:
    return f"window.{name} = {json.dumps(value, ensure_ascii=False)}".encode()


def tweets(*rows: Any, part: int = 0) -> bytes:
    return script(f"YTD.tweets.part{part}", list(rows))


def archive(folder: Path, files: dict[str, bytes], *, account: bool = True) -> Path:
    path = folder / "twitter-2025-01-01-abc.zip"
    if account:
        files = {"data/account.js": script("YTD.account.part0", ACCOUNT)} | files
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in files.items():
            made.writestr(name, body)
    return path


def read(path: Path) -> tuple[list[SourceItem], list[Problem]]:
    found = list(XReader().read(path))
    problems = [one for one in found if isinstance(one, Problem)]
    assert all(CANARY not in one.fault for one in problems)
    return [one for one in found if isinstance(one, SourceItem)], problems


def faults(path: Path) -> list[str]:
    return [one.fault for one in read(path)[1]]


def test_a_post_comes_with_its_number_time_author_and_address(tmp_path: Path) -> None:
    (item,), problems = read(archive(tmp_path, {"data/tweets.js": tweets(tweet(41))}))
    assert problems == []
    assert item.native_id.reveal() == "41"
    assert item.author.reveal() == "quill"
    assert item.url.reveal() == "https://x.com/quill/status/41"
    assert item.created_at == datetime(2023, 2, 18, 12, 33, 11, tzinfo=UTC)
    assert item.platform.reveal() == "x"
    assert item.gate is AccessGate.GIVEN
    assert item.pointer == "post:1"


def test_parts_are_numbered_on_and_communities_are_read(tmp_path: Path) -> None:
    files = {
        "data/tweets.js": tweets(tweet(1), tweet(2)),
        "data/tweets-part1.js": tweets(tweet(3), part=1),
        "data/community-tweet.js": script("YTD.community_tweet.part0", [tweet(4)]),
    }
    items, _ = read(archive(tmp_path, files))
    assert [item.native_id.reveal() for item in items] == ["1", "2", "3", "4"]
    assert [item.pointer for item in items] == ["post:1", "post:2", "post:3", "post:4"]


@pytest.mark.parametrize("name", ["data/tweet.js", "tweet.js", "twitter-2020/data/tweet.js"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_old_archives_are_read(tmp_path: Path, name: str, wrapped: bool) -> None:
    """`tweet.js`, once at the root, and once without the object around each post."""
    row = tweet(5) if wrapped else tweet(5)["tweet"]
    path = archive(tmp_path, {name: script("YTD.tweet.part0", [row])}, account=False)
    assert XReader().accepts(path)
    (item,), _ = read(path)
    assert item.url.reveal() == "https://x.com/i/status/5"


def test_what_x_escapes_is_read_as_it_was_written_and_only_once(tmp_path: Path) -> None:
    row = tweet(full_text="a &lt;b&gt; &amp;amp; c &eacute;")
    (item,), _ = read(archive(tmp_path, {"data/tweets.js": tweets(row)}))
    assert item.text.reveal() == "a <b> &amp; c &eacute;"


def test_reposts_are_the_words_of_others(tmp_path: Path) -> None:
    rows = [tweet(1, full_text=f"RT @pal: {CANARY}"), tweet(2, full_text="RTFM @pal: mine")]
    items, problems = read(archive(tmp_path, {"data/tweets.js": tweets(*rows)}))
    assert [item.native_id.reveal() for item in items] == ["2"]
    assert [one.fault for one in problems] == ["left out: repeated words of others (1)"]


def test_a_long_post_is_read_whole_under_its_own_number(tmp_path: Path) -> None:
    """Its beginning is in `tweets.js`; `note-tweet.js` has another number, and all the words."""
    long = "The long & winding " + "word " * 80 + "end"
    cut = long[:200].replace("&", "&amp;") + "\u2026 https://t.co/AbCd123"
    files = {
        "data/note-tweet.js": script("YTD.note_tweet.part0", [note(long), note("alone", 901)]),
        "data/tweets.js": tweets(tweet(1, full_text=cut), tweet(2)),
    }
    items, problems = read(archive(tmp_path, files))
    assert [(item.native_id.reveal(), item.pointer) for item in items] == [
        ("1", "post:1"),
        ("2", "post:2"),
        ("901", "note:2"),
    ]
    assert items[0].text.reveal() == long
    assert items[2].created_at == datetime(2023, 2, 18, 12, 33, 11, tzinfo=UTC)
    assert [one.fault for one in problems] == [
        "left out: long posts that were read with their beginnings (1)"
    ]


def test_a_long_post_of_another_second_is_another_post(tmp_path: Path) -> None:
    files = {
        "data/tweets.js": tweets(tweet(1, full_text="Same start\u2026")),
        "data/note-tweet.js": script(
            "YTD.note_tweet.part0", [note("Same start, other day", at="2024-02-18T12:33:11.000Z")]
        ),
    }
    items, _ = read(archive(tmp_path, files))
    assert [item.text.reveal() for item in items] == ["Same start\u2026", "Same start, other day"]


def test_a_text_of_blanks_is_read_in_time_that_grows_with_its_length(tmp_path: Path) -> None:
    """A pattern for the end of a text once took the square of it."""
    files = {
        "data/tweets.js": tweets(tweet(1, full_text="a" + " " * 199_000 + "b")),
        "data/note-tweet.js": script("YTD.note_tweet.part0", [note("other")]),
    }
    assert len(read(archive(tmp_path, files))[0]) == 2


def test_nothing_private_is_opened_and_all_is_counted(tmp_path: Path) -> None:
    files = {"data/tweets.js": tweets(tweet())}
    private = ["direct-messages", "like", "deleted-tweets", "ip-audit", "contact", "grok-chat-item"]
    files |= {f"data/{name}.js": CANARY.encode() for name in private}
    files |= {f"data/{name}.js": CANARY.encode() for name in ("personalization", "ageinfo")}
    files |= {"data/tweets_media/1.jpg": b"", "data/novelty.js": CANARY.encode()}
    items, problems = read(archive(tmp_path, files))
    assert len(items) == 1
    assert sorted(one.fault for one in problems) == [
        "never opened: files that are private (6)",
        "not read: other files (data: 1)",
        "not read: other files (picture: 1)",
        "zip: 2 entries refused: what the platform inferred about its user",
    ]


def test_a_partial_archive_and_missing_posts_are_said(tmp_path: Path) -> None:
    manifest = {
        "userInfo": {"userName": "quill"},
        "archiveInfo": {"isPartialArchive": True},
        "dataTypes": {"tweets": {"files": [{"count": "2"}, {"count": "3"}]}},
    }
    files = {
        "data/manifest.js": script("__THAR_CONFIG", manifest),
        "data/tweets.js": tweets(tweet()),
    }
    path = archive(tmp_path, files, account=False)
    assert read(path)[0][0].author.reveal() == "quill"
    assert faults(path) == [
        "X made this archive in part only",
        "the manifest names 4 posts that are not here",
    ]


@pytest.mark.parametrize(
    "bad",
    [
        7,
        None,
        {"tweet": [CANARY]},
        tweet(id_str=3),
        tweet(id_str=CANARY),
        tweet(full_text=[CANARY]),
        tweet(created_at=CANARY),
        tweet(created_at="Sat Feb 31 12:33:11 +0000 2023"),
        tweet(full_text=f"{CANARY}\0"),
        tweet(full_text="x" * 200_001),
    ],
)
def test_a_bad_row_costs_only_itself(tmp_path: Path, bad: Any) -> None:
    path = archive(tmp_path, {"data/tweets.js": tweets(tweet(1), bad, tweet(3))})
    items, problems = read(path)
    assert [item.native_id.reveal() for item in items] == ["1", "3"]
    assert [one.pointer for one in problems] == ["post:2"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"window.YTD.tweets.part0",
        b"alert(1)",
        b"window.YTD.tweets.part0 = {}",
        b"window.YTD.tweets.part0 = [" + b"[" * 100_000,
        b'window.YTD.tweets.part0 = [{"tweet": {"id_str": "1", "id_str": "2"}}]',
        b"\xff\xfe\x00",
    ],
)
def test_a_file_that_is_no_list_is_one_problem(tmp_path: Path, body: bytes) -> None:
    path = archive(tmp_path, {"data/tweets.js": body})
    items, problems = read(path)
    assert items == []
    assert [one.pointer for one in problems] == ["post:1"]


def test_half_characters_become_a_mark(tmp_path: Path) -> None:
    body = tweets(tweet()).replace(CANARY.encode(), rb"\ud83d half")
    (item,), _ = read(archive(tmp_path, {"data/tweets.js": body}))
    assert item.text.reveal() == "\ufffd half 1"


def test_the_second_file_of_a_name_is_said_and_not_read(tmp_path: Path) -> None:
    path = archive(tmp_path, {"data/tweets.js": tweets(tweet(1))})
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as made:
        made.writestr("data/tweets.js", tweets(tweet(2)))
    items, problems = read(path)
    assert [item.native_id.reveal() for item in items] == ["1"]
    assert Problem("files of the same name; the first of each counts", WHOLE_FILE) in problems


def test_a_cut_archive_keeps_what_came_whole(tmp_path: Path) -> None:
    rows = [tweet(number) for number in range(1, 400)]
    path = archive(tmp_path, {"data/tweets.js": tweets(*rows)})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert XReader().accepts(path)
    items, problems = read(path)
    assert 0 < len(items) < 399
    assert [one.fault for one in problems] == [
        "zip: the directory at its end is missing or damaged"
    ]


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_members, "MAX_MEMBER", 1_000_000)
    path = archive(tmp_path, {"data/tweets.js": b" " * 2_000_000})
    assert "zip: grows beyond the limit" in faults(path)


def test_another_archive_is_not_accepted(tmp_path: Path) -> None:
    assert not XReader().accepts(archive(tmp_path, {"posts.json": b"[]"}, account=False))
    (tmp_path / "tweets.js").write_text("export const tweets = []")
    assert not XReader().accepts(tmp_path / "tweets.js")
    (tmp_path / "app.js").write_bytes(tweets())
    assert not XReader().accepts(tmp_path / "app.js")


@settings(max_examples=50, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60))
def test_any_words_come_back_as_they_were_written(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shown = "m " + text
    written = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    folder = tmp_path_factory.mktemp("x")
    (item,), _ = read(archive(folder, {"data/tweets.js": tweets(tweet(full_text=written))}))
    assert item.text.reveal() == shown


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b'"id_str": "2"', b'"id_str": "2", "id_str": "2"'),
        (b'"2023"', b"NaN"),
        (f"{CANARY} 2".encode(), f"{CANARY}\n2".encode()),
        (b'"id_str": "2"', b'"id_str": ' + b"9" * 5_000),
        (b'"id_str": "2"', b'"x": ' + b"[" * 20_000 + b"]" * 20_000),
        (b'"id_str": "2",', b'"id_str" "2"'),
    ],
)
def test_a_row_that_is_no_strict_json_costs_only_itself(
    tmp_path: Path, good: bytes, bad: bytes
) -> None:
    """It ends where its brackets do; the posts behind it are as good as before."""
    body = tweets(tweet(1), tweet(2, year="2023"), tweet(3))
    assert good in body
    items, problems = read(archive(tmp_path, {"data/tweets.js": body.replace(good, bad)}))
    assert [item.native_id.reveal() for item in items] == ["1", "3"]
    assert [one.pointer for one in problems] == ["post:2"]


LONG = "The long and winding " + "word " * 80 + "end"
CUT = LONG[:200] + "\u2026"


@pytest.mark.parametrize(
    ("begun", "at", "whole"),
    [
        (CUT, "2023-02-18T12:33:12.034Z", True),
        (CUT, "2023-02-18T12:33:08.999Z", True),
        (CUT, "2023-02-18T12:33:30.000Z", False),
        (f"@pal @mate {CUT} https://t.co/AbCd123", "2023-02-18T12:33:11.000Z", True),
        ("The long", "2023-02-18T12:33:12.000Z", False),
        ("@pal The long", "2023-02-18T12:33:11.000Z", False),
    ],
)
def test_a_long_post_is_found_some_seconds_off_and_behind_the_names_of_a_reply(
    tmp_path: Path, begun: str, at: str, whole: bool
) -> None:
    """But only by the mark of a cut: two posts of one minute may begin alike."""
    files = {
        "data/tweets.js": tweets(tweet(1, full_text=begun)),
        "data/note-tweet.js": script("YTD.note_tweet.part0", [note(LONG, at=at)]),
    }
    items, _ = read(archive(tmp_path, files))
    assert [item.text.reveal() for item in items] == ([LONG] if whole else [begun, LONG])


def test_of_an_edited_post_the_last_version_stands(tmp_path: Path) -> None:
    numbers = {"editTweetIds": ["1", "2"]}
    rows = [
        tweet(1, edit_info={"initial": numbers}),
        tweet(2, edit_info={"edit": {"initialTweetId": "1", "editControlInitial": numbers}}),
        tweet(3, edit_info={"initial": {"editTweetIds": ["3"]}}),
        tweet(4, edit_info={"initial": {"editTweetIds": ["8", "9"]}}),
        tweet(5, edit_info=None),
    ]
    items, problems = read(archive(tmp_path, {"data/tweets.js": tweets(*rows)}))
    assert [item.native_id.reveal() for item in items] == ["2", "3", "4", "5"]
    assert [one.fault for one in problems] == ["left out: earlier versions of edited posts (1)"]


def test_where_the_account_cannot_be_read_the_manifest_names_the_author(tmp_path: Path) -> None:
    files = {
        "data/account.js": script("YTD.account.part0", [{"account": {"username": 5}}]),
        "data/manifest.js": script("__THAR_CONFIG", {"userInfo": {"userName": "quill"}}),
        "data/tweets.js": tweets(tweet()),
    }
    (item,), _ = read(archive(tmp_path, files, account=False))
    assert item.author.reveal() == "quill"
