"""A collector's deliveries are taken in once each, and give the very rows that the inside gives."""

import dataclasses
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.applicant.consent import withdraw_consent
from casework.duties.due import next_segment
from casework.gathering import captures_in
from casework.gathering.captures import captures_of
from casework.gathering.captures_in import take_in_captures
from casework.gathering.collector_side import Gathered, gather
from casework.gathering.deliveries import Lines, delivery_context, lines_of, read_delivery
from casework.gathering.source import order_collection
from casework.search.terms_register import review_terms
from casework.steps.polling import POLL_INTERVAL
from collection.sources import Source
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import CopiedContrabandError
from models.consent import ConsentItem
from models.delivery import DeliveryRefusedError
from models.errors import (
    ConsentExpiredError,
    ConsentScopeError,
    ConsentWithdrawnError,
    ConstraintError,
    HomeError,
    InputError,
    NotPermittedError,
    OutOfScopeError,
    RecordNotFoundError,
    SealBrokenError,
)
from models.evidence import Evidence
from models.ids import CaptureId, CaseId, new_id
from models.people import Role
from models.search_clauses import CaptureHashError, TermsBarredError, TermsUnreviewedError
from models.search_rules import SearchRules
from models.segment import Segment
from storage.audit import AuditLog
from storage.captures import CaptureStore
from storage.cases import CaseStore
from storage.collector_folder import CollectorFolder, make_collector, open_collector
from storage.commands import CommandStore
from storage.evidence import EvidenceStore
from storage.originals import drop_orphans, faulty_originals, read_original
from storage.outbox import OutboxStore
from storage.sealed_write import Writer, original_context
from walloff.collectors import serve_collectors

Post = Callable[..., str]
CANARY = "marshwigeon"
NAME = "north"


@pytest.fixture
def folder(office: Any, tmp_path: Path) -> CollectorFolder:
    """A collector's folder, known to the home."""
    home = make_collector(office.services.home, tmp_path / "collector", NAME)
    office.services.home = office.vault._home = home
    return open_collector(tmp_path / "collector")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    return made


def ordered(office: Any, **kwargs: Any) -> CaseId:
    case_id: CaseId = office.disclosed(**kwargs)
    order_collection(case_id, NAME, **office.who(Role.INVESTIGATOR))
    serve_collectors(office.services)
    return case_id


def gathered(office: Any, case_id: CaseId, folder: CollectorFolder, files: Path) -> Gathered:
    return gather(case_id, files, folder=folder, clock=office.clock.now)


def written(files: Path, *lines: str, name: str = "posts.jsonl") -> None:
    path = files / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines))


def evidence(office: Any, case_id: CaseId) -> list[Evidence]:
    with office.vault.read() as tx:
        return list(EvidenceStore(tx).for_case(case_id))


def entries(office: Any, case_id: CaseId) -> list[Any]:
    with office.vault.read() as tx:
        return list(AuditLog(tx).entries(case_id))


def denials(office: Any, case_id: CaseId) -> list[str]:
    return [one.code for one in entries(office, case_id) if one.action is AuditAction.DENIED]


def codes(folder: CollectorFolder, case_id: CaseId) -> list[str]:
    return [one.code for one in folder.receipts(case_id)]


def in_inbox(folder: CollectorFolder) -> list[str]:
    return sorted(path.name for path in folder._inbox.iterdir() if path.name != ".lock")


def segment(office: Any, case_id: CaseId) -> Segment | None:
    with office.vault.read() as tx:
        return next_segment(tx, CaseStore(tx).get(case_id))


def originals(office: Any, case_id: CaseId) -> list[bytes]:
    captures, faults = captures_of(case_id, **office.who(Role.INVESTIGATOR))
    assert faults == []
    found = []
    with office.vault.read() as tx:
        for capture in captures:
            try:
                body = b"".join(read_original(tx, capture, home=office.vault.home))
            except (HomeError, RecordNotFoundError):
                continue
            found.append(body)
    return found


# --- what is delivered is what the inside would have gathered ---------------------------------


def test_twins_gathered_by_a_collector_and_by_the_inside_have_equal_rows(
    office: Any, folder: CollectorFolder, files: Path, post: Post
) -> None:
    """Also the problems, the chain, the originals and the log are the same."""
    lines = [post(f"The heron stood still, day {n}. {CANARY}") for n in range(3)]
    lines += ["{damaged", post("Too long ago.", days_ago=9000)]
    inside = office.collecting(*lines)
    office.run(Segment.COLLECT, inside)

    outside = ordered(office)
    assert segment(office, outside) is None, "it waits for its collector"
    written(files, *lines)
    done = gathered(office, outside, folder, files)
    assert (done.deliveries, done.items, done.problems, done.left_out) == (1, 3, 1, 1)
    serve_collectors(office.services)
    assert [one.item for one in evidence(office, outside)] == [
        one.item for one in evidence(office, inside)
    ]
    assert codes(folder, outside) == ["", ""]
    assert in_inbox(folder) == []
    assert segment(office, outside) is Segment.SCREEN
    mine, theirs = (
        [
            capture.model_dump(exclude={"id", "case_id", "consent_id"})
            for capture in captures_of(one, **office.who(Role.INVESTIGATOR))[0]
        ]
        for one in (outside, inside)
    )
    assert mine == theirs
    actions = [
        [(one.action, one.code, one.count) for one in entries(office, case_id)]
        for case_id in (outside, inside)
    ]
    assert actions[0] == actions[1]
    office.run(Segment.SCREEN, outside)
    assert find_case(outside, vault=office.vault).state is CaseState.REDACTED


def test_the_original_comes_sealed_and_is_checked_by_its_digest(
    office: Any, folder: CollectorFolder, files: Path, post: Post
) -> None:
    case_id = ordered(office)
    written(files, post("A calm day."), post("Another calm day."))
    gathered(office, case_id, folder, files)
    before = {path.name: path.read_bytes() for path in folder._inbox.glob("*-*-*-*")}
    assert len(before) == 1
    serve_collectors(office.services)
    assert originals(office, case_id) == [(files / "posts.jsonl").read_bytes()]
    kept = [path.read_bytes() for path in office.vault.home.files.iterdir()]
    assert kept == list(before.values()), "it was copied as it came"
    with office.vault.read() as tx:
        assert faulty_originals(tx, home=office.vault.home) == []


def test_nothing_readable_lies_in_the_folder_and_no_order_says_who(
    office: Any, folder: CollectorFolder, files: Path, post: Post
) -> None:
    case_id = ordered(office)
    written(files, post(f"The {CANARY} again."))
    gathered(office, case_id, folder, files)
    seen = b"".join(path.read_bytes() for path in folder._inbox.parent.rglob("*") if path.is_file())
    for word in (CANARY, "Rowan", "Applegate", "rowan_a", "posts.jsonl"):
        assert word.encode() not in seen
    assert len(seen) > 1000


def test_what_the_order_does_not_cover_is_not_written(
    office: Any, folder: CollectorFolder, files: Path, post: Post
) -> None:
    case_id = ordered(office, refused=frozenset({ConsentItem.PUBLIC_FORUM}))
    written(files, post(f"Not consented to. {CANARY}"))
    done = gathered(office, case_id, folder, files)
    assert (done.items, done.left_out) == (0, 1)
    (name, _end) = folder.waiting()
    with office.vault.read() as tx, folder.opened(name) as sealed:
        body = b"".join(tx.open_written(case_id, sealed, delivery_context(name)))
    assert CANARY.encode() not in body
    assert b"posts.jsonl" in body
    serve_collectors(office.services)
    refused = [one for one in entries(office, case_id) if one.action is AuditAction.INPUT_REFUSED]
    assert [(one.code, one.count) for one in refused] == [(ConsentScopeError.code, 1)]
    assert evidence(office, case_id) == []


def test_the_end_of_the_look_back_is_asked_again_inside(
    office: Any, folder: CollectorFolder, files: Path, post: Post
) -> None:
    """An item that grew too old in between is left out, and the original with it."""
    case_id = ordered(office)
    years = office.requisition.policy.lookback_years
    line = post("Nearly too old.", days_ago=0)
    said = json.loads(line)
    said["created_at"] = (
        office.now.replace(year=office.now.year - years) + timedelta(hours=1)
    ).isoformat()
    written(files, json.dumps(said), post("New."))
    assert gathered(office, case_id, folder, files).items == 2
    office.clock.move(hours=2)
    serve_collectors(office.services)
    assert len(evidence(office, case_id)) == 1
    assert originals(office, case_id) == []
    refused = [
        one.code for one in entries(office, case_id) if one.action is AuditAction.INPUT_REFUSED
    ]
    assert refused == [OutOfScopeError.code]


# --- what changed in between, and what is hostile, is refused by a code -----------------------


def test_a_consent_withdrawn_between_writing_and_taking_in_refuses(
    office: Any, folder: CollectorFolder, files: Path, post: Post
) -> None:
    """E-N2-WITHDRAWN: nothing is opened or kept, and the order is taken back."""
    case_id = ordered(office)
    written(files, post("A calm day."))
    gathered(office, case_id, folder, files)
    withdraw_consent(case_id, **office.who(Role.APPLICANT))
    serve_collectors(office.services)
    assert codes(folder, case_id) == [ConsentWithdrawnError.code] * 2
    assert denials(office, case_id) == [ConsentWithdrawnError.code] * 2
    assert (evidence(office, case_id), in_inbox(folder), folder.orders()) == ([], [], [])
    assert list(office.vault.home.files.iterdir()) == []
    with pytest.raises(RecordNotFoundError):
        gathered(office, case_id, folder, files)


def test_an_order_that_is_taken_back_stops_the_reading(
    office: Any, folder: CollectorFolder, files: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = ordered(office)
    written(files, *(post(f"The lake was calm, day {n}.") for n in range(3 * POLL_INTERVAL)))
    read, passed = Source.read, []

    def halting(self: Source) -> Iterator[Any]:
        for item in read(self):
            passed.append(item)
            if len(passed) == POLL_INTERVAL + 2:
                withdraw_consent(case_id, **office.who(Role.APPLICANT))
                serve_collectors(office.services)
            yield item

    monkeypatch.setattr(Source, "read", halting)
    with pytest.raises(RecordNotFoundError):
        gathered(office, case_id, folder, files)
    assert len(passed) <= 2 * POLL_INTERVAL + 1
    assert in_inbox(folder) == []


def test_an_expired_consent_is_refused_on_both_sides(
    office: Any, folder: CollectorFolder, files: Path, post: Post
) -> None:
    case_id = ordered(office)
    written(files, post("A calm day."))
    gathered(office, case_id, folder, files)
    office.clock.moment = folder.order(case_id).valid_until
    with pytest.raises(ConsentExpiredError):
        gathered(office, case_id, folder, files)
    serve_collectors(office.services)
    assert codes(folder, case_id) == [ConsentExpiredError.code] * 2
    assert evidence(office, case_id) == []


def test_a_collector_without_the_order_is_refused(
    office: Any, folder: CollectorFolder, files: Path, post: Post, tmp_path: Path
) -> None:
    """It may have the public key; the grant beside it is the collector that was named."""
    case_id = ordered(office)
    home = make_collector(office.services.home, tmp_path / "south", "south")
    office.services.home = office.vault._home = home
    south = open_collector(tmp_path / "south")
    south.give(folder.order(case_id))
    written(files, post("A calm day."))
    gathered(office, case_id, south, files)
    take_in_captures(south, vault=office.vault, now=office.now)
    assert codes(south, case_id) == [NotPermittedError.code] * 2
    assert evidence(office, case_id) == []
    serve_collectors(office.services)
    assert south.orders() == []
    gathered(office, case_id, folder, files)
    serve_collectors(office.services)
    assert len(evidence(office, case_id)) == 1


def test_no_order_goes_to_a_collector_that_there_is_not(
    office: Any, folder: CollectorFolder
) -> None:
    case_id = office.disclosed()
    with pytest.raises(InputError):
        order_collection(case_id, "nowhere", **office.who(Role.INVESTIGATOR))
    with pytest.raises(NotPermittedError):
        order_collection(case_id, NAME, **office.who(Role.WALL_OFF_REVIEWER))
    assert denials(office, case_id) == [InputError.code, NotPermittedError.code]
    assert find_case(case_id, vault=office.vault).state is CaseState.DISCLOSED
    serve_collectors(office.services)
    assert folder.orders() == []


class Reads:
    """Counts what is read, and ends the process when the so-many-th file was delivered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, die_at: int = 0) -> None:
        self.names: list[str] = []
        self.notes, self.die_at = 0, die_at
        read, note = Source.read, CollectorFolder.note

        def reading(source: Source) -> Any:
            self.names.append(source.name)
            return read(source)

        def noting(folder: CollectorFolder, case_id: CaseId, line: str) -> None:
            note(folder, case_id, line)
            self.notes += 1
            if self.notes == self.die_at + 1:  # the first is the run's own
                raise Killed

        monkeypatch.setattr(Source, "read", reading)
        if die_at:
            monkeypatch.setattr(CollectorFolder, "note", noting)


@pytest.mark.parametrize("taken_in_between", [False, True])
def test_a_run_that_was_killed_goes_on_where_it_stopped(
    office: Any,
    folder: CollectorFolder,
    files: Path,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    taken_in_between: bool,
) -> None:
    """What was delivered is not read again, and counts all the same; no note stays at the end."""
    case_id = ordered(office)
    for name in ("a", "b", "c"):
        written(files, post(f"This is {name}."), name=f"{name}.jsonl")
    with monkeypatch.context() as patched:
        Reads(patched, die_at=2)
        with pytest.raises(Killed):
            gathered(office, case_id, folder, files)
    if taken_in_between:
        serve_collectors(office.services)
    with monkeypatch.context() as patched:
        reads = Reads(patched)
        done = gathered(office, case_id, folder, files)
    assert reads.names == ["c.jsonl"]
    assert (done.deliveries, done.items) == (3, 3)
    assert not any(name.startswith(".") for name in in_inbox(folder))
    serve_collectors(office.services)
    texts = [one.item.text.reveal() for one in evidence(office, case_id)]
    assert texts == ["This is a.", "This is b.", "This is c."]
    assert segment(office, case_id) is Segment.SCREEN


def test_what_changed_since_a_run_was_killed_is_read_again(
    office: Any,
    folder: CollectorFolder,
    files: Path,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another file, and a delivery that is not in the inbox any more; notes that are torn too."""
    case_id = ordered(office)
    for name in ("a", "b", "c"):
        written(files, post(f"This is {name}."), name=f"{name}.jsonl")
    with monkeypatch.context() as patched:
        Reads(patched, die_at=3)
        with pytest.raises(Killed):
            gathered(office, case_id, folder, files)
    written(files, post("This is b, changed."), name="b.jsonl")
    for path in folder._inbox.glob(f"{case_id}-00002-*"):
        path.unlink()
    (notes,) = folder._inbox.glob(f".{case_id}-*")
    notes.write_bytes(notes.read_bytes() + b'["torn')
    assert CANARY not in notes.read_text()
    with monkeypatch.context() as patched:
        reads = Reads(patched)
        gathered(office, case_id, folder, files)
    assert reads.names == ["b.jsonl", "c.jsonl"]


def test_the_notes_of_a_run_go_with_its_order(
    office: Any,
    folder: CollectorFolder,
    files: Path,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case_id = ordered(office)
    written(files, post("This is a."), name="a.jsonl")
    with monkeypatch.context() as patched:
        Reads(patched, die_at=1)
        with pytest.raises(Killed):
            gathered(office, case_id, folder, files)
    assert list(folder._inbox.glob(f".{case_id}-*"))
    withdraw_consent(case_id, **office.who(Role.INVESTIGATOR))
    serve_collectors(office.services)
    assert in_inbox(folder) == []
    with pytest.raises(RecordNotFoundError):
        gathered(office, case_id, folder, files)
    assert in_inbox(folder) == []


def test_a_device_whose_attestation_lapsed_in_between_is_refused_and_gathered_again(
    office: Any, folder: CollectorFolder, files: Path, post: Post, staff: Any
) -> None:
    """The gates on people and devices are asked at intake; a refusal leaves the order standing."""
    staff.gated()
    staff.ready()
    staff.device("laptop-2", attested_until=office.now + timedelta(hours=1))
    case_id = office.disclosed()
    order_collection(case_id, NAME, device="laptop-2", **office.who(Role.INVESTIGATOR))
    serve_collectors(office.services)
    written(files, post("A calm day."))
    gathered(office, case_id, folder, files)
    office.clock.move(hours=2)
    serve_collectors(office.services)
    lapsed, end = sorted(codes(folder, case_id))
    assert lapsed.startswith("E-")
    assert end == DeliveryRefusedError.code
    assert (evidence(office, case_id), len(folder.orders())) == ([], 1)
    staff.device("laptop-2", attested_until=office.now + timedelta(days=9))
    gathered(office, case_id, folder, files)
    serve_collectors(office.services)
    assert len(evidence(office, case_id)) == 1
    assert segment(office, case_id) is Segment.SCREEN


def test_terms_leave_out_on_both_sides(
    office: Any, folder: CollectorFolder, files: Path, post: Post
) -> None:
    office.requisition = office.open(notice_lead_days=0, search=SearchRules())
    for platform in ("kind.forum", "kind.blog"):
        review_terms(
            platform,
            version="1",
            by_hand=True,
            automated=False,
            rule="Public pages may be read.",
            next_review=office.now.date() + timedelta(days=90),
            **office.who(Role.POLICY_OWNER),
        )
    case_id = ordered(office)
    written(files, post("Read."), post(f"Not reviewed. {CANARY}", platform="video"))
    done = gathered(office, case_id, folder, files)
    assert (done.items, done.left_out) == (1, 1)
    # In between, somebody finds that the forum's terms bar it.
    review_terms(
        "kind.forum",
        version="2",
        by_hand=False,
        automated=False,
        rule="No.",
        next_review=office.now.date() + timedelta(days=90),
        **office.who(Role.POLICY_OWNER),
    )
    serve_collectors(office.services)
    assert evidence(office, case_id) == []
    refused = [
        one.code for one in entries(office, case_id) if one.action is AuditAction.INPUT_REFUSED
    ]
    assert refused == sorted([TermsBarredError.code, TermsUnreviewedError.code])


@pytest.mark.parametrize("form", ["link", "pipe", "folder", "flipped", "moved", "cut", "nonsense"])
def test_what_is_no_delivery_is_refused_and_leads_nowhere(
    office: Any, folder: CollectorFolder, files: Path, post: Post, form: str
) -> None:
    """A collector that was taken over may put anything into its inbox."""
    case_id = ordered(office)
    written(files, post("A calm day."))
    gathered(office, case_id, folder, files)
    name, end = folder.waiting()
    folder.remove(end)
    path = folder._inbox / str(name)
    body = path.read_bytes()
    path.unlink()
    match form:
        case "link":
            path.symlink_to(office.vault.home.raw_database)
        case "pipe":
            os.mkfifo(path)
        case "folder":
            (path / "within").mkdir(parents=True)
        case "flipped":
            path.write_bytes(body[:-1] + bytes([body[-1] ^ 1]))
        case "moved":
            name = name.model_copy(update={"delivery_id": new_id()})
            (folder._inbox / str(name)).write_bytes(body)
        case "cut":
            path.write_bytes(body[:-20])
        case _:
            writer = Writer.parse(folder.order(case_id).writer.encode())
            with path.open("wb") as out:
                writer.seal_stream(BytesIO(b"Z\n"), out, delivery_context(name))
    serve_collectors(office.services)
    assert codes(folder, case_id) == [SealBrokenError.code]
    assert denials(office, case_id) == [SealBrokenError.code]
    assert (evidence(office, case_id), folder.waiting()) == ([], [])
    assert office.vault.home.raw_database.stat().st_size > 0


def test_another_original_than_the_delivery_says_is_refused_whole(
    office: Any, folder: CollectorFolder, files: Path, post: Post
) -> None:
    """The digest is checked inside, on the copy; nothing stays of it, and the order stands."""
    case_id = ordered(office)
    written(files, post("A calm day."))
    gathered(office, case_id, folder, files)
    (path,) = folder._inbox.glob("*-*-*-*")
    writer = Writer.parse(folder.order(case_id).writer.encode())
    context = original_context(case_id, CaptureId(path.name.rpartition("-")[2]))
    with path.open("wb") as out:
        writer.seal_stream(BytesIO(b"another file"), out, context)
    serve_collectors(office.services)
    assert set(codes(folder, case_id)) == {CaptureHashError.code, DeliveryRefusedError.code}
    assert evidence(office, case_id) == []
    assert list(office.vault.home.files.iterdir()) == []
    gathered(office, case_id, folder, files)
    serve_collectors(office.services)
    assert len(evidence(office, case_id)) == 1


def test_no_delivery_takes_the_id_of_a_capture_that_stands(
    office: Any, folder: CollectorFolder, files: Path, post: Post
) -> None:
    """Else a collector could put its file in the place of another's original."""
    first = ordered(office)
    written(files, post("The first."))
    gathered(office, first, folder, files)
    serve_collectors(office.services)
    (capture,), _faults = captures_of(first, **office.who(Role.INVESTIGATOR))
    case_id = ordered(office)
    written(files, post("The second."))
    gathered(office, case_id, folder, files)
    name, end = folder.waiting()
    with office.vault.read() as tx, folder.opened(name) as sealed:
        said = read_delivery(tx.open_written(case_id, sealed, delivery_context(name)))
    (item,) = said.head.captures
    head = said.head.model_copy(update={"captures": {item: capture.id}})
    writer = Writer.parse(folder.order(case_id).writer.encode())
    with (folder._inbox / str(name)).open("wb") as out:
        lines = Lines(lines_of(head, said.digests, said.parts))
        writer.seal_stream(lines, out, delivery_context(name))
    folder.remove(end)
    before = originals(office, first)
    serve_collectors(office.services)
    assert codes(folder, case_id) == [ConstraintError.code]
    assert evidence(office, case_id) == []
    assert originals(office, first) == before


def test_what_stands_on_the_list_of_contraband_is_never_stored(
    office: Any, folder: CollectorFolder, files: Path, post: Post
) -> None:
    """Also within an archive, whose parts the collector digests: it has no list itself."""
    case_id = ordered(office)
    with zipfile.ZipFile(files / "archive.zip", "w") as archive:
        archive.writestr("outbox.json", "{}")
        archive.writestr("picture.jpg", CANARY)
    gathered(office, case_id, folder, files)
    known = {hashlib.sha256(CANARY.encode()).digest()}
    take_in_captures(folder, vault=office.vault, now=office.now, known=known)
    codes_logged = [
        one.code for one in entries(office, case_id) if one.action is AuditAction.INPUT_REFUSED
    ]
    assert codes_logged == [CopiedContrabandError.code]
    assert (evidence(office, case_id), in_inbox(folder)) == ([], [])
    assert list(office.vault.home.files.iterdir()) == []


# --- crashes ----------------------------------------------------------------------------------


class Killed(BaseException):
    """Stands for the end of the process."""


class Death:
    """Ends the process before its so-many-th durable step; from then on nothing is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
        self.steps, self.at = 0, at
        for owner, name in (
            (os, "fsync"),
            (os, "fchmod"),
            (os, "open"),
            (Path, "replace"),
            (Path, "unlink"),
        ):
            monkeypatch.setattr(owner, name, self.counted(getattr(owner, name)))

    def counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            self.steps += 1
            if self.steps > self.at:
                raise Killed
            return real(*args, **kwargs)

        return step


@pytest.mark.parametrize("taken_in_between", [False, True])
def test_a_collector_killed_at_any_step_loses_nothing_and_doubles_nothing(
    office: Any,
    folder: CollectorFolder,
    files: Path,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    taken_in_between: bool,
) -> None:
    case_id = ordered(office)
    written(files, post("One."), post("Two."), name="a.jsonl")
    written(files, post("Three."), name="b.jsonl")
    killed = 0
    while True:
        with monkeypatch.context() as patched:
            Death(patched, killed)
            try:
                gathered(office, case_id, folder, files)
                break
            except RecordNotFoundError:
                break  # its last word was in the inbox, and all was taken in
            except Killed:
                killed += 1
        if taken_in_between:
            serve_collectors(office.services)
    assert killed >= 20
    serve_collectors(office.services)
    texts = [one.item.text.reveal() for one in evidence(office, case_id)]
    assert texts == ["One.", "Two.", "Three."]
    assert len(originals(office, case_id)) == 2
    assert len(list(office.vault.home.files.iterdir())) == 2
    actions = [one.action for one in entries(office, case_id)]
    assert actions.count(AuditAction.CAPTURED) == 2
    assert denials(office, case_id) == []
    assert set(codes(folder, case_id)) == {""}
    assert in_inbox(folder) == []
    assert segment(office, case_id) is Segment.SCREEN


def test_an_intake_stopped_anywhere_loses_nothing_and_doubles_nothing(
    office: Any, folder: CollectorFolder, files: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stop before and after every call that writes; the next run ends it."""
    case_id = ordered(office)
    written(files, post("One."), post("Two."), name="a.jsonl")
    written(files, post("Three."), name="b.jsonl")
    gathered(office, case_id, folder, files)
    stops = 0
    for owner, name in (
        (CaptureStore, "add"),
        (EvidenceStore, "add_many"),
        (captures_in, "adopt_original"),
        (captures_in, "finish"),
        (CommandStore, "remember"),
        (OutboxStore, "add"),
        (CollectorFolder, "leave_receipt"),
        (CollectorFolder, "remove"),
        (CollectorFolder, "withdraw"),
    ):
        for after in (False, True):
            stops += stopped(office, monkeypatch, owner, name, after=after)
    serve_collectors(office.services)
    with office.vault.write() as tx:
        drop_orphans(tx, home=office.vault.home)
    assert stops >= 14
    texts = [one.item.text.reveal() for one in evidence(office, case_id)]
    assert texts == ["One.", "Two.", "Three."]
    assert len(originals(office, case_id)) == 2
    assert len(list(office.vault.home.files.iterdir())) == 2
    actions = [one.action for one in entries(office, case_id)]
    assert actions.count(AuditAction.CAPTURED) == 2
    assert denials(office, case_id) == []
    assert codes(folder, case_id) == ["", "", ""]
    assert (in_inbox(folder), folder.orders()) == ([], [])
    assert segment(office, case_id) is Segment.SCREEN


def stopped(
    office: Any, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, *, after: bool
) -> int:
    real = getattr(owner, name)

    def stop(*args: Any, **kwargs: Any) -> None:
        if after:
            real(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, stop)
        try:
            serve_collectors(office.services)
        except Killed:
            return 1
    return 0


def test_a_collector_that_is_damaged_does_not_keep_others_waiting(
    office: Any, folder: CollectorFolder, files: Path, post: Post, tmp_path: Path
) -> None:
    home = make_collector(office.services.home, tmp_path / "another", "another")
    office.services.home = office.vault._home = home
    (tmp_path / "another" / "collector.name").unlink()
    case_id = office.disclosed()
    order_collection(case_id, NAME, **office.who(Role.INVESTIGATOR))
    with pytest.raises(HomeError):
        serve_collectors(office.services)
    home = dataclasses.replace(home, collectors=dict(reversed(home.collectors.items())))
    office.services.home = home
    written(files, post("A calm day."))
    gathered(office, case_id, folder, files)
    with pytest.raises(HomeError):
        serve_collectors(office.services)
    assert len(evidence(office, case_id)) == 1


def test_half_written_orders_and_receipts_of_a_killed_process_are_removed(
    office: Any, folder: CollectorFolder, files: Path, post: Post
) -> None:
    case_id = ordered(office)
    written(files, post("The heron stood still."))
    gathered(office, case_id, folder, files)
    (name, _end) = folder.waiting()
    for kind, target in (("orders", case_id), ("receipts", f"{case_id}-{name.delivery_id}")):
        (folder._inbox.parent / kind / f".{target}.json.00ff.new").write_bytes(b"{")
    serve_collectors(office.services)
    assert codes(folder, case_id) == ["", ""]
    assert list(folder._inbox.parent.glob("*/.*.new")) == []
