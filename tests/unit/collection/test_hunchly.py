"""A Hunchly case gives the pages that its digests vouch for, and nobody's opinion."""

import hashlib
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.boxed import BOXES
from collection.files.reader import Problem
from collection.formats.registry import format_named
from collection.reports import hunchly_list
from collection.reports.hunchly import HunchlyReader, recording_of_hunchly
from collection.samples.sample_pages import ADDRESS, mhtml_of, page_with
from collection.samples.sample_reports import KEPT, hunchly_files, hunchly_sample, zipped
from collection.sources import find_sources
from models.evidence import AccessGate, SourceItem

PAGE = mhtml_of(page_with(2))
CANARY = "canary-of-the-analyst"


def read(path: Path) -> tuple[list[SourceItem], list[str]]:
    found = list(HunchlyReader().read(path))
    assert CANARY not in repr(found)
    return (
        [part for part in found if isinstance(part, SourceItem)],
        [part.fault for part in found if isinstance(part, Problem)],
    )


def case(tmp_path: Path, changes: dict[str, bytes | None] | None = None, **more: Any) -> Path:
    files: dict[str, Any] = hunchly_files({7: PAGE}, **more) | (changes or {})
    return zipped(tmp_path / "case.zip", {k: v for k, v in files.items() if v is not None})


def rows(**changes: Any) -> bytes:
    row = {
        "id": 7,
        "url": ADDRESS,
        "title": CANARY,
        "timestamp_created": KEPT,
        "content_hash": hashlib.sha256(PAGE).hexdigest(),
    }
    return json.dumps([row | changes]).encode()


def test_a_case_is_recognised_among_zips_and_read_page_by_page(tmp_path: Path) -> None:
    hunchly_sample(tmp_path, 2)
    (source,) = find_sources(tmp_path)
    assert source.form is not None
    assert source.form.name == "hunchly"
    items = [part for part in source.read() if isinstance(part, SourceItem)]
    assert [item.pointer for item in items] == ["page:7", "page:7"]
    assert {item.gate for item in items} == {AccessGate.NONE}
    assert items[0].created_at == datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("without", ["case_data/pages.json", "case_data/pages.csv"])
def test_either_list_of_pages_is_enough(without: str, tmp_path: Path) -> None:
    items, _ = read(case(tmp_path, {without: None}))
    assert len(items) == 2


def test_an_older_export_without_notes_is_read(tmp_path: Path) -> None:
    items, problems = read(case(tmp_path))
    assert len(items) == 2
    assert not any("notes" in fault for fault in problems)


def test_a_folder_around_the_case_does_no_harm(tmp_path: Path) -> None:
    files = {f"My case/{name}": body for name, body in hunchly_files({7: PAGE}).items()}
    items, _ = read(zipped(tmp_path / "case.zip", files))
    assert len(items) == 2


def test_a_page_that_is_not_what_its_digest_says_is_not_read(tmp_path: Path) -> None:
    altered = PAGE.replace(b"lake", b"mine")
    items, problems = read(case(tmp_path, {"pages/7.mhtml": altered}))
    assert not items
    assert "a page that is not what its digest says: not read" in problems
    assert "1 pages that the case lists were not read" in problems


def test_a_page_that_is_not_listed_is_not_read(tmp_path: Path) -> None:
    items, problems = read(case(tmp_path, {"pages/8.mhtml": PAGE, "pages/x.mhtml": PAGE}))
    assert len(items) == 2
    assert "a page that the case does not list: not read" in problems
    assert "a page whose name is no number: not read" in problems


@pytest.mark.parametrize("digest", [None, "", "0", "z" * 64, 7])
def test_a_page_without_a_digest_is_not_read(digest: Any, tmp_path: Path) -> None:
    changed = {"case_data/pages.json": rows(content_hash=digest), "case_data/pages.csv": None}
    items, problems = read(case(tmp_path, changed))
    assert not items
    assert "a page without one clear digest: not read" in problems


def test_lists_that_contradict_each_other_vouch_for_nothing(tmp_path: Path) -> None:
    items, problems = read(case(tmp_path, {"case_data/pages.json": rows(content_hash="0" * 64)}))
    assert not items
    assert "1 pages are listed with two digests" in problems


def test_both_times_and_the_cases_digest_go_into_the_documentation(tmp_path: Path) -> None:
    """Hunchly documents that its time and the browser's may differ: neither is given up."""
    path = case(tmp_path, at="2026-11-20 11:00:00")
    recording = recording_of_hunchly(path)
    (page,) = recording.pages
    assert page.at == datetime(2026, 11, 20, 10, 22, 31, tzinfo=UTC)
    assert page.stated_at == datetime(2026, 11, 20, 11, 0, 0, tzinfo=UTC)
    assert page.body_sha256 == hashlib.sha256(PAGE).hexdigest()
    assert (page.pointer, page.final.reveal()) == ("page:7", ADDRESS)
    assert recording.software == "Hunchly <Saved by Blink>"
    assert "1 pages with two times more than a minute apart: both are kept" in read(path)[1]


def test_the_recording_comes_through_the_box(tmp_path: Path) -> None:
    form = format_named("hunchly")
    assert form is not None
    recording = BOXES.recording(form, hunchly_sample(tmp_path, 1))
    assert [page.stated_at is not None for page in recording.pages] == [True]


def test_an_altered_page_is_not_documented(tmp_path: Path) -> None:
    assert recording_of_hunchly(case(tmp_path, {"pages/7.mhtml": PAGE + b" "})).pages == ()


def test_another_address_than_the_case_states_is_told(tmp_path: Path) -> None:
    changed = {
        "case_data/pages.json": rows(url="https://other.example/"),
        "case_data/pages.csv": None,
    }
    items, problems = read(case(tmp_path, changed))
    assert {item.url.reveal().split("/")[2] for item in items} == {"sam.example"}
    assert "1 pages at another address than the case states" in problems


def test_opinions_and_pictures_are_counted_and_never_opened(tmp_path: Path) -> None:
    """What an analyst wrote must not come near a finding: it is no item and in no problem."""
    path = case(
        tmp_path,
        {
            "note_screenshots/1.jpeg": CANARY.encode(),
            "tagged_photos/a.jpg": CANARY.encode(),
            "case_data/unknown.bin": CANARY.encode(),
        },
        notes=[{"ID": 1, "PageId": 7, "Note": CANARY, "NoteDate": KEPT}],
        tagged_photos=[{"ID": 1, "PageId": 7, "Caption": CANARY}],
        selectors=[{"ID": 1, "Selector": CANARY}],
        selector_hits=[{"PageID": 7, "SelectorID": 1}],
    )
    items, problems = read(path)
    assert len(items) == 2
    left = sorted(fault for fault in problems if fault.startswith("left out: "))
    assert left == [
        "left out: files that no case is known to have (1)",
        "left out: notes of the investigator: opinion (1)",
        "left out: pictures and their captions (2)",
        "left out: pictures of notes (1)",
        "left out: selectors: leads, no evidence (2)",
    ]


def test_a_second_page_of_the_same_number_does_not_count(tmp_path: Path) -> None:
    path = case(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more/pages/7.mhtml", PAGE)
    items, problems = read(path)
    assert len(items) == 2
    assert "two pages of one number: the first counts" in problems


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b"{}",
        b"\xff\xfe",
        b'[{"id": 7',
        b'["\\ud800"]',
        b'[1, null, {}, {"id": true}]',
        b'[{"id": 7, "id": 8}]',
        b"\0" * 50,
    ],
)
@pytest.mark.parametrize("name", ["pages.json", "pages.csv"])
def test_a_damaged_list_costs_its_pages_and_no_error(
    name: str, body: bytes, tmp_path: Path
) -> None:
    other = {"pages.json", "pages.csv"} - {name}
    path = case(
        tmp_path, {f"case_data/{name}": body, **{f"case_data/{one}": None for one in other}}
    )
    items, problems = read(path)
    assert not items
    assert problems


def test_a_case_that_was_cut_off_gives_what_came_whole(tmp_path: Path) -> None:
    path = case(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    items, problems = read(path)
    assert len(items) == 2
    assert any("directory" in fault for fault in problems)


def test_an_endless_list_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hunchly_list, "MAX_ENTRIES", 1)
    body = json.dumps(json.loads(rows()) * 3).encode()
    _, problems = read(case(tmp_path, {"case_data/pages.json": body}))
    assert "pages.json: more than 1 rows" in problems


@settings(max_examples=40, deadline=None)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["id", "url", "content_hash", "timestamp_created", "x"]),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_no_shape_of_a_list_ends_in_an_error(
    value: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = case(
        tmp_path_factory.mktemp("case"),
        {"case_data/pages.json": json.dumps(value).encode(), "case_data/pages.csv": None},
    )
    list(HunchlyReader().read(path))
    recording_of_hunchly(path)
