"""TikTok's copy gives comments, titles of public posts and the profile's text, and nothing else."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.exports.tiktok import TikTokReader
from collection.files.json_walk import values_at
from collection.files.reader import WHOLE_FILE, Problem
from collection.samples.sample_archives_more import as_zip
from models.consent import PlatformKind
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

AT = "2024-02-29 10:00:00"
SHARE = "https://www.tiktokv.com/share/video/7112223334445556667/"


def comment(text: Any = "canary", **changes: Any) -> dict[str, Any]:
    return {"date": AT, "comment": text} | changes


def post(text: Any = "canary", **changes: Any) -> dict[str, Any]:
    return {
        "Date": AT,
        "Link": SHARE,
        "Likes": "3",
        "WhoCanView": "Public",
        "Title": text,
    } | changes


def profile(kind: str = "Profile Info", **fields: Any) -> dict[str, Any]:
    return {kind: {"ProfileMap": {"userName": "quill", "birthDate": "canary"} | fields}}


def new(comments: Any = (), posts: Any = (), **more: Any) -> dict[str, Any]:
    return {
        "Comment": {"Comments": {"App": 1, "CommentsList": comments}},
        "Post": {"Posts": {"VideoList": posts}},
        "Profile": profile(),
    } | more


def old(comments: Any = (), posts: Any = ()) -> dict[str, Any]:
    return {
        "Activity": {"Video Browsing History": {"VideoList": [{"Date": AT, "Link": "canary"}]}},
        "Comment": {"Comments": {"CommentsList": comments}},
        "Profile": profile("Profile Information"),
        "Video": {"Videos": {"VideoList": posts}},
    }


def read(path: Path) -> tuple[list[SourceItem], list[Problem]]:
    assert TikTokReader().accepts(path)
    found = list(TikTokReader().read(path))
    problems = [part for part in found if isinstance(part, Problem)]
    assert not any("canary" in problem.fault for problem in problems)
    return [part for part in found if isinstance(part, SourceItem)], problems


def read_value(tmp_path: Path, value: Any) -> tuple[list[SourceItem], list[Problem]]:
    path = tmp_path / "user_data_tiktok.json"
    path.write_text(json.dumps(value))
    return read(path)


@pytest.mark.parametrize("layout", [old, new])
def test_comments_and_titles_of_both_layouts_are_read(tmp_path: Path, layout: Any) -> None:
    items, problems = read_value(tmp_path, layout([comment("one")], [post("two")]))
    assert problems == []
    said, shown = items
    assert [said.text.reveal(), shown.text.reveal()] == ["one", "two"]
    assert {item.author.reveal() for item in items} == {"quill"}
    assert {item.created_at for item in items} == {datetime(2024, 2, 29, 10, tzinfo=UTC)}
    assert said.url.reveal() == ""
    assert shown.native_id.reveal() == "7112223334445556667"
    assert shown.url.reveal() == "https://www.tiktok.com/@quill/video/7112223334445556667"
    assert {item.kind for item in items} == {PlatformKind.VIDEO}
    assert {item.gate for item in items} == {AccessGate.GIVEN}
    assert [item.pointer for item in items] == ["comment:1", "post:1"]


def test_capital_names_and_the_short_path_are_read_too(tmp_path: Path) -> None:
    value = {"Comment": {"CommentsList": [{"Date": AT, "Comment": "one"}]}}
    (item,), problems = read_value(tmp_path, value)
    assert (item.text.reveal(), item.author.reveal(), problems) == ("one", "", [])


def test_the_author_is_known_though_the_profile_stands_last(tmp_path: Path) -> None:
    value = {"Comment": {"CommentsList": [comment("one")]}, "Profile": profile()}
    assert read_value(tmp_path, value)[0][0].author.reveal() == "quill"


def test_the_profiles_text_has_no_time(tmp_path: Path) -> None:
    (item,), _ = read_value(tmp_path, new(Profile=profile(bioDescription="I bake.")))
    assert (item.text.reveal(), item.created_at) == ("I bake.", None)
    assert item.pointer == "profile:1"


@pytest.mark.parametrize(
    ("to", "kept", "why"),
    [
        ("Public", 1, []),
        ("Everyone", 1, []),
        ("Friends", 0, ["left out: posts that were not public (1)"]),
        ("Only me", 0, ["left out: posts that were not public (1)"]),
        (None, 0, ["left out: posts whose audience the export does not state (1)"]),
    ],
)
def test_only_public_posts_are_read(tmp_path: Path, to: Any, kept: int, why: list[str]) -> None:
    items, problems = read_value(tmp_path, new((), [post(WhoCanView=to)]))
    assert len(items) == kept
    assert [one.fault for one in problems] == why


def test_posts_of_the_old_layout_without_a_title_have_no_words(tmp_path: Path) -> None:
    row = {"Date": AT, "Link": SHARE, "Likes": "0", "WhoCanView": "Public"}
    items, problems = read_value(tmp_path, old([comment("")], [row]))
    assert items == []
    assert [one.fault for one in problems] == [
        "left out: comments without words (1)",
        "left out: posts without words (1)",
    ]


def test_what_is_private_is_passed_over_even_where_it_is_damaged(tmp_path: Path) -> None:
    """No value is made of it: a list that no JSON reader would take is skipped by its brackets."""
    path = tmp_path / "user_data.json"
    path.write_bytes(
        b'{"Direct Messages": {"Chat History": {"ChatHistory": {"canary": [\xff, NaN, tru]}}},'
        b'"Your Activity": {"Searches": {"SearchList": [{"a" 1}]}},'
        b'"Comment": {"Comments": {"CommentsList": ['
        + json.dumps(comment("one")).encode()
        + b"]}}}"
    )
    items, problems = read(path)
    assert [item.text.reveal() for item in items] == ["one"]
    assert problems == []


@pytest.mark.parametrize("empty", [None, {}, []])
def test_an_empty_list_is_written_in_several_ways(tmp_path: Path, empty: Any) -> None:
    assert read_value(tmp_path, new(empty, empty)) == ([], [])


@pytest.mark.parametrize(
    "row",
    [
        "canary",
        7,
        comment(["canary"]),
        comment(date="canary"),
        comment(date=None),
        comment(date=20240229),
        comment("canary\0"),
        comment("canary" * 40_000),
    ],
)
def test_a_damaged_row_is_one_problem_between_good_ones(tmp_path: Path, row: Any) -> None:
    items, problems = read_value(tmp_path, new([comment("one"), row, comment("three")]))
    assert [item.pointer for item in items] == ["comment:1", "comment:3"]
    assert [one.pointer for one in problems] == ["comment:2"]


def test_bytes_that_are_no_text_cost_their_row(tmp_path: Path) -> None:
    path = tmp_path / "user_data.json"
    body = json.dumps(new([comment("one"), comment("two")])).encode()
    path.write_bytes(body.replace(b'"two"', b'"\xff"'))
    items, problems = read(path)
    assert [item.text.reveal() for item in items] == ["one"]
    assert problems == [Problem("not UTF-8", "comment:2")]


def test_half_characters_and_a_mark_at_the_beginning_are_borne(tmp_path: Path) -> None:
    path = tmp_path / "user_data.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(new([comment("\ud83d")])).encode())
    assert read(path)[0][0].text.reveal() == "\ufffd"


@pytest.mark.parametrize(
    "body", [b"", b"canary", b"[", b'{"a": ' + b"[" * 99_999, b"{} {}", b'{"a": [}', b'{"a": "']
)
def test_a_file_that_is_none_is_one_problem(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "user_data.json"
    path.write_bytes(body)
    items, problems = read(path)
    assert items == []
    assert [one.pointer for one in problems] == [WHOLE_FILE]


def test_deep_nesting_costs_its_row(tmp_path: Path) -> None:
    deep = b'{"comment": ' + b"[" * 99_999 + b"]" * 99_999 + b"}"
    path = tmp_path / "user_data.json"
    rows = b",".join([json.dumps(comment("one")).encode(), deep])
    path.write_bytes(b'{"Comment": {"CommentsList": [' + rows + b"]}}")
    items, problems = read(path)
    assert len(items) == 1
    assert problems == [Problem("JSON nests too deeply", "comment:2")]


def test_a_cut_file_gives_what_came_before_the_cut(tmp_path: Path) -> None:
    body = json.dumps(new([comment(f"text {n}") for n in range(50)])).encode()
    path = tmp_path / "user_data.json"
    counts = []
    for size in range(0, len(body), len(body) // 30):
        path.write_bytes(body[:size])
        items, problems = read(path)
        counts.append(len(items))
        assert len(problems) == 1
    assert counts == sorted(counts)
    assert 0 < counts[15] < 50


def test_a_zip_is_read_and_its_other_files_counted(tmp_path: Path) -> None:
    files = {
        "user_data_tiktok.json": json.dumps(new([comment("one")])).encode(),
        "Direct Messages/canary.txt": b"canary",
        "canary.mov": b"",
    }
    items, problems = read(as_zip(tmp_path / "TikTok.zip", files))
    assert len(items) == 1
    assert [one.fault for one in problems] == [
        "never opened: files that are private (1)",
        "not read: other files (film: 1)",
    ]


def test_files_of_others_are_not_accepted(tmp_path: Path) -> None:
    (tmp_path / "posts.json").write_text("{}")
    assert not TikTokReader().accepts(tmp_path / "posts.json")
    assert not TikTokReader().accepts(as_zip(tmp_path / "a.zip", {"posts.json": b"{}"}))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(
    before=VALUES, rows=st.lists(VALUES, max_size=5), after=VALUES, indent=st.none() | st.just(2)
)
def test_a_walk_finds_what_loading_finds(
    before: Any, rows: list[Any], after: Any, indent: int | None
) -> None:
    value = {"x": before, "a": {"y": before, "b": rows, "z": after}, "c": after}
    body = json.dumps(value, indent=indent).encode()
    found = [json.loads(raw) for _path, raw in values_at(body, {("a", "b")})]
    assert found == rows


@given(st.binary(max_size=200))
def test_a_walk_through_anything_ends(body: bytes) -> None:
    with suppress(InputError):
        assert all(raw in body for _path, raw in values_at(body, {("a", "b"), ()}))


def test_the_profile_may_stand_beside_the_settings(tmp_path: Path) -> None:
    """Else the newest copies have no author, and nothing in them is the applicant's."""
    value = {"Profile And Settings": profile(), "Comment": {"CommentsList": [comment("one")]}}
    assert read_value(tmp_path, value)[0][0].author.reveal() == "quill"
