"""An MHTML file gives the page at its address, with the style sheets and frames beside it."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.files.limits import MAX_CAPTURE
from collection.files.reader import Problem
from collection.pages.mhtml import MhtmlReader, read_mhtml, recording_of_mhtml
from collection.samples.sample_pages import mhtml_of, page_with
from models.evidence import AccessGate, SourceItem

CHROMIUM = Path("tests/unit/collection/fixtures/chromium.mhtml")


def split(body: bytes) -> tuple[list[SourceItem], list[str]]:
    found = list(read_mhtml(body))
    return (
        [part for part in found if isinstance(part, SourceItem)],
        [part.fault for part in found if isinstance(part, Problem)],
    )


def parts_of(*parts: tuple[str, str, str], head: str = "") -> bytes:
    """Put together a file of parts: type, address, body."""
    lines = [
        "From: <Saved by Blink>",
        *head.splitlines(),
        "Date: Fri, 20 Nov 2026 10:22:31 GMT",
        "MIME-Version: 1.0",
        'Content-Type: multipart/related; boundary="x1x"',
        "",
    ]
    for kind, address, body in parts:
        lines += ["--x1x", f"Content-Type: {kind}", f"Content-Location: {address}", "", body]
    return "\r\n".join([*lines, "--x1x--", ""]).encode()


def test_what_chromium_saved_is_read_as_it_was_seen() -> None:
    """The file was made by tools/make_page_fixtures.py with a real browser."""
    items, faults = split(CHROMIUM.read_bytes())
    assert [item.text.reveal() for item in items] == ["Title\n\ncanary é fi", "in frame"]
    assert items[0].url.reveal() == "http://quill.example/post/1"
    assert items[0].author.reveal() == "Quill"
    assert items[0].created_at == datetime(2024, 5, 1, 17, tzinfo=UTC)
    assert items[0].gate is AccessGate.NONE
    assert faults == [
        "text that readers do not see was left out",
        "parts that the page's components draw were not read",
        "1 pictures or films on the page were not looked at",
    ]


def test_the_recording_says_where_and_when() -> None:
    recording = recording_of_mhtml(CHROMIUM)
    assert recording.software == "<Saved by Blink>"
    page, frame = recording.pages
    assert page.final.reveal() == "http://quill.example/"
    assert frame.final.reveal() == "http://quill.example/frame.html"
    assert page.at is not None
    assert page.at.year == 2026
    assert page.status is None


def test_every_post_of_a_page_is_an_item() -> None:
    items, faults = split(mhtml_of(page_with(5)))
    assert len(items) == 5
    assert faults == []
    assert {item.pointer for item in items} == {"part:1"}


def test_the_page_is_the_part_at_the_stated_address() -> None:
    head = "Snapshot-Content-Location: https://q.example/b"
    body = parts_of(
        ("text/html", "https://ads.example/", "<p>advert"),
        ("text/html", "https://q.example/b", "<p>canary"),
        head=head,
    )
    items, faults = split(body)
    assert [(item.text.reveal(), item.url.reveal()) for item in items] == [
        ("canary", "https://q.example/b")
    ]
    assert faults == ["1 frames of other sites were not read"]


@pytest.mark.parametrize(
    "address", ["cid:x", "file:///etc/passwd", "about:blank", "", "javascript:1", "https://[x"]
)
def test_a_page_that_is_not_of_the_web_is_of_unknown_origin(address: str) -> None:
    items, faults = split(parts_of(("text/html", address, "<p>canary")))
    assert [(item.url.reveal(), item.platform.reveal()) for item in items] == [("", "unknown")]
    assert "the page's address is missing or not on the web" in faults


def test_a_page_behind_a_password_in_its_address_is_gated_and_the_password_goes() -> None:
    items, _ = split(parts_of(("text/html", "https://sam:secret@q.example/a#t=1", "<p>canary")))
    assert [item.gate for item in items] == [AccessGate.PASSWORD]
    assert items[0].url.reveal() == "https://q.example/a"


@pytest.mark.parametrize(
    ("stamp", "told"),
    [
        ("Fri, 20 Nov 2026 10:22:31 GMT", False),
        ("Fri, 20 Nov 2026 11:22:31 +0100", False),
        ("yesterday", True),
        ("Fri, 99 Nov 99999 10:22:31 GMT", True),
        ("x" * 5_000, True),
    ],
)
def test_the_time_of_saving_is_the_browsers_or_told_to_be_missing(stamp: str, told: bool) -> None:
    body = mhtml_of(page_with(1), saved=stamp)
    assert ("the time of saving is missing or no time" in split(body)[1]) is told


def test_another_tool_is_told() -> None:
    body = mhtml_of(page_with(1)).replace(b"<Saved by Blink>", b"<Saved by canary>")
    items, faults = split(body)
    assert len(items) == 1
    assert faults == ["saved by a tool that was not checked"]


def test_a_missing_style_sheet_is_told() -> None:
    page = '<link rel=stylesheet href=/gone.css><link rel=stylesheet href="/s.css"><p>a<p class=x>b'
    body = parts_of(
        ("text/html", "https://q.example/", page),
        ("text/css", "https://q.example/s.css", ".x{display:none}"),
    )
    items, faults = split(body)
    assert [item.text.reveal() for item in items] == ["a"]
    assert "1 style sheets are missing: what they hide is in the text" in faults


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        (
            "<style>@font-face{font-family:x;src:url(data:font/woff2,x)}</style><p>a",
            "the page has fonts of its own: letters may have looked otherwise",
        ),
        (
            "<style>p::after{content:'never '}</style><p>a",
            "words that style sheets put into the page were not read",
        ),
        ("<p>a<img alt=canary>", "1 pictures or films on the page were not looked at"),
    ],
)
def test_what_a_reader_saw_otherwise_is_told(page: str, fault: str) -> None:
    items, faults = split(mhtml_of(page))
    assert [item.text.reveal() for item in items] == ["a"]
    assert faults == [fault]


def test_a_cut_file_gives_what_is_there_and_says_so() -> None:
    body = mhtml_of(page_with(30))
    items, faults = split(body[: len(body) // 2])
    assert 10 < len(items) < 30
    assert "the file is damaged or cut off" in faults


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"canary",
        b"%PDF-1.7 canary",
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\ncanary",
        b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="a"\n\n--a\n\ncanary',
        b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\ncanary",
        b'MIME-Version: 1.0\r\nContent-Type: text/html; charset="\r\n' + b"canary: x\r\n" * 9_000,
    ],
)
def test_what_is_no_saved_page_is_a_problem_that_repeats_nothing(body: bytes) -> None:
    items, faults = split(body)
    assert items == []
    assert len(faults) >= 1
    assert not any("canary" in fault for fault in faults)


def nested(depth: int) -> bytes:
    ends = "".join(
        f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n' for n in range(depth)
    )
    return ("MIME-Version: 1.0\r\n" + ends + "Content-Type: text/html\r\n\r\n<p>canary").encode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(nested(5_000), id="parts within parts"),
        pytest.param(parts_of(*[("text/plain", "x:y", "")] * 20_000), id="many parts"),
        pytest.param(parts_of(("text/html" + "; a=b" * 100_000, "x:y", "x")), id="a long header"),
        pytest.param(parts_of(("text/html", "x" * 1_000_000, "<p>a")), id="a long address"),
        pytest.param(parts_of(("text/html", "x:y", "<b>" * 100_000 + "canary")), id="deep markup"),
        pytest.param(parts_of(("text/html", "x:y", "=" * 3_000_000)), id="escapes"),
    ],
)
def test_no_file_costs_more_than_it_may(body: bytes) -> None:
    started = time.process_time()
    _, faults = split(body)
    assert time.process_time() - started < 10
    assert not any("canary" in fault for fault in faults)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.mhtml"
    with path.open("wb") as file:
        file.truncate(MAX_CAPTURE + 1)
    assert list(MhtmlReader().read(path)) == [
        Problem(f"mhtml: larger than {MAX_CAPTURE} bytes", "file:0")
    ]


def test_entities_do_not_grow() -> None:
    """In HTML there is no way to declare one: what looks like it is text."""
    lol = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    items, _ = split(mhtml_of(lol + "<p>&b;&b;</p>"))
    assert len(items[0].text.reveal()) < 100


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_no_flipped_byte_crashes_or_leaks(data: st.DataObject) -> None:
    body = bytearray(CHROMIUM.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    assert not any("canary" in fault for fault in split(bytes(body))[1])


@given(st.binary(max_size=500))
@settings(max_examples=100, deadline=None)
def test_no_bytes_crash_the_reader(body: bytes) -> None:
    split(b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=a\r\n" + body)


def test_other_parts_are_counted_and_a_part_packed_falsely_is_no_text() -> None:
    page = ("text/html", "https://a.example/p", "<p>the good row")
    false = "text/html\r\nContent-Transfer-Encoding: {}"
    for kind, fault in (
        ("text/plain", "1 answers or posts are no public pages: data (JSON or text)"),
        (false.format("base64"), "a part that cannot be unpacked"),
        (false.format("x-canary"), "a part that cannot be unpacked"),
    ):
        items, faults = split(parts_of(page, (kind, "https://a.example/q", "!!! canary !!!")))
        assert [item.text.reveal() for item in items] == ["the good row"]
        assert fault in faults
