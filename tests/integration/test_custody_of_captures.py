"""Row I4: a capture says who, when, by whose clock, how and why; nothing changes it afterwards."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from casework.gathering.capture_times import times_of_captures
from casework.gathering.captures import captures_of
from casework.gathering.source import register_source
from casework.requisition.requisitions import frozen
from collection.boxed import BOXES
from collection.files.digest import sha256_of
from collection.formats.configuration import configuration_of, parts_of
from collection.formats.registry import FORMATS
from collection.samples.sample_pages import mhtml_of
from models.audit import AuditAction
from models.documentation import ClockSource, ClockWitness
from models.errors import ConstraintError, NotPermittedError, RawAccessError, SealBrokenError
from models.people import Role
from models.search import AccessWay, SessionIdentity
from models.search_clauses import CaptureHashError
from models.segment import Segment
from storage.audit import AuditLog
from storage.captures import CaptureStore
from storage.originals import read_original

Post = Callable[..., str]
NICE = "We planted tulips along the fence."
PAGE = (
    '<!DOCTYPE html><html><body><article class="h-entry"><a class="p-author h-card">rowan_a</a>'
    '<time class="dt-published" datetime="2026-08-30T09:00:00Z"></time>'
    '<div class="e-content">The bread came out well.</div></article></body></html>'
)


@pytest.fixture
def office(prepared: Any) -> Any:
    """One home for the module; each test has a case of its own."""
    return prepared


@pytest.fixture
def clock(prepared: Any) -> Any:
    return prepared.clock


def collected(office: Any, **files: bytes) -> Any:
    case_id = office.disclosed()
    folder = office.folder / f"files-{case_id}"
    folder.mkdir()
    for name, body in files.items():
        (folder / name.replace("_", ".")).write_bytes(body)
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    office.clock.move(hours=6)
    office.run(Segment.COLLECT, case_id)
    return case_id


def test_i4_a_capture_says_everything_that_a_court_asks(office: Any, post: Post) -> None:
    """Who, when, by whose clock, how, with what, why, in which place, and the bytes' digest."""
    case_id = collected(office, posts_jsonl=(post(NICE) + "\n").encode())
    (capture,), faults = captures_of(case_id, **office.who(Role.INVESTIGATOR))
    assert faults == []
    made = capture.documentation
    assert made.by == office.people[Role.INVESTIGATOR].id
    assert (made.clock, made.taken_in_by) == (ClockSource.HOME, ClockSource.HOME)
    assert (made.ended_at - made.started_at) == timedelta(hours=6)
    assert (capture.tool, made.way) == ("posts-jsonl", AccessWay.BY_HAND)
    assert made.identity is SessionIdentity.ANONYMOUS_PUBLIC
    form = next(one for one in FORMATS if one.name == capture.tool)
    assert made.configuration == configuration_of(form, confined=BOXES.wrapped)
    with office.vault.read() as tx:
        requisition = frozen(tx, office.requisition.id)
        consents = CaptureStore(tx).all(case_id)
    assert made.policy == requisition.policy_sha256
    assert {one.consent_item for one in consents} == {capture.consent_item}
    path = office.folder / f"files-{case_id}" / "posts.jsonl"
    assert (capture.sha256, capture.size) == sha256_of(path)
    assert made.sequence == 1


def test_i4_another_configuration_has_another_digest() -> None:
    """Another reader, another confinement: never the same digest."""
    digests = {configuration_of(one, confined=how) for one in FORMATS for how in (True, False)}
    assert len(digests) == 2 * len(FORMATS)
    parts = parts_of(FORMATS[0], confined=True)
    assert {"reader", "version", "limits", "libraries", "programs", "box"} <= set(parts)


def test_i4_the_program_that_reads_pictures_is_in_the_configuration() -> None:
    """Another release of Tesseract may read other words off the same picture."""
    by_name = {one.name: parts_of(one, confined=True)["programs"] for one in FORMATS}
    assert by_name["posts-jsonl"] == {}
    programs = by_name["screenshot"]
    assert isinstance(programs, dict)
    assert bool(programs) == (shutil.which("tesseract") is not None)
    assert all(said for said in programs.values())


def test_i4_a_witness_of_the_log_tells_how_far_the_clock_is_off(
    office: Any, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest that another clock said is written down with both times."""
    ours = office.now
    said = [(ours - timedelta(days=2), ours - timedelta(days=2)), (ours, ours - timedelta(0, 90))]
    monkeypatch.setattr("casework.gathering.captures.said_by_others", lambda _tx: said)
    case_id = collected(office, posts_jsonl=(post(NICE) + "\n").encode())
    (capture,), _ = captures_of(case_id, **office.who(Role.INVESTIGATOR))
    assert capture.documentation.clock_witness == ClockWitness(ours=said[1][0], theirs=said[1][1])
    assert capture.documentation.clock_witness.offset_seconds == 90


def test_i4_without_a_witness_no_offset_is_claimed(office: Any, post: Post) -> None:
    case_id = collected(office, posts_jsonl=(post(NICE) + "\n").encode())
    (capture,), _ = captures_of(case_id, **office.who(Role.INVESTIGATOR))
    assert capture.documentation.clock_witness is None


def test_i4_an_original_is_compared_with_its_capture_at_every_read(office: Any, post: Post) -> None:
    case_id = collected(office, posts_jsonl=(post(NICE) + "\n").encode())
    with office.vault.read() as tx:
        (capture,) = CaptureStore(tx).all(case_id)
        body = b"".join(read_original(tx, capture, home=office.vault.home))
        assert NICE.encode() in body
        another = capture.model_copy(update={"sha256": "0" * 64})
        with pytest.raises(CaptureHashError):
            b"".join(read_original(tx, another, home=office.vault.home))
        shorter = capture.model_copy(update={"size": capture.size - 1})
        with pytest.raises(CaptureHashError):
            b"".join(read_original(tx, shorter, home=office.vault.home))


def test_i4_an_original_that_was_changed_on_the_disk_is_refused(office: Any, post: Post) -> None:
    case_id = collected(office, posts_jsonl=(post(NICE) + "\n").encode())
    with office.vault.read() as tx:
        (capture,) = CaptureStore(tx).all(case_id)
    path = office.vault.home.files / capture.id
    sealed = bytearray(path.read_bytes())
    sealed[-1] ^= 1
    path.write_bytes(bytes(sealed))
    with office.vault.read() as tx, pytest.raises(SealBrokenError):
        b"".join(read_original(tx, capture, home=office.vault.home))


def test_i4_no_row_of_a_capture_can_be_changed(office: Any, post: Post) -> None:
    """The database itself refuses it, whatever program asks."""
    collected(office, posts_jsonl=(post(NICE) + "\n").encode())
    later = text("UPDATE captures SET captured_at = '2020-01-01 00:00:00.000000'")
    with pytest.raises(ConstraintError), office.vault.write() as tx:
        tx.execute(later)
    with pytest.raises(ConstraintError), office.vault.write() as tx:
        tx.execute(text("UPDATE evidence SET ordinal = 99"))


def test_i4_time_to_capture_is_told_for_every_item_and_in_the_middle(
    office: Any, post: Post
) -> None:
    """From publication, from the first sight and from the notice."""
    lines = [post(NICE, days_ago=days) for days in (10, 20, 40)]
    case_id = collected(office, posts_jsonl=("\n".join(lines) + "\n").encode())
    times = times_of_captures(case_id, **office.who(Role.INVESTIGATOR))
    assert len(times.items) == 3
    assert times.median_since_published == timedelta(days=20, hours=6)
    assert times.median_since_seen == timedelta(hours=6)
    assert times.since_notice == times.items[0].captured - times.noticed
    with office.vault.read() as tx:
        newest = AuditLog(tx).entries(case_id)[-1]
    assert (newest.action, newest.code) == (AuditAction.RAW_READ, "capture-times")


def test_i4_the_time_of_a_saved_page_is_when_it_was_saved(office: Any) -> None:
    body = mhtml_of(PAGE, address="https://rowan.example/", saved="Mon, 31 Aug 2026 09:00:00 GMT")
    case_id = collected(office, page_mhtml=body)
    (one,) = times_of_captures(case_id, **office.who(Role.INVESTIGATOR)).items
    assert one.captured == one.seen == datetime(2026, 8, 31, 9, tzinfo=UTC)
    assert one.since_published == timedelta(days=1)
    assert one.since_seen == one.taken_in - one.captured


def test_i4_a_date_in_the_future_gives_no_time_to_capture(office: Any, post: Post) -> None:
    case_id = collected(office, posts_jsonl=(post(NICE, days_ago=-3) + "\n").encode())
    times = times_of_captures(case_id, **office.who(Role.INVESTIGATOR))
    assert [one.since_published for one in times.items] == [None]
    assert times.median_since_published is None


@pytest.mark.parametrize(
    ("role", "refusal"),
    [(Role.HIRING_MANAGER, RawAccessError), (Role.AUDITOR, NotPermittedError)],
)
def test_i4_times_of_captures_are_for_whoever_may_read_raw(
    office: Any, post: Post, role: Role, refusal: type[Exception]
) -> None:
    case_id = collected(office, posts_jsonl=(post(NICE) + "\n").encode())
    with pytest.raises(refusal):
        times_of_captures(case_id, **office.who(role))
    with office.vault.read() as tx:
        newest = AuditLog(tx).entries(case_id)[-1]
    assert newest.action is AuditAction.DENIED


def test_the_command_tells_the_times_and_the_whole_record(
    typed: Any, office: Any, post: Post
) -> None:
    case_id = collected(office, posts_jsonl=(post(NICE, days_ago=5) + "\n").encode())
    times = ("case", "capture-times", case_id)
    typed(*times, role=Role.HIRING_MANAGER).refused("E-S10-RAW-ACCESS")
    told = typed(*times, "--json", role=Role.INVESTIGATOR).json
    assert (told["median_since_published"], told["median_since_seen"]) == (5.25, 0.25)
    assert "median" in typed(*times, role=Role.INVESTIGATOR).out
    (row,) = typed("case", "captures", case_id, "--json", role=Role.INVESTIGATOR).json
    assert {"by", "policy", "configuration", "clock", "consent", "item"} <= set(row)
    assert row["faults"] == []


def test_i4_what_was_read_out_of_a_capture_says_from_which_bytes_and_with_what(
    typed: Any, office: Any, post: Post
) -> None:
    """An item is made from its capture: parent, tool, version and configuration stand with it."""
    case_id = collected(office, posts_jsonl=(post(NICE) + "\n").encode())
    (row,) = typed("case", "provenances", case_id, "--json", role=Role.INVESTIGATOR).json
    (place,) = row["found"]
    (capture,), _ = captures_of(case_id, **office.who(Role.INVESTIGATOR))
    form = next(one for one in FORMATS if one.name == "posts-jsonl")
    assert place["sha256"] == capture.sha256
    assert place["tool"] == f"posts-jsonl {form.reader.version}"
    assert place["configuration"] == configuration_of(form, confined=BOXES.wrapped)
    assert capture.sha256[:12] in typed("case", "provenances", case_id, role=Role.INVESTIGATOR).out
