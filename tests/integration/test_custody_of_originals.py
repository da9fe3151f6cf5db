"""Row I4: an original that was altered, taken away or swapped stands in the chain as a fault."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casework.custody.case_export import export_custody
from casework.gathering.captures import captures_of
from casework.gathering.source import register_source
from models.evidence import Capture
from models.people import Role
from models.search_clauses import CaptureHashError
from models.segment import Segment
from storage.captures import CaptureStore
from storage.originals import keep_original

Post = Callable[..., str]
NICE = "We planted tulips along the fence."


@pytest.fixture
def office(prepared: Any) -> Any:
    """One home for the module; each test has a case of its own."""
    return prepared


@pytest.fixture
def clock(prepared: Any) -> Any:
    return prepared.clock


def registered(office: Any, **files: str) -> Any:
    case_id = office.disclosed()
    folder = office.folder / f"originals-{case_id}"
    folder.mkdir()
    for name, body in files.items():
        (folder / name.replace("_", ".")).write_text(body + "\n")
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    return case_id


def collected(office: Any, **files: str) -> Any:
    case_id = registered(office, **files)
    office.run(Segment.COLLECT, case_id)
    return case_id


def the_capture(office: Any, case_id: Any) -> Capture:
    with office.vault.read() as tx:
        (capture,) = CaptureStore(tx).all(case_id)
    return capture


def altered(path: Path) -> None:
    sealed = bytearray(path.read_bytes())
    sealed[-1] ^= 1
    path.write_bytes(bytes(sealed))


def gone(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("harm", [altered, gone, emptied])
def test_i4_an_original_that_was_harmed_is_a_fault_of_its_capture_and_stops_nothing(
    office: Any, post: Post, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    """The chain is told and exported all the same: the fault stands in both."""
    case_id = collected(office, posts_jsonl=post(NICE))
    capture = the_capture(office, case_id)
    harm(office.vault.home.files / capture.id)
    _, faults = captures_of(case_id, **office.who(Role.INVESTIGATOR))
    assert [(one.capture_id, one.code) for one in faults] == [(capture.id, CaptureHashError.code)]
    out = tmp_path / "custody.jsonld"
    made = export_custody(case_id, out, **office.who(Role.EVIDENCE_CUSTODIAN))
    assert made.faults == 1
    assert CaptureHashError.code in out.read_text()


def test_i4_an_original_that_was_never_kept_is_no_fault(office: Any, post: Post) -> None:
    """Of a file that holds what was not consented to, the whole is not kept: and that is so."""
    too_old = post("Long ago.", days_ago=365 * 30)
    case_id = collected(office, posts_jsonl=post(NICE) + "\n" + too_old)
    capture = the_capture(office, case_id)
    assert not (office.vault.home.files / capture.id).exists()
    assert captures_of(case_id, **office.who(Role.INVESTIGATOR))[1] == []


def test_i4_a_file_that_is_swapped_at_the_last_moment_is_not_kept_as_the_original(
    office: Any, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the digest and the sealing lies a moment: what is sealed then is compared too."""
    case_id = registered(office, posts_jsonl=post(NICE))

    def swapped(tx: Any, capture: Capture, source: Path, *, home: Any) -> None:
        source.write_text(json.dumps({"other": "words"}))
        keep_original(tx, capture, source, home=home)

    monkeypatch.setattr("casework.gathering.collect.keep_original", swapped)
    with pytest.raises(CaptureHashError):
        office.run(Segment.COLLECT, case_id)
    with office.vault.read() as tx:
        assert CaptureStore(tx).all(case_id) == []
    assert list(of_no_capture(office)) == []


def of_no_capture(office: Any) -> Iterator[Path]:
    with office.vault.read() as tx:
        for path in office.vault.home.files.iterdir():
            if not CaptureStore(tx).stands(path.name):
                yield path
