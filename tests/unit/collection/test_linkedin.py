"""LinkedIn's copy gives posts for all members and comments, and nothing that was private."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.exports.export_members import Ledger
from collection.exports.export_rows import moment
from collection.exports.linkedin import LinkedInReader
from collection.files.limits import MAX_LISTED
from collection.files.reader import WHOLE_FILE, Problem
from collection.samples.sample_archives_more import as_table, as_zip
from models.consent import PlatformKind
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

HEAD = ["Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl", "Visibility"]
LINK = "https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A71"
OWN = (
    "https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A5"
    "?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A5%2C9%29"
)
AT = "2024-02-29 10:00:00"


def share(text: str = "canary", **changes: str) -> list[str]:
    row = {"at": AT, "link": LINK, "text": text, "url": "", "media": "", "to": "MEMBER_NETWORK"}
    return list((row | changes).values())


def read(path: Path) -> tuple[list[SourceItem], list[Problem]]:
    assert LinkedInReader().accepts(path)
    found = list(LinkedInReader().read(path))
    problems = [part for part in found if isinstance(part, Problem)]
    assert not any("canary" in problem.fault for problem in problems)
    return [part for part in found if isinstance(part, SourceItem)], problems


def shares(tmp_path: Path, *rows: list[str]) -> tuple[list[SourceItem], list[Problem]]:
    return read(as_zip(tmp_path / "a.zip", {"Shares.csv": as_table(HEAD, rows)}))


def test_a_post_keeps_its_number_time_and_address(tmp_path: Path) -> None:
    (item,), problems = shares(tmp_path, share())
    assert problems == []
    assert item.text.reveal() == "canary"
    assert item.native_id.reveal() == "urn:li:share:71"
    assert item.url.reveal() == LINK
    assert item.created_at == datetime(2024, 2, 29, 10, tzinfo=UTC)
    assert item.platform.reveal() == "linkedin"
    assert item.kind is PlatformKind.PROFESSIONAL
    assert item.gate is AccessGate.GIVEN
    assert item.pointer == "share:1"


def test_the_copy_names_no_account_and_so_no_author(tmp_path: Path) -> None:
    """A member's name is no account: whoever has the same name would be taken for them."""
    files = {
        "Shares.csv": as_table(HEAD, [share()]),
        "Profile.csv": as_table(["First Name", "Last Name", "Birth Date"], [["canary"] * 3]),
    }
    (item,), problems = read(as_zip(tmp_path / "a.zip", files))
    assert item.author.reveal() == ""
    assert problems == [Problem("never opened: files that are private (1)", WHOLE_FILE)]


def test_a_comment_has_its_own_name_or_none_of_another_post(tmp_path: Path) -> None:
    rows = [[AT, OWN, "one"], [AT, "https://www.linkedin.com/feed/update/urn:li:activity:5", "two"]]
    table = as_table(["Date", "Link", "Message"], rows)
    named, bare = read(as_zip(tmp_path / "a.zip", {"Shares.csv": b"", "Comments.csv": table}))[0]
    assert named.native_id.reveal() == "urn:li:comment:(activity:5,9)"
    assert named.url.reveal() == OWN
    assert bare.url.reveal() == ""
    assert [named.pointer, bare.pointer] == ["comment:1", "comment:2"]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ('one"\n"\n"two', "one\n\ntwo"),
        ('one"\nx"\n"two', 'one"\nx"\n"two'),
        ('one"\n"\ntwo', 'one"\n"\ntwo'),
        ('one"\n"two', "one\ntwo"),
        ('one"\n""\n"two', "one\n\ntwo"),
        ('he said "one"\nand two', 'he said "one"\nand two'),
        ("one\r\ntwo", "one\ntwo"),
    ],
)
def test_the_quotes_around_line_breaks_are_undone_only_where_all_have_them(
    tmp_path: Path, raw: str, shown: str
) -> None:
    assert shares(tmp_path, share(raw))[0][0].text.reveal() == shown


@pytest.mark.parametrize(
    ("to", "kept", "why"),
    [
        ("MEMBER_NETWORK", 1, []),
        ("PUBLIC", 1, []),
        ("CONNECTIONS", 0, ["left out: posts that not every member could read (1)"]),
        ("", 0, ["left out: posts whose audience the export does not state (1)"]),
    ],
)
def test_only_what_every_member_could_read_is_read(
    tmp_path: Path, to: str, kept: int, why: list[str]
) -> None:
    items, problems = shares(tmp_path, share(to=to))
    assert len(items) == kept
    assert [one.fault for one in problems] == why


def test_a_repost_without_words_is_not_the_members(tmp_path: Path) -> None:
    items, problems = shares(tmp_path, share(""), share(" \n"))
    assert items == []
    assert [one.fault for one in problems] == ["left out: posts without words of their own (2)"]


def test_older_tables_with_fewer_columns_and_a_note_before_them_are_read(tmp_path: Path) -> None:
    body = b'Notes:\r\n"When exporting, some rows may be missing"\r\n\r\n' + as_table(
        ["Date", "ShareLink", "ShareCommentary", "Visibility"], [[AT, LINK, "hello", "PUBLIC"]]
    )
    items, problems = read(as_zip(tmp_path / "a.zip", {"Shares_1752.csv": body}))
    assert [item.text.reveal() for item in items] == ["hello"]
    assert problems == []


def test_private_tables_and_inferences_are_never_opened(tmp_path: Path) -> None:
    """Their bodies are packed wrongly: whoever opened one would say so."""
    closed = ("messages.csv", "Connections.csv", "SearchQueries.csv", "Inferences_about_you.csv")
    path = as_zip(
        tmp_path / "a.zip",
        {"Shares.csv": as_table(HEAD, [share()]), "x.mov": b"", **dict.fromkeys(closed, b"canary")},
    )
    body = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        for name in closed:
            start = archive.getinfo(name).header_offset + 30 + len(name)
            body[start] ^= 0xFF
    path.write_bytes(body)
    items, problems = read(path)
    assert len(items) == 1
    assert [one.fault for one in problems] == [
        "zip: 1 entry refused: what the platform inferred about its user",
        "never opened: files that are private (3)",
        "not read: other files (film: 1)",
    ]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (share(at="yesterday, canary"), "an item without its time"),
        (share(at="2024-02-31 10:00:00"), "a time that no calendar has"),
        (share(link=""), "an item without its id"),
        (share("canary\0"), "holds a NUL"),
        (["canary"], "a row with too few or too many fields"),
        (share("canary" * 30_000), "a row that is not CSV, or has a field that is too long"),
        (share(link="canary" * 1_000), "an address or a name that is too long"),
    ],
)
def test_a_damaged_row_is_one_problem_between_good_ones(
    tmp_path: Path, row: list[str], fault: str
) -> None:
    items, problems = shares(tmp_path, share("one"), row, share("three"))
    assert [item.pointer for item in items] == ["share:1", "share:3"]
    assert problems == [Problem(fault, "share:2")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_other_encodings_with_their_mark_are_read(tmp_path: Path, encoding: str) -> None:
    body = as_table(HEAD, [share("Grüße 👋")]).decode().encode(encoding)
    (item,), _ = read(as_zip(tmp_path / "a.zip", {"Shares.csv": body}))
    assert item.text.reveal() == "Grüße 👋"


def test_bytes_that_are_no_text_are_shown_as_such(tmp_path: Path) -> None:
    body = as_table(HEAD, [share("é")]).replace("é".encode(), b"\xe9")
    (item,), _ = read(as_zip(tmp_path / "a.zip", {"Shares.csv": body}))
    assert item.text.reveal() == "\ufffd"


def test_a_table_of_other_columns_is_said(tmp_path: Path) -> None:
    items, problems = read(as_zip(tmp_path / "a.zip", {"Shares.csv": b"canary,b\n1,2\n"}))
    assert items == []
    assert problems == [Problem("a table with columns that are not known", WHOLE_FILE)]


def test_a_table_alone_is_known_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "Shares.csv"
    path.write_bytes(as_table(HEAD, [share()]))
    assert len(read(path)[0]) == 1
    comments = tmp_path / "comments.csv"
    comments.write_bytes(b"id,permalink,date,ip,subreddit,gildings,link,parent,body,media\n")
    assert not LinkedInReader().accepts(comments)
    comments.write_bytes(as_table(["Date", "Link", "Message"], [[AT, OWN, "hello"]]))
    assert LinkedInReader().accepts(comments)


@pytest.mark.parametrize("files", [{"outbox.json": b"{}"}, {"comments.csv": b"id,body"}, {}])
def test_archives_of_others_are_not_accepted(tmp_path: Path, files: dict[str, Any]) -> None:
    assert not LinkedInReader().accepts(as_zip(tmp_path / "a.zip", files))


def test_a_cut_archive_gives_what_came_before_the_cut(tmp_path: Path) -> None:
    rows = [share(f"text {number * 2654435761 % 2**32:x}") for number in range(2_000)]
    path = as_zip(tmp_path / "a.zip", {"Shares.csv": as_table(HEAD, rows)})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    items, problems = read(path)
    assert 0 < len(items) < 2_000
    assert Problem("zip: the directory at its end is missing or damaged", WHOLE_FILE) in problems


def test_many_faults_are_listed_up_to_a_limit_and_then_counted() -> None:
    ledger = Ledger("rows")
    listed = [
        *(p for n in range(MAX_LISTED + 5) for p in ledger.fault(InputError("x"), f"row:{n}"))
    ]
    assert len(listed) == MAX_LISTED
    assert [one.fault for one in ledger.problems()] == ["5 more rows are damaged"]


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_a_time_without_an_offset_is_of_utc(at: datetime) -> None:
    at = at.replace(microsecond=0)
    for stamp in (f"{at}", f"{at} UTC", f"{at}+00:00", f"{at.isoformat()}Z", f"{at}.123 UTC"):
        assert moment(stamp) == at.replace(tzinfo=UTC)


def commented(tmp_path: Path, *written: str) -> tuple[list[str], list[str]]:
    """Return what is read of these fields, as they stand in the table, and of a plain one."""
    rows = enumerate((*written, "plain"), start=1)
    table = "Date,Link,Message\n" + "".join(
        f"2024-01-0{number} 10:00:00,https://l.example/x,{row}\n" for number, row in rows
    )
    files = {"Comments.csv": table.encode(), "Connections.csv": b""}
    items, problems = read(as_zip(tmp_path / "a.zip", files))
    return [item.text.reveal() for item in items], [one.fault for one in problems[:-1]]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (r'"He said \"hi\", then left"', 'He said "hi", then left'),
        (r'"\"All\""', '"All"'),
        ('"one \\"\ntwo\\""', 'one "\ntwo"'),
        (r'"a path: C:\new' + '\\"', "a path: C:\\new\\"),
        ('"doubled ""too"""', 'doubled "too"'),
        ("2 x 4\\", "2 x 4\\"),
    ],
)
def test_quotes_with_a_backslash_before_them_are_read_as_quotes(
    tmp_path: Path, written: str, said: str
) -> None:
    """So `Comments.csv` has them; read as RFC 4180 alone, such comments and their next are lost."""
    assert commented(tmp_path, written, r'"another \"one\", too"') == (
        [said, 'another "one", too', "plain"],
        [],
    )


def test_a_table_that_doubles_its_quotes_keeps_its_backslashes(tmp_path: Path) -> None:
    written = r'"say \""hi\"", and go"'
    assert commented(tmp_path, written) == ([r"say \"hi\", and go", "plain"], [])
