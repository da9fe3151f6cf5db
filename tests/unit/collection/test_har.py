"""A HAR file gives its public pages; what needed a login is gated, and no header goes on."""

import base64
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.files.limits import MAX_ENTRIES
from collection.files.reader import Problem
from collection.pages.har import HarReader, read_har, recording_of_har
from collection.samples.sample_pages import page_with
from models.evidence import AccessGate, SourceItem

CHROMIUM = Path("tests/unit/collection/fixtures/chromium.har")


def entry(text: str | None = "<p>canary", **options: Any) -> dict[str, Any]:
    content = {"size": 1, "mimeType": options.get("kind", "text/html; charset=utf-8")}
    if text is not None:
        content["text"] = text
    if "encoding" in options:
        content["encoding"] = options["encoding"]
    return {
        "startedDateTime": options.get("at", "2026-11-20T11:22:31.5+01:00"),
        "request": {
            "method": options.get("method", "GET"),
            "url": options.get("url", "https://q.example/a"),
            "headers": options.get("headers", [{"name": "Accept", "value": "*/*"}]),
            "cookies": options.get("cookies", []),
        },
        "response": {
            "status": options.get("status", 200),
            "headers": [{"name": "Set-Cookie", "value": "canary-cookie"}],
            "redirectURL": options.get("to", ""),
            "content": content,
        },
    }


def har(*entries: object) -> bytes:
    log = {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": entries}
    return json.dumps({"log": log}).encode()


def split(body: bytes) -> tuple[list[SourceItem], list[str]]:
    found = list(read_har(body))
    return (
        [part for part in found if isinstance(part, SourceItem)],
        [part.fault for part in found if isinstance(part, Problem)],
    )


def test_what_a_browser_recorded_is_read() -> None:
    """The file was made by tools/make_page_fixtures.py with a real browser."""
    items, faults = split(CHROMIUM.read_bytes())
    assert [item.text.reveal() for item in items] == ["Title\n\ncanary é fi", "in frame"]
    assert items[0].created_at == datetime(2024, 5, 1, 17, tzinfo=UTC)
    assert {item.gate for item in items} == {AccessGate.NONE}
    assert "1 answers or posts are no public pages: data (JSON or text)" in faults
    assert "text that readers do not see was left out" in faults


def test_the_recording_has_the_address_asked_for_and_the_time() -> None:
    recording = recording_of_har(CHROMIUM)
    assert recording.software == "Playwright"
    page = recording.pages[0]
    assert page.requested.reveal() == "http://quill.example/old"
    assert page.final.reveal() == "http://quill.example/"
    assert page.status == 200
    assert page.headers_sha256 is not None
    assert page.at is not None
    assert page.at.tzinfo is not None


@pytest.mark.parametrize(
    ("options", "gate"),
    [
        ({}, AccessGate.NONE),
        ({"headers": [{"name": "Cookie", "value": "s=canary"}]}, AccessGate.LOGIN_WALL),
        ({"headers": [{"name": "AUTHORIZATION", "value": "canary"}]}, AccessGate.LOGIN_WALL),
        ({"headers": ["Cookie"]}, AccessGate.LOGIN_WALL),
        ({"headers": None}, AccessGate.LOGIN_WALL),
        ({"cookies": [{"name": "s", "value": "canary"}]}, AccessGate.LOGIN_WALL),
        ({"url": "https://sam:canary@q.example/a"}, AccessGate.PASSWORD),
    ],
)
def test_what_was_asked_for_with_credentials_is_no_public_page(
    options: dict[str, Any], gate: AccessGate
) -> None:
    (item,), faults = split(har(entry("<p>seen", **options)))
    assert item.gate is gate
    assert (faults == []) is (gate is AccessGate.NONE)
    assert "canary" not in item.url.reveal()
    assert "canary" not in item.text.reveal()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"status": 206}, "1 answers or posts are no public pages: parts of pages"),
        ({"status": 404}, "1 answers or posts are no public pages: another status than 2xx"),
        (
            {"kind": "application/json"},
            "1 answers or posts are no public pages: data (JSON or text)",
        ),
        ({"kind": ""}, "1 answers or posts are no public pages: of no stated type"),
        ({"kind": "image/png"}, "1 answers or posts are no public pages: pictures, films, sound"),
        ({"method": "POST"}, "1 answers or posts are no public pages: answers to what was sent"),
    ],
)
def test_what_is_no_page_is_counted(options: dict[str, Any], told: str) -> None:
    assert split(har(entry(**options))) == ([], [told])


@pytest.mark.parametrize("kind", ["application/javascript", "font/woff2", "text/css", "x-unknown"])
def test_what_pages_are_made_of_is_no_news(kind: str) -> None:
    assert split(har(entry(kind=kind))) == ([], [])


def test_a_body_in_base64_is_unpacked_by_its_character_set() -> None:
    body = base64.b64encode("<p>é".encode("cp1252")).decode()
    (item,), _ = split(har(entry(body, encoding="base64", kind="text/html; charset=latin1")))
    assert item.text.reveal() == "é"


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (entry(None), "a page whose content was not recorded"),
        (entry("?canary?", encoding="base64"), "a page that cannot be unpacked"),
        (entry("x", encoding="br"), "a page packed in a way that is not supported, or too large"),
        (entry(url="canary"), "an entry without an address or a status"),
        (entry(url="https://[canary"), "an entry without an address or a status"),
        (entry(status="200"), "an entry without an address or a status"),
        (entry(status=True), "an entry without an address or a status"),
        ({"canary": 1}, "an entry without its request"),
        ("canary", "an entry without its request"),
        (entry("<div>" * 500), "a page that nests deeper than 200"),
    ],
)
def test_a_bad_entry_costs_only_itself(bad: object, fault: str) -> None:
    items, faults = split(har(bad, entry("<p>good")))
    assert [item.text.reveal() for item in items] == ["good"]
    assert faults == [fault]


def test_a_redirect_that_leads_nowhere_is_no_matter() -> None:
    assert split(har(entry(status=302, to="https://[x"))) == ([], [])


def test_a_style_sheet_that_came_later_hides_too() -> None:
    page = '<link rel=stylesheet href="/s.css"><p>a<p class=x>canary'
    sheet = entry(".x{display:none}", kind="text/css", url="https://q.example/s.css")
    items, faults = split(har(entry(page), sheet))
    assert [item.text.reveal() for item in items] == ["a"]
    assert faults == ["text that readers do not see was left out"]


def test_a_post_repeated_on_another_page_is_one_item() -> None:
    pages = [entry(page_with(2), url=f"https://q.example/{n}/") for n in "ab"]
    for page in pages:
        page["response"]["content"]["text"] = page_with(2).replace("/posts/", "//q.example/p/")
    assert len(split(har(*pages))[0]) == 2


def test_a_cut_file_gives_what_came_whole_and_says_so() -> None:
    body = har(*(entry(f"<p>post {n}", url=f"https://q.example/{n}") for n in range(9)))
    items, faults = split(body[: len(body) * 2 // 3])
    assert 3 < len(items) < 9
    assert faults == ["har: not JSON, or cut off"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"canary",
        b"[]",
        b'{"canary":1}',
        b'{"log":"canary"}',
        b'{"log":{"entries":"canary"}}',
        b'{"log":{"entries":[' + b"[" * 100_000,
        b'{"log":{"entries":[' + b'{"a":' * 100_000,
        b'{"log":{"a":1,"entries":[{"canary":1,"canary":2}]}}',
        b"\xff\xfe{",
    ],
)
def test_what_is_no_har_is_one_problem(body: bytes) -> None:
    items, faults = split(body)
    assert items == []
    assert len(faults) == 1
    assert "canary" not in faults[0]


def test_too_many_entries_are_not_gone_through() -> None:
    started = time.process_time()
    body = b'{"log":{"entries":[' + b"1," * (MAX_ENTRIES + 5) + b"1]}}"
    _, faults = split(body)
    assert f"har: more than {MAX_ENTRIES} entries" in faults
    assert time.process_time() - started < 10


def test_a_file_is_accepted_by_its_name(tmp_path: Path) -> None:
    assert HarReader().accepts(tmp_path / "X.HAR")
    assert not HarReader().accepts(tmp_path / "x.json")


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_no_flipped_byte_crashes_or_leaks(data: st.DataObject) -> None:
    body = bytearray(CHROMIUM.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    assert not any("canary" in fault for fault in split(bytes(body))[1])


SHORT = "a page of fewer bytes than the file says: part of it may be missing"


def sized(text: str, size: object, kind: str = "text/html; charset=utf-8") -> dict[str, Any]:
    made = entry(text, kind=kind)
    made["response"]["content"]["size"] = size
    return made


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-16"])
def test_a_page_shorter_than_its_stated_size_is_read_and_told(kind: str) -> None:
    """Recorders cut long answers: what is missing may be the half that matters."""
    items, faults = split(har(sized("<p>canary", 5_000, kind)))
    assert ([item.text.reveal() for item in items], faults) == (["canary"], [SHORT])


@pytest.mark.parametrize(
    ("text", "size", "kind"),
    [
        ("<p>canary", 9, "text/html"),
        ("<p>canary", 12, "text/html"),  # with a mark of UTF-8 before it
        ("<p>canary", 20, "text/html"),  # in UTF-16, with its mark
        ("<p>canary", 18, "text/html; charset=utf-16le"),
        ("<p>\u00e9" * 40, 160, "text/html; charset=latin1"),
        ("<p>canary", -1, "text/html"),
        ("<p>canary", 0, "text/html"),
        ("<p>canary", "many", "text/html"),
        ("<p>canary", True, "text/html"),
        ("<p>canary", None, "text/html"),
    ],
)
def test_a_page_of_its_stated_size_in_any_encoding_is_whole(
    text: str, size: object, kind: str
) -> None:
    assert split(har(sized(text, size, kind)))[1] == []


def test_a_page_packed_in_base64_is_measured_unpacked() -> None:
    packed = entry(base64.b64encode(b"<p>canary").decode(), encoding="base64")
    packed["response"]["content"]["size"] = 9
    assert split(har(packed))[1] == []
    packed["response"]["content"]["size"] = 900
    assert split(har(packed))[1] == [SHORT]


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_version_that_was_seen_is_not_worth_a_word(version: str) -> None:
    assert split(har(entry()).replace(b'"1.2"', f'"{version}"'.encode()))[1] == []


@pytest.mark.parametrize(
    "head", ['"version": "2.0", ', '"version": 1.2, ', '"version": "canary", ', ""]
)
def test_a_version_that_nobody_saw_is_told(head: str) -> None:
    body = har(entry()).replace(b'"version": "1.2", ', head.encode(), 1)
    items, faults = split(body)
    assert len(items) == 1
    assert faults == ["har: a version of the format that was not seen before, or none"]


def test_a_version_that_stands_after_the_entries_counts() -> None:
    log = {"creator": {"name": "t", "version": "9"}, "entries": [entry()], "version": "1.2"}
    assert split(json.dumps({"log": log}).encode())[1] == []
