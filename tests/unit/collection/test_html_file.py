"""A page that nothing else speaks for is read, but its items are of nowhere and say so."""

from pathlib import Path

import pytest

from collection.files.reader import Problem
from collection.markup.saved_page import NO_ORIGIN
from collection.pages.html_file import HtmlFileReader, read_html, recording_of_html
from collection.samples.sample_pages import page_with
from models.consent import PlatformKind
from models.evidence import SourceItem


def split(body: bytes) -> tuple[list[SourceItem], list[Problem]]:
    found = list(read_html(body))
    return (
        [part for part in found if isinstance(part, SourceItem)],
        [part for part in found if isinstance(part, Problem)],
    )


def test_items_are_of_unknown_origin_whatever_the_page_says() -> None:
    """A page can claim any address; a file on a disk proves none."""
    page = (
        '<link rel=canonical href="https://www.reddit.com/r/x"><div class=h-entry>'
        '<a class=u-url href="https://www.reddit.com/r/x/1"></a><p class=e-content>canary</div>'
    )
    (item,), problems = split(page.encode())
    assert problems == [NO_ORIGIN]
    assert item.url.reveal() == ""
    assert item.platform.reveal() == "unknown"
    assert item.kind is PlatformKind.OTHER
    assert item.native_id.reveal().startswith("sha256:")


def test_two_posts_of_one_page_differ_in_their_ids() -> None:
    items, _ = split(page_with(2).encode())
    assert len({item.native_id.reveal() for item in items}) == 2


@pytest.mark.parametrize(
    ("mark", "url"),
    [
        ("<!-- saved from url=(0022)https://quill.example/ -->", "https://quill.example/"),
        ("<!-- saved from url=(0099)https://quill.example/ -->", ""),
        ("<!-- saved from url=(0014)about:internet -->", ""),
    ],
)
def test_a_browsers_mark_gives_the_address_but_no_time(tmp_path: Path, mark: str, url: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"{mark}<p>canary")
    items, problems = split(path.read_bytes())
    assert [item.url.reveal() for item in items] == [url]
    (problem,) = problems
    assert problem.pointer == "file:0"
    assert (problem == NO_ORIGIN) is (not url)
    pages = recording_of_html(path).pages
    assert [page.final.reveal() for page in pages] == ([url] if url else [])
    assert all(page.at is None for page in pages)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"\xef\xbb\xbf<p>\xc3\xa9", "é"),
        ("<p>é".encode("utf-16"), "é"),
        (b"<meta charset=utf-16><p>\xc3\xa9", "é"),
        (b"<meta charset=windows-1252><p>\xe9", "é"),
        (b"<meta charset=utf-8><p>\xe9", "\ufffd"),
        (b"<meta charset=hex><p>6162", "6162"),
    ],
)
def test_a_charset_is_believed_as_far_as_browsers_do(body: bytes, text: str) -> None:
    (item,), _ = split(body)
    assert item.text.reveal() == text


@pytest.mark.parametrize(
    "page",
    [
        '<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]><p>&c;',
        '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        "<svg><text>&x;</text></svg>",
    ],
)
def test_entities_are_neither_grown_nor_fetched(page: str) -> None:
    (item,), _ = split(page.encode())
    assert len(item.text.reveal()) < 80
    assert "root:" not in item.text.reveal()


def test_a_missing_style_sheet_is_told() -> None:
    _, problems = split(b'<link rel="stylesheet" href="page_files/x.css"><p>a')
    assert "1 style sheets are missing: what they hide is in the text" in [
        problem.fault for problem in problems
    ]


def test_another_kind_of_file_is_refused_by_its_bytes(tmp_path: Path) -> None:
    for body in (b"%PDF-1.4 canary", b"\x89PNG canary", b"PK\x03\x04canary", b"", b"\0canary"):
        path = tmp_path / "page.html"
        path.write_bytes(body)
        (problem,) = HtmlFileReader().read(path)
        assert isinstance(problem, Problem)
        assert "canary" not in problem.fault
