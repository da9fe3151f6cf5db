"""Reddit's export gives posts and comments by the names of their columns, and no other table."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.exports.reddit import RedditReader
from collection.files.reader import Problem
from models.evidence import AccessGate, SourceItem

CANARY = "canary-quill"
COMMENTS = ["id", "permalink", "date", "ip", "subreddit", "gildings", "link", "parent", "body"]
POSTS = ["id", "permalink", "date", "ip", "subreddit", "gildings", "title", "url", "body"]
LINK = "https://www.reddit.com/r/lakes/comments/a1/calm/"


def table(columns: list[str], *rows: list[str]) -> bytes:
    made = io.StringIO(newline="")
    csv.writer(made).writerows([columns, *rows])
    return made.getvalue().encode("utf-8", "surrogatepass")


def comment(
    number: str = "c1", body: str = CANARY, date: str = "2025-05-18 04:35:32 UTC"
) -> list[str]:
    return [number, f"{LINK}{number}/", date, "192.0.2.1", "lakes", "0", LINK, "", body]


def post(number: str = "p1", title: str = "Title", body: str = CANARY) -> list[str]:
    url = "https://news.example/others"
    return [
        number,
        "/r/lakes/comments/p1/t/",
        "2025-05-18 04:35:32 UTC",
        "",
        "lakes",
        "0",
        title,
        url,
        body,
    ]


def export(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "export_quill.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, body in files.items():
            made.writestr(name, body)
    return path


def read(path: Path) -> tuple[list[SourceItem], list[str]]:
    found = list(RedditReader().read(path))
    said = [one.fault for one in found if isinstance(one, Problem)]
    assert all(CANARY not in fault for fault in said)
    return [one for one in found if isinstance(one, SourceItem)], said


STATISTICS = b"statistic,value\r\nexport time,x\r\naccount name,quill\r\nemail,q@reef.example\r\n"


def test_posts_and_comments_come_with_number_time_author_and_address(tmp_path: Path) -> None:
    files = {
        "comments.csv": table(COMMENTS, comment(body='a,\r\n\r\n"quoted" line')),
        "posts.csv": table(POSTS, post(body="")),
        "statistics.csv": STATISTICS,
    }
    path = export(tmp_path, files)
    assert RedditReader().accepts(path)
    (said, posted), problems = read(path)
    assert problems == []
    assert said.text.reveal() == 'a,\r\n\r\n"quoted" line'
    assert said.native_id.reveal() == "t1_c1"
    assert said.url.reveal() == f"{LINK}c1/"
    assert said.created_at == datetime(2025, 5, 18, 4, 35, 32, tzinfo=UTC)
    assert said.author.reveal() == "quill"
    assert said.pointer == "comment:1"
    assert said.gate is AccessGate.GIVEN
    assert posted.native_id.reveal() == "t3_p1"
    assert posted.text.reveal() == "Title"
    assert posted.url.reveal() == "https://www.reddit.com/r/lakes/comments/p1/t/"


@pytest.mark.parametrize("more", [[], ["media"], ["gildings_silver", "media"]])
def test_columns_are_found_by_name(tmp_path: Path, more: list[str]) -> None:
    body = table([*more, *COMMENTS], [*([""] * len(more)), *comment(body="mine")])
    (item,), _ = read(export(tmp_path, {"comments.csv": body}))
    assert item.text.reveal() == "mine"


def test_what_was_deleted_is_not_taken(tmp_path: Path) -> None:
    rows = [comment("c1", "[deleted]"), comment("c2", " [removed] "), comment("c3", "")]
    items, said = read(export(tmp_path, {"comments.csv": table(COMMENTS, *rows)}))
    assert items == []
    assert said == [
        "left out: posts without words (1)",
        "left out: what was deleted or removed (2)",
    ]


def test_nothing_private_is_opened_and_all_is_counted(tmp_path: Path) -> None:
    names = [
        "ip_logs.csv",
        "post_votes.csv",
        "hidden_posts.csv",
        "linked_phone_number.csv",
        "messages_archive.csv",
        "drafts.csv",
        "inferred_interests.csv",
        "novelty.csv",
    ]
    files = {"comments.csv": table(COMMENTS, comment(body="x"))}
    items, said = read(export(tmp_path, files | dict.fromkeys(names, CANARY.encode())))
    assert len(items) == 1
    assert sorted(said) == [
        "never opened: files that are private (6)",
        "not read: other files (table: 1)",
        "zip: 1 entry refused: what the platform inferred about its user",
    ]


def test_a_law_enforcement_return_with_escapes_is_read_as_letters(tmp_path: Path) -> None:
    body = table(COMMENTS, comment(body=r"caf\u00e9 \ud83d\ude00"))
    (item,), said = read(export(tmp_path, {"comments.csv": body}))
    assert item.text.reveal() == "caf\u00e9 \U0001f600"
    assert said == [r"letters written as \uXXXX were read as letters"]


@pytest.mark.parametrize(
    "text", [r"one \u00e9", "\u00fc \\u00e9 \\u00e8", r"\u00e9 \u00e8 \n", r"\u0022 \u000a"]
)
def test_escapes_that_somebody_wrote_stay(tmp_path: Path, text: str) -> None:
    (item,), said = read(export(tmp_path, {"comments.csv": table(COMMENTS, comment(body=text))}))
    assert item.text.reveal() == text
    assert said == []


@pytest.mark.parametrize(
    "bad",
    [
        comment(number=" "),
        comment(date="18.05.2025"),
        comment(date="2025-02-31 04:35:32 UTC"),
        comment(body=f"{CANARY}\0"),
        [*comment(), CANARY],
        comment()[:4],
        comment(body="x" * 200_001),
    ],
)
def test_a_bad_row_costs_only_itself(tmp_path: Path, bad: list[str]) -> None:
    body = table(COMMENTS, comment("a", "1"), bad, comment("b", "3"))
    items, said = read(export(tmp_path, {"comments.csv": body}))
    assert [item.text.reveal() for item in items if item.text.reveal() != CANARY] == ["1", "3"]
    assert len(said) == 1


@pytest.mark.parametrize("body", [b"", b"a,b\n1,2\n", b"\0" * 9, b"id,id\n", b'"' * 1001])
def test_a_table_of_another_kind_gives_nothing(tmp_path: Path, body: bytes) -> None:
    assert read(export(tmp_path, {"comments.csv": body}))[0] == []


def test_a_table_cut_within_quotes_says_so(tmp_path: Path) -> None:
    body = table(COMMENTS, comment("a", "1")) + b'c2,x,"never closed ' + CANARY.encode()
    items, said = read(export(tmp_path, {"comments.csv": body}))
    assert [item.text.reveal() for item in items] == ["1"]
    assert said


def test_an_export_that_was_thinned_out_is_still_known(tmp_path: Path) -> None:
    """An applicant may hand over the tables alone; others have a `comments.csv` too."""
    path = export(tmp_path, {"comments.csv": table(COMMENTS, comment())})
    assert RedditReader().accepts(path)
    other = {"comments.csv": b"Comment ID,Channel ID,Comment Text\n", "posts.csv": b"Date,Link\n"}
    assert not RedditReader().accepts(export(tmp_path, other))


@settings(max_examples=50, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0\\"), min_size=1))
def test_any_words_come_back_as_they_were_written(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("reddit")
    body = table(COMMENTS, comment(body=f"m{text}"))
    (item,), _ = read(export(folder, {"comments.csv": body}))
    assert item.text.reveal() == f"m{text}"
