"""Row I4: by which mapping a file was read is in its capture; a policy may list which may be."""

from pathlib import Path
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.gathering.captures import captures_of
from casework.gathering.collector_side import gather
from casework.gathering.source import order_collection, register_source
from collection.boxed import BOXES
from collection.formats.configuration import configuration_of
from collection.formats.registry import format_named
from collection.reports.mapping import MAPPING, digest_beside
from collection.samples.sample_reports import POSTS_CSV
from models.audit import AuditAction
from models.case import CaseState
from models.errors import InputError
from models.evidence import Capture
from models.people import Role
from models.search_clauses import CaptureHashError, MappingBarredError
from models.search_rules import SearchRules
from models.segment import Segment
from storage.audit import AuditLog
from storage.captures import CaptureStore
from storage.collector_folder import CollectorFolder, make_collector, open_collector
from walloff.collectors import serve_collectors

TABLE = 'Post ID,Posted,Body\np1,2026-03-01 12:00:00,"The lake was calm."\n'


def filled(office: Any, mapping: str = POSTS_CSV) -> Path:
    folder: Path = office.folder / "mapped"
    folder.mkdir(parents=True)
    (folder / "posts.csv").write_text(TABLE)
    (folder / MAPPING).write_text(mapping)
    return folder


def listing(office: Any, *digests: str | None) -> None:
    rules = SearchRules(terms_reviewed=False, mappings=frozenset(one for one in digests if one))
    office.requisition = office.open(notice_lead_days=0, search=rules)


def entries(office: Any, case_id: Any) -> list[tuple[AuditAction, str | None]]:
    with office.vault.read() as tx:
        return [(one.action, one.code) for one in AuditLog(tx).entries(case_id)]


def captures(office: Any, case_id: Any) -> list[Capture]:
    with office.vault.read() as tx:
        return CaptureStore(tx).all(case_id)


def collected(office: Any, folder: Path) -> Any:
    case_id = office.disclosed()
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    office.run(Segment.COLLECT, case_id)
    return case_id


def test_a_mapping_is_part_of_the_configuration_of_its_capture(office: Any) -> None:
    """With no list any mapping may be used, and which one it was can be checked."""
    folder = filled(office)
    case_id = collected(office, folder)
    (capture,) = captures(office, case_id)
    form = format_named("mapped")
    assert form is not None
    digest = digest_beside(folder / "posts.csv")
    made = configuration_of(form, confined=BOXES.wrapped, mapping=digest)
    assert capture.documentation is not None
    assert capture.documentation.configuration == made
    assert made != configuration_of(form, confined=BOXES.wrapped)
    assert captures_of(case_id, **office.who(Role.INVESTIGATOR))[1] == []


def test_a_mapping_that_the_policy_lists_is_used(office: Any) -> None:
    folder = filled(office)
    listing(office, digest_beside(folder / "posts.csv"), "a" * 64)
    assert len(captures(office, collected(office, folder))) == 1


def test_a_mapping_that_the_policy_does_not_list_is_refused_before_anything_moves(
    office: Any,
) -> None:
    folder = filled(office)
    listing(office, "a" * 64)
    case_id = office.disclosed()
    with pytest.raises(MappingBarredError):
        register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    assert entries(office, case_id)[-1] == (AuditAction.DENIED, MappingBarredError.code)
    assert find_case(case_id, vault=office.vault).state is CaseState.DISCLOSED
    assert captures(office, case_id) == []


def test_a_mapping_that_is_wrong_is_refused_before_anything_moves(office: Any) -> None:
    """Else its files would count as captured, and nothing of them would ever be read."""
    folder = filled(office, POSTS_CSV.replace('text = "Body"', "text = 7"))
    case_id = office.disclosed()
    with pytest.raises(InputError) as refused:
        register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    assert refused.value.file == MAPPING
    assert refused.value.line == POSTS_CSV.split("\n").index('text = "Body"') + 1
    (folder / MAPPING).write_text(POSTS_CSV)
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    office.run(Segment.COLLECT, case_id)
    assert len(captures(office, case_id)) == 1


def test_what_is_read_by_another_mapping_than_was_brought_in_is_left_out(office: Any) -> None:
    folder = filled(office)
    listing(office, digest_beside(folder / "posts.csv"))
    case_id = office.disclosed()
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    (folder / MAPPING).write_text(POSTS_CSV + "# changed\n")
    office.run(Segment.COLLECT, case_id)
    assert captures(office, case_id) == []
    assert (AuditAction.INPUT_REFUSED, MappingBarredError.code) in entries(office, case_id)


def test_a_mapping_that_is_swapped_while_its_file_is_read_is_found_out(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A capture never names another mapping than the one that read it."""
    folder = filled(office)
    case_id = office.disclosed()
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))
    read = BOXES.read

    def swapping(*args: Any, **more: Any) -> Any:
        yield from read(*args, **more)
        (folder / MAPPING).write_text(POSTS_CSV + "# swapped\n")

    monkeypatch.setattr(BOXES, "read", swapping)
    with pytest.raises(CaptureHashError):
        office.run(Segment.COLLECT, case_id)
    assert captures(office, case_id) == []


@pytest.fixture
def collector(office: Any, tmp_path: Path) -> CollectorFolder:
    home = make_collector(office.services.home, tmp_path / "collector", "north")
    office.services.home = office.vault._home = home
    return open_collector(tmp_path / "collector")


def ordered(office: Any, collector: CollectorFolder) -> Any:
    case_id = office.disclosed()
    order_collection(case_id, collector.name, **office.who(Role.INVESTIGATOR))
    serve_collectors(office.services)
    return case_id


@pytest.mark.parametrize("known", [True, False])
def test_a_collectors_process_reads_by_the_mappings_of_its_order_alone(
    office: Any, collector: CollectorFolder, known: bool
) -> None:
    folder = filled(office)
    listing(office, digest_beside(folder / "posts.csv") if known else "a" * 64)
    case_id = ordered(office, collector)
    clock = office.clock.now
    if known:
        assert gather(case_id, folder, folder=collector, clock=clock).items == 1
        serve_collectors(office.services)
        assert len(captures(office, case_id)) == 1
    else:
        with pytest.raises(MappingBarredError):
            gather(case_id, folder, folder=collector, clock=clock)
        assert collector.waiting() == []
