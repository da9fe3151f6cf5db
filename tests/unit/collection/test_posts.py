"""posts.jsonl: a damaged line costs itself and nothing else, and its problem quotes nothing."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.files.limits import MAX_LINE, MAX_LISTED, MAX_TEXT
from collection.files.reader import Problem
from collection.reports.posts import PostsReader
from models.consent import PlatformKind
from models.evidence import AccessGate, SourceItem

GOOD: dict[str, object] = {
    "id": "1",
    "created_at": "2024-02-29T23:30:00-05:00",
    "platform": "Reddit",
    "author": "quillon",
    "url": "https://forum.example/1",
    "text": "a canary sentence",
}


def read(path: Path, *lines: bytes | dict[str, object]) -> list[SourceItem | Problem]:
    file = path / "posts.jsonl"
    file.write_bytes(
        b"".join(
            (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n"
            for line in lines
        )
    )
    return list(PostsReader().read(file))


def test_every_field_of_a_line_arrives(tmp_path: Path) -> None:
    (item,) = read(tmp_path, GOOD)
    assert isinstance(item, SourceItem)
    assert item.native_id.reveal() == "1"
    assert item.platform.reveal() == "Reddit"
    assert item.kind is PlatformKind.FORUM
    assert item.author.reveal() == "quillon"
    assert item.created_at == datetime(2024, 3, 1, 4, 30, tzinfo=UTC)
    assert item.url.reveal() == "https://forum.example/1"
    assert item.text.reveal() == "a canary sentence"
    assert item.gate is AccessGate.NONE
    assert item.pointer == "line:1"


@pytest.mark.parametrize("key", ["created_at", "url"])
@pytest.mark.parametrize("present", [True, False])
def test_time_and_address_may_be_missing_or_null(tmp_path: Path, key: str, present: bool) -> None:
    line: dict[str, object] = {k: v for k, v in GOOD.items() if k != key}
    if present:
        line[key] = None
    (item,) = read(tmp_path, line)
    assert isinstance(item, SourceItem)
    assert item.created_at is None or item.url.reveal() == ""


@pytest.mark.parametrize("key", ["id", "platform", "author", "text"])
@pytest.mark.parametrize("value", ["missing", None, 7, ["a"], True])
def test_the_other_fields_are_required_text(tmp_path: Path, key: str, value: object) -> None:
    line: dict[str, object] = GOOD | {key: value}
    if value == "missing":
        del line[key]
    (problem,) = read(tmp_path, line)
    assert isinstance(problem, Problem)
    assert key in problem.fault


@pytest.mark.parametrize("key", ["id", "platform", "author"])
def test_an_author_or_id_of_blanks_is_none(tmp_path: Path, key: str) -> None:
    (problem,) = read(tmp_path, GOOD | {key: " \t"})
    assert isinstance(problem, Problem)


def test_a_post_without_words_is_still_an_item(tmp_path: Path) -> None:
    (item,) = read(tmp_path, GOOD | {"text": ""})
    assert isinstance(item, SourceItem)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"not json, a canary", id="no JSON"),
        pytest.param(b'{"id": "1", "text": "a canary', id="cut"),
        pytest.param(b'["a canary"]', id="no object"),
        pytest.param(json.dumps(GOOD).encode() + b"x", id="something follows"),
        pytest.param(json.dumps(GOOD).encode()[:-1] + b', "id": "2"}', id="key twice"),
        pytest.param(json.dumps(GOOD | {"mood": "canary"}).encode(), id="unknown key"),
        pytest.param(json.dumps(GOOD).encode().replace(b"canary", b"\xff\xfe"), id="not UTF-8"),
        pytest.param(json.dumps(GOOD).encode().replace(b"canary", b"\0"), id="NUL"),
        pytest.param(json.dumps(GOOD | {"text": "canary\0"}).encode(), id="escaped NUL"),
        pytest.param(json.dumps(GOOD | {"text": "c" * (MAX_TEXT + 1)}).encode(), id="long text"),
        pytest.param(b'{"canary": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", id="deep"),
        pytest.param(b'{"id": ' + b"9" * 5_000 + b"}", id="endless number"),
        pytest.param(b'{"id": NaN}', id="no number of JSON"),
        pytest.param(b'"canary"' * (MAX_LINE // 8 + 1), id="endless line"),
    ],
)
def test_a_damaged_line_is_one_problem_between_good_ones(tmp_path: Path, line: bytes) -> None:
    before, problem, after = read(tmp_path, GOOD, line, GOOD)
    assert isinstance(before, SourceItem)
    assert isinstance(after, SourceItem)
    assert after.pointer == "line:3"
    assert isinstance(problem, Problem)
    assert problem.pointer == "line:2"
    assert "canary" not in problem.fault


@pytest.mark.parametrize(
    "stamp",
    [
        *("2024-02-30T10:00:00Z", "2024-13-01T10:00:00Z", "2024-01-01T24:01:00Z", "yesterday", ""),
        *("2024-01-01", "2024-01-01T10:00:00", "2024-01-01T10:00Z", "0000-01-01T00:00:00Z"),
        *(
            "1706745600",
            "٢٠٢٤-٠١-٠١T10:00:00Z",
            "2024-01-01T10:00:00+25:00",
            "2024-W05-1T10:00:00Z",
        ),
        *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-01:00", " 2024-01-01T10:00:00Z"),
    ],
)
def test_what_is_no_time_of_rfc_3339_is_a_problem(tmp_path: Path, stamp: str) -> None:
    (problem,) = read(tmp_path, GOOD | {"created_at": stamp})
    assert isinstance(problem, Problem)


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
        ("2024-02-29t00:00:00.123456789z", datetime(2024, 2, 29, tzinfo=UTC)),
        ("2024-02-29 00:00:00-00:00", datetime(2024, 2, 29, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2024-01-01T05:45:00+05:45", datetime(2024, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_come_in_utc(tmp_path: Path, stamp: str, moment: datetime) -> None:
    (item,) = read(tmp_path, GOOD | {"created_at": stamp})
    assert isinstance(item, SourceItem)
    assert item.created_at == moment


def test_half_a_character_does_not_cost_the_post(tmp_path: Path) -> None:
    (item,) = read(tmp_path, json.dumps(GOOD).encode().replace(b"canary", b"\\ud83d"))
    assert isinstance(item, SourceItem)
    assert item.text.reveal() == "a \ufffd sentence"
    item.text.reveal().encode()


def test_marks_ends_and_blank_lines_of_other_systems_are_fine(tmp_path: Path) -> None:
    found = read(tmp_path, b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r", b"", b"  \r", GOOD)
    assert [item.pointer for item in found] == ["line:1", "line:4"]
    assert all(isinstance(item, SourceItem) for item in found)


def test_a_file_of_nothing_but_damage_is_summed_up(tmp_path: Path) -> None:
    found = read(tmp_path, *[b"x"] * (MAX_LISTED + 5), GOOD)
    assert len(found) == MAX_LISTED + 2
    assert isinstance(found[-2], SourceItem)
    assert found[-1] == Problem("5 more lines are damaged", "file:0")


@given(st.lists(st.binary(max_size=60) | st.text(max_size=60).map(str.encode), max_size=6))
@settings(deadline=None)
def test_no_bytes_crash_the_reader_or_come_back(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    marked = [b'{"canary": "' + line for line in lines]
    for problem in read(tmp_path_factory.mktemp("fuzz"), *marked):
        assert isinstance(problem, Problem)
        assert "canary" not in problem.fault
