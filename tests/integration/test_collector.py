"""A collector's deliveries are taken in once each, and give the very rows that the inside gives."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.captures import captures_of
from casework.cases import find_case
from casework.collector_side import Gathered, gather
from casework.deliveries import delivery_context
from casework.due import next_segment
from casework.source import order_collection
from models.audit import AuditAction
from models.case import CaseState
from models.consent import ConsentItem
from models.errors import (
    ConsentScopeError,
    HomeError,
    OutOfScopeError,
    RecordNotFoundError,
)
from models.evidence import Evidence
from models.ids import CaseId
from models.people import Role
from models.segment import Segment
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.collector_folder import CollectorFolder, make_collector, open_collector
from storage.evidence import EvidenceStore
from storage.originals import faulty_originals, read_original
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
