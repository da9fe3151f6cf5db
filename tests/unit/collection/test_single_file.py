"""SingleFile's first comment says where and when; a page elsewhere in the file says nothing."""

import gzip
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.files.reader import Problem
from collection.pages.html_file import HtmlFileReader
from collection.pages.single_file import (
    SingleFileReader,
    read_single_file,
    recording_of_single_file,
)
from collection.samples.sample_pages import page_with, single_file_of
from models.evidence import AccessGate, SourceItem


def split(body: bytes) -> tuple[list[SourceItem], list[str]]:
    found = list(read_single_file(body))
    return (
        [part for part in found if isinstance(part, SourceItem)],
        [part.fault for part in found if isinstance(part, Problem)],
    )


def test_posts_arrive_with_the_address_of_the_page() -> None:
    items, faults = split(single_file_of(page_with(3)))
    assert faults == []
    assert [item.url.reveal() for item in items] == [
        f"https://sam.example/posts/{number}" for number in range(3)
    ]
    assert {item.author.reveal() for item in items} == {"sam"}
    assert {item.gate for item in items} == {AccessGate.NONE}


def test_the_recording_says_where_and_when(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(single_file_of(page_with(1)))
    recording = recording_of_single_file(path)
    assert recording.software == "SingleFile"
    (page,) = recording.pages
    assert page.final.reveal() == "https://sam.example/posts"
    assert page.at == datetime(2026, 11, 20, 10, 22, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "accepted"),
    [
        (b"<!DOCTYPE html> <html lang=en><!--\n Page saved with SingleFile \n url: x\n-->", True),
        (b"<html><!--\n Page saved with SingleFile \n url: x\n-->", True),
        (b"\xef\xbb\xbf<!--\n Page saved with SingleFile \n url: x\n-->", True),
        (b"<html><body><p>a<!--\n Page saved with SingleFile \n url: x\n-->", False),
        (b"x" * 5_000 + b"<!--\n Page saved with SingleFile \n url: x\n-->", False),
        (b"<!-- Page saved with something -->", False),
        (b"", False),
    ],
)
def test_only_the_first_comment_makes_it_one(tmp_path: Path, start: bytes, accepted: bool) -> None:
    """A page could hold such a comment itself, and so claim another address."""
    path = tmp_path / "page.html"
    path.write_bytes(start)
    assert SingleFileReader().accepts(path) is accepted
    assert HtmlFileReader().accepts(path)


@pytest.mark.parametrize(
    "address", ["file:///home/sam/x", "javascript:canary", "https://", "data:text/html,canary"]
)
def test_an_address_that_is_not_of_the_web_does_not_count(address: str) -> None:
    items, faults = split(single_file_of(page_with(1), address=address))
    assert [(item.url.reveal(), item.platform.reveal()) for item in items] == [("", "unknown")]
    assert faults == ["the page's address is missing or not on the web"]


def test_a_time_that_is_none_is_told() -> None:
    body = single_file_of(page_with(1)).replace(b"Nov 20 2026", b"Xxx 99 2026")
    assert split(body)[1] == ["the time of saving is missing or no time"]


def test_what_its_style_sheets_hide_is_left_out() -> None:
    page = "<html><head><style>.x{display:none}</style></head><p>a<p class=x>canary"
    items, faults = split(single_file_of(page))
    assert [item.text.reveal() for item in items] == ["a"]
    assert faults == ["text that readers do not see was left out"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   \n",
        b"%PDF-1.7 canary",
        b"PK\x03\x04 canary",
        b"GIF89a canary",
        gzip.compress(b"canary" * 1000, mtime=0),
        b"<html>\0\0\0canary",
        single_file_of(page_with(1)) + b"PK\x05\x06" + b"\0" * 18,
        single_file_of("<html><head>" + "<div>" * 10_000 + "canary"),
        single_file_of("<html><head>" + "x" * (5 << 20) + "canary"),
    ],
)
def test_what_is_no_page_or_two_kinds_at_once_is_one_problem(body: bytes) -> None:
    started = time.process_time()
    items, faults = split(body)
    assert items == []
    assert len(faults) >= 1
    assert not any("canary" in fault for fault in faults)
    assert time.process_time() - started < 10


@pytest.mark.parametrize("comment", ["<!--" * 2_000, "<!-- Page saved with SingleFile " * 200])
def test_a_comment_without_end_costs_nothing(comment: str) -> None:
    started = time.process_time()
    split(comment.encode() + b" url: x" * 100_000)
    assert time.process_time() - started < 10


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_no_bytes_crash_the_reader(body: bytes) -> None:
    split(b"<!--\n Page saved with SingleFile \n url: " + body)
