"""What goes into a store comes out again, and what a rule forbids does not go in."""

from datetime import date, timedelta
from typing import Any

import pytest

from models.case import CaseState
from models.consent import ConsentItem
from models.disclosure import Applicant, Disclosure
from models.errors import (
    CaseChangedError,
    CaseNotFoundError,
    ConstraintError,
    LeaseLostError,
    PersonNotFoundError,
    RecordNotFoundError,
    RequisitionNotFoundError,
    SealBrokenError,
    WrongStateError,
)
from models.evidence import AttributionGrade
from models.finding import FindingState
from models.ids import ActorId, BatchId, CaseId, ConsentId, HoldId, RequisitionId, new_id
from models.people import Actor, Role
from models.requisition import RequisitionState
from models.retention import LegalHold, RetentionSchedule
from models.text import RawText
from storage.captures import CaptureStore
from storage.cases import CaseStore
from storage.commands import CommandStore
from storage.consents import ConsentStore
from storage.evidence import EvidenceStore
from storage.findings import FindingStore
from storage.holds import HoldStore
from storage.leases import LeaseStore
from storage.outbox import OutboxStore
from storage.packages import PackageStore
from storage.people import PersonStore
from storage.records import RecordKind, RecordStore
from storage.requisitions import RequisitionStore
from storage.schedules import ScheduleStore


def test_people_come_back_with_their_names_in_order(agency: Any) -> None:
    first = Actor(id=ActorId("b"), roles=frozenset({Role.AUDITOR, Role.SUPERVISOR}))
    second = Actor(id=ActorId("a"), roles=frozenset(), rehearsal=True)
    with agency.vault.write() as tx:
        PersonStore(tx).add(first, "Zoë")
        PersonStore(tx).add(second, "Ann")
    with agency.vault.read() as tx:
        assert PersonStore(tx).all() == [(first, "Zoë"), (second, "Ann")]
        assert PersonStore(tx).get(second.id) == second
        with pytest.raises(PersonNotFoundError):
            PersonStore(tx).get(ActorId("nobody"))


def test_a_person_is_registered_once(agency: Any) -> None:
    person = Actor(id=ActorId("a"), roles=frozenset())
    with agency.vault.write() as tx:
        PersonStore(tx).add(person, "Ann")
    with pytest.raises(ConstraintError), agency.vault.write() as tx:
        PersonStore(tx).add(person, "Ann again")


def test_a_requisition_comes_back_and_closes(agency: Any) -> None:
    requisition = agency.requisition()
    with agency.vault.write() as tx:
        assert RequisitionStore(tx).get(requisition.id) == requisition
        RequisitionStore(tx).close(requisition.id)
    with agency.vault.read() as tx:
        assert [found.state for found in RequisitionStore(tx).all()] == [RequisitionState.CLOSED]
        with pytest.raises(RequisitionNotFoundError):
            RequisitionStore(tx).get(RequisitionId(new_id()))
    with agency.vault.write() as tx, pytest.raises(RequisitionNotFoundError):
        RequisitionStore(tx).close(RequisitionId(new_id()))


def test_a_case_moves_along_the_table(agency: Any, now: Any) -> None:
    case = agency.case()
    with agency.vault.write() as tx:
        moved = CaseStore(tx).move(case, CaseState.NOTICED, now=now + timedelta(hours=1))
    with agency.vault.read() as tx:
        assert CaseStore(tx).get(case.id) == moved
    assert (moved.state, moved.version) == (CaseState.NOTICED, 1)


def test_a_case_takes_no_step_outside_the_table(agency: Any, now: Any) -> None:
    case = agency.case()
    with pytest.raises(WrongStateError), agency.vault.write() as tx:
        CaseStore(tx).move(case, CaseState.RELEASED, now=now)


def test_a_case_is_not_moved_from_a_version_that_is_past(agency: Any, now: Any) -> None:
    case = agency.case()
    with agency.vault.write() as tx:
        CaseStore(tx).move(case, CaseState.NOTICED, now=now)
    with pytest.raises(CaseChangedError), agency.vault.write() as tx:
        CaseStore(tx).move(case, CaseState.NOTICED, now=now)


def test_an_unknown_case_is_not_found(agency: Any, now: Any) -> None:
    stranger = agency.case().model_copy(update={"id": CaseId(new_id())})
    with agency.vault.write() as tx:
        with pytest.raises(CaseNotFoundError):
            CaseStore(tx).get(stranger.id)
        with pytest.raises(CaseNotFoundError):
            CaseStore(tx).move(stranger, CaseState.NOTICED, now=now)


def test_cases_are_listed_by_requisition_and_state(agency: Any) -> None:
    draft, noticed = agency.case(), agency.case(CaseState.NOTICED)
    with agency.vault.read() as tx:
        cases = CaseStore(tx)
        assert {case.id for case in cases.all()} == {draft.id, noticed.id}
        assert cases.all(draft.requisition_id) == [draft]
        assert cases.in_state(CaseState.NOTICED, CaseState.DISCLOSED, limit=5) == [noticed]
        assert len(cases.in_state(CaseState.NOTICED, CaseState.DRAFT, limit=1)) == 1


def test_a_case_needs_its_requisition_and_an_id(agency: Any) -> None:
    case = agency.case()
    orphan = {"id": CaseId(new_id()), "requisition_id": RequisitionId(new_id())}
    for change in (orphan, {"id": CaseId("Ann Smith")}, {}):
        with pytest.raises(ConstraintError), agency.vault.write() as tx:
            CaseStore(tx).add(case.model_copy(update=change))


def test_a_lease_is_one_workers(agency: Any, now: Any) -> None:
    case = agency.case(CaseState.DISCLOSED)
    until = now + timedelta(minutes=5)
    with agency.vault.write() as tx:
        leases = LeaseStore(tx)
        claim = {"now": now, "until": until, "limit": 10}
        assert leases.claim([CaseState.DISCLOSED], owner="one", **claim) == [case.id]
        assert leases.claim([CaseState.DISCLOSED], owner="two", **claim) == []
        assert leases.claim([CaseState.DISCLOSED], owner="one", **claim) == []
        assert leases.claim([case.id], owner="two", **claim) == []
        assert leases.claim([case.id], owner="one", **claim) == [case.id]
        leases.check("one", case.id, now)
        with pytest.raises(LeaseLostError):
            leases.check("two", case.id, now)
        with pytest.raises(LeaseLostError):
            leases.renew("two", case.id, until)
        with pytest.raises(LeaseLostError):
            leases.check("one", case.id, until)


def test_a_lease_that_ran_out_goes_to_the_next(agency: Any, now: Any) -> None:
    case = agency.case(CaseState.DISCLOSED)
    later = now + timedelta(minutes=5)
    with agency.vault.write() as tx:
        leases = LeaseStore(tx)
        leases.claim([case.id], owner="one", now=now, until=later)
        leases.renew("one", case.id, later + timedelta(minutes=1))
        assert leases.claim([case.id], owner="two", now=later, until=later) == []
        at = later + timedelta(minutes=1)
        got = leases.claim([case.id], owner="two", now=at, until=at + timedelta(minutes=1))
        assert got == [case.id]
        with pytest.raises(LeaseLostError):
            leases.check("one", case.id, at)
        leases.release("one", case.id)
        leases.check("two", case.id, at)
        leases.release("two", case.id)
        with pytest.raises(LeaseLostError):
            leases.check("two", case.id, at)


def test_a_batch_remembers_its_cases_until_finished(agency: Any, now: Any) -> None:
    cases = [agency.case().id for _ in range(3)]
    with agency.vault.write() as tx:
        leases = LeaseStore(tx)
        batch = leases.new_batch("screen", cases[::-1], now)
        assert leases.batch(batch) == tuple(cases[::-1])
        assert leases.unfinished_batches() == [batch]
        leases.finish_batch(batch, now)
        assert leases.unfinished_batches() == []
        with pytest.raises(RecordNotFoundError):
            leases.batch(BatchId(new_id()))
        with pytest.raises(RecordNotFoundError):
            leases.finish_batch(BatchId(new_id()), now)


def test_records_come_back_newest_last(agency: Any, now: Any) -> None:
    case = agency.case()
    first = Disclosure(name=RawText("Ann"), emails=(RawText("ann@example.org"),))
    second = Disclosure(name=RawText("Anna"))
    with agency.vault.write() as tx:
        records = RecordStore(tx)
        assert records.latest(case.id, RecordKind.DISCLOSURE, Disclosure) is None
        records.put(case.id, RecordKind.DISCLOSURE, first, now=now)
        records.put(case.id, RecordKind.DISCLOSURE, second, now=now)
        records.put(case.id, RecordKind.APPLICANT, Applicant(name=RawText("Ann")), now=now)
    with agency.vault.read() as tx:
        records = RecordStore(tx)
        assert records.latest(case.id, RecordKind.DISCLOSURE, Disclosure) == second
        assert records.all(case.id, RecordKind.DISCLOSURE, Disclosure) == [first, second]
        with pytest.raises(SealBrokenError):
            records.latest(case.id, RecordKind.DISCLOSURE, LegalHold)


def test_a_record_needs_a_case(agency: Any, now: Any) -> None:
    with pytest.raises(ConstraintError), agency.vault.write() as tx:
        RecordStore(tx).put(
            CaseId(new_id()), RecordKind.APPLICANT, Applicant(name=RawText("Ann")), now=now
        )


def test_a_consent_comes_back_item_by_item_and_is_withdrawn_once(agency: Any, now: Any) -> None:
    case = agency.case()
    old = agency.consent(case.id)
    new = agency.consent(case.id, ConsentItem.PUBLIC_BLOG, ConsentItem.ARCHIVE)
    with agency.vault.write() as tx:
        consents = ConsentStore(tx)
        assert consents.latest(case.id) == new
        assert consents.all(case.id) == [old, new]
        consents.withdraw(new.id, now)
        assert consents.latest(case.id) == new.model_copy(update={"withdrawn_at": now})
        with pytest.raises(ConstraintError):
            consents.withdraw(new.id, now)
        with pytest.raises(RecordNotFoundError):
            consents.withdraw(ConsentId(new_id()), now)
        assert consents.latest(CaseId(new_id())) is None


def test_a_capture_is_found_by_its_bytes_in_its_own_case_only(agency: Any) -> None:
    case, other = agency.case(), agency.case()
    capture = agency.capture_value(agency.consent(case.id))
    with agency.vault.write() as tx:
        captures = CaptureStore(tx)
        captures.add(capture)
        item = capture.consent_item
        assert captures.by_digest(case.id, capture.sha256, item) == capture
        assert captures.by_digest(case.id, capture.sha256, ConsentItem.ARCHIVE) is None
        assert captures.by_digest(case.id, "0" * 64, item) is None
        assert captures.by_digest(other.id, capture.sha256, item) is None
        assert captures.all(case.id) == [capture]


def test_evidence_added_twice_is_kept_once(agency: Any) -> None:
    """A step that is killed after its commit runs again."""
    case = agency.case()
    capture = agency.capture_value(agency.consent(case.id))
    items = [agency.item("one"), agency.item("two"), agency.item("three")]
    with agency.vault.write() as tx:
        CaptureStore(tx).add(capture)
        first = EvidenceStore(tx).add_many(capture, items[:2])
    with agency.vault.write() as tx:
        again = EvidenceStore(tx).add_many(capture, items)
        assert again[:2] == first
        assert EvidenceStore(tx).count(case.id) == 3
        EvidenceStore(tx).grade(again[1], AttributionGrade.DISCLOSED)
    with agency.vault.read() as tx:
        kept = list(EvidenceStore(tx).for_case(case.id))
    assert [evidence.item for evidence in kept] == items
    assert [evidence.grade for evidence in kept] == [None, AttributionGrade.DISCLOSED, None]
    assert [evidence.id for evidence in kept] == again


def test_unknown_evidence_is_not_graded(agency: Any) -> None:
    with agency.vault.write() as tx, pytest.raises(RecordNotFoundError):
        EvidenceStore(tx).grade(new_id(), AttributionGrade.DISCLOSED)  # type: ignore[arg-type]


def test_findings_are_replaced_as_a_whole(agency: Any) -> None:
    case = agency.case()
    evidence = agency.evidence(case.id, "one", "two")
    first, second = (agency.finding(case.id, item.id) for item in evidence)
    with agency.vault.write() as tx:
        findings = FindingStore(tx)
        findings.replace(case.id, [second, first])
        assert findings.for_case(case.id) == [second, first]
        findings.set_state(first.id, FindingState.WITHHELD)
        findings.replace(case.id, [first])
        assert findings.for_case(case.id) == [first]
        with pytest.raises(RecordNotFoundError):
            findings.set_state(second.id, FindingState.CONFIRMED)
        findings.set_state(first.id, FindingState.CONFIRMED)
        assert [found.state for found in findings.for_case(case.id)] == [FindingState.CONFIRMED]
        findings.replace(case.id, [])
        assert findings.for_case(case.id) == []


def test_a_finding_belongs_to_its_case_and_its_evidence(agency: Any) -> None:
    case, other = agency.case(), agency.case()
    (evidence,) = agency.evidence(case.id, "one")
    for stranger in (
        agency.finding(other.id, evidence.id),
        agency.finding(case.id, agency.evidence(other.id, "two")[0].id),
    ):
        with pytest.raises(ConstraintError), agency.vault.write() as tx:
            FindingStore(tx).replace(case.id, [stranger])


def test_a_newer_package_supersedes(agency: Any, now: Any) -> None:
    case, other = agency.case(), agency.case()
    with agency.vault.write() as tx:
        packages = PackageStore(tx)
        assert packages.current(case.id) is None
        first = packages.put(case.id, b"payload", now=now)
        assert packages.current(case.id) == first
        second = packages.put(case.id, b"payload", now=now)
        assert packages.current(case.id) == second
        assert (first.version, second.version) == (1, 2)
        assert first.digest == second.digest
        assert packages.put(other.id, b"payload", now=now).digest != first.digest


def test_outbox_work_is_done_once_and_its_payload_forgotten(agency: Any, now: Any) -> None:
    case = agency.case()
    with agency.vault.write() as tx:
        outbox = OutboxStore(tx)
        first = outbox.add("deliver", case.id, b"payload", now=now)
        second = outbox.add("publish", None, b"for the home", now=now)
        third = outbox.add("deliver", case.id, now=now)
    with agency.vault.write() as tx:
        outbox = OutboxStore(tx)
        assert [row.id for row in outbox.pending()] == [first, second, third]
        assert [row.payload for row in outbox.pending("deliver")] == [b"payload", b""]
        assert [row.payload for row in outbox.pending("publish", limit=1)] == [b"for the home"]
        outbox.done(first, now)
        outbox.done(first, now)
        assert [row.id for row in outbox.pending("deliver", "publish")] == [second, third]
        with pytest.raises(RecordNotFoundError):
            outbox.done(new_id(), now)


def test_a_command_is_remembered_with_its_result(agency: Any, now: Any) -> None:
    with agency.vault.write() as tx:
        assert CommandStore(tx).seen("open:1") is None
        CommandStore(tx).remember("open:1", "case 5", now)
    with agency.vault.read() as tx:
        assert CommandStore(tx).seen("open:1") == "case 5"
        assert CommandStore(tx).seen("open:2") is None
    with pytest.raises(ConstraintError), agency.vault.write() as tx:
        CommandStore(tx).remember("open:1", "case 6", now)


def test_a_hold_is_in_force_until_lifted(agency: Any, now: Any) -> None:
    case = agency.case()
    hold = LegalHold(
        id=HoldId(new_id()),
        case_id=case.id,
        placed_by=ActorId("custodian"),
        placed_at=now,
        matter="26-CV-0001",
    )
    with agency.vault.write() as tx:
        holds = HoldStore(tx)
        holds.place(hold)
        assert holds.in_force(case.id) == [hold]
        holds.lift(hold.id, now)
        assert holds.in_force(case.id) == []
        with pytest.raises(ConstraintError):
            holds.lift(hold.id, now)
        with pytest.raises(RecordNotFoundError):
            holds.lift(HoldId(new_id()), now)


def test_a_schedule_is_due_when_either_clock_has_come(agency: Any, now: Any) -> None:
    early, late, never = (agency.case().id for _ in range(3))

    def schedule(case_id: CaseId, keep: date | None, destroy: date | None) -> RetentionSchedule:
        return RetentionSchedule(
            case_id=case_id, computed_at=now, applied=(), keep_until=keep, destroy_by=destroy
        )

    with agency.vault.write() as tx:
        schedules = ScheduleStore(tx)
        schedules.put(schedule(late, date(2027, 1, 1), date(2028, 1, 1)))
        schedules.put(schedule(early, date(2029, 1, 1), date(2026, 12, 1)))
        schedules.put(schedule(never, None, None))
        assert [found.case_id for found in schedules.due(date(2026, 11, 30))] == []
        assert [found.case_id for found in schedules.due(date(2026, 12, 1))] == [early]
        assert [found.case_id for found in schedules.due(date(2027, 1, 1))] == [early, late]
        schedules.put(schedule(early, None, date(2030, 1, 1)))
        assert schedules.get(early) == schedule(early, None, date(2030, 1, 1))
        assert [found.case_id for found in schedules.due(date(2027, 1, 1))] == [late]
        assert schedules.get(CaseId(new_id())) is None


def test_what_stands_in_clear_is_no_sentence(agency: Any, now: Any) -> None:
    """A kind, an owner or an audit code with spaces in it could be somebody's words."""
    case = agency.case()
    with agency.vault.write() as tx:
        for attempt in (
            lambda: OutboxStore(tx).add("Ann wrote this", case.id, now=now),
            lambda: LeaseStore(tx).new_batch("Ann wrote this", [], now),
            lambda: LeaseStore(tx).claim([], owner="Ann wrote", now=now, until=now),
            lambda: PersonStore(tx).add(Actor(id=ActorId("A B"), roles=frozenset()), "Ann"),
        ):
            with pytest.raises(ConstraintError):
                attempt()
