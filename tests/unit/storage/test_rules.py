"""The database itself refuses what a rule forbids, whoever speaks to it, in raw SQL too."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models.case import CaseState
from models.consent import ConsentItem
from models.errors import ConstraintError, SeparationOfDutiesError, TaintedDeciderError
from models.ids import ActorId, CaptureId, CaseId, ConsentId, HoldId, PackageId, new_id
from models.retention import LegalHold
from storage.captures import CaptureStore
from storage.cases import CaseStore
from storage.consents import ConsentStore
from storage.duties import Duty, DutyStore
from storage.exposures import ExposureStore
from storage.holds import HoldStore
from storage.packages import PackageStore

ANN, BOB, CAT, DAN = (ActorId(name) for name in ("ann", "bob", "cat", "dan"))


def run(agency: Any, statement: str, **values: object) -> None:
    with agency.vault.write() as tx:
        tx.execute(text(statement), values)


def insert_capture(agency: Any, capture: Any, **changes: object) -> None:
    """Insert a capture by raw SQL, past every store."""
    moment: datetime = capture.captured_at
    values = {
        "id": new_id(),
        "case_id": capture.case_id,
        "consent_id": capture.consent_id,
        "item": str(capture.consent_item),
        "at": moment.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "digest": new_id(),
    } | changes
    run(
        agency,
        "INSERT INTO captures (id, case_id, consent_id, consent_item, captured_at, digest, body)"
        " VALUES (:id, :case_id, :consent_id, :item, :at, :digest, '')",
        **values,
    )


# --- consent before capture -------------------------------------------------------------------


def test_a_capture_under_a_live_consent_is_taken(agency: Any) -> None:
    insert_capture(agency, agency.capture_value(agency.consent(agency.case().id)))
    capture = agency.capture_value(agency.consent(agency.case().id))
    with agency.vault.write() as tx:
        CaptureStore(tx).add(capture)


def test_a_capture_without_a_consent_is_refused(agency: Any) -> None:
    capture = agency.capture_value(agency.consent_value(agency.case().id))
    with pytest.raises(ConstraintError):
        insert_capture(agency, capture)
    with pytest.raises(ConstraintError), agency.vault.write() as tx:
        CaptureStore(tx).add(capture)


def test_a_capture_under_another_cases_consent_is_refused(agency: Any) -> None:
    consent = agency.consent(agency.case().id)
    capture = agency.capture_value(consent).model_copy(update={"case_id": agency.case().id})
    with pytest.raises(ConstraintError):
        insert_capture(agency, capture)
    with pytest.raises(ConstraintError), agency.vault.write() as tx:
        CaptureStore(tx).add(capture)


@pytest.mark.parametrize("item", [ConsentItem.PUBLIC_FORUM, "made-up"])
def test_a_capture_under_a_refused_or_unknown_item_is_refused(agency: Any, item: str) -> None:
    capture = agency.capture_value(agency.consent(agency.case().id))
    with pytest.raises(ConstraintError):
        insert_capture(agency, capture, item=str(item))


def test_a_capture_stands_only_within_the_consents_time(agency: Any) -> None:
    consent = agency.consent(agency.case().id)
    step = timedelta(microseconds=1)
    for at, allowed in (
        (consent.signed_at - step, False),
        (consent.signed_at, True),
        (consent.expires_at - step, True),
        (consent.expires_at, False),
    ):
        capture = agency.capture_value(consent, f"file {at}").model_copy(
            update={"captured_at": at, "id": CaptureId(new_id())}
        )
        if allowed:
            insert_capture(agency, capture)
        else:
            with pytest.raises(ConstraintError):
                insert_capture(agency, capture)
            # In a case of its own: a store opens the capture before it.
            alone = agency.capture_value(agency.consent(agency.case().id))
            with pytest.raises(ConstraintError), agency.vault.write() as tx:
                CaptureStore(tx).add(alone.model_copy(update={"captured_at": at}))


def test_a_withdrawn_consent_covers_what_was_before_and_nothing_after(agency: Any) -> None:
    consent = agency.consent(agency.case().id)
    with agency.vault.write() as tx:
        ConsentStore(tx).withdraw(consent.id, agency.now)
    capture = agency.capture_value(consent)
    with pytest.raises(ConstraintError):
        insert_capture(agency, capture)
    before = capture.model_copy(update={"captured_at": agency.now - timedelta(seconds=1)})
    insert_capture(agency, before)


def test_a_consent_neither_grows_nor_changes(agency: Any) -> None:
    consent = agency.consent(agency.case().id)
    for statement in (
        "INSERT INTO consent_items VALUES (:id, 'made-up', true)",
        "UPDATE consent_items SET granted = true WHERE consent_id = :id",
        "DELETE FROM consent_items WHERE consent_id = :id",
        "UPDATE consents SET expires_at = '2999-01-01T00:00:00.000000Z' WHERE id = :id",
        "UPDATE consents SET signed_at = '1999-01-01T00:00:00.000000Z' WHERE id = :id",
        "DELETE FROM consents WHERE id = :id",
    ):
        match = "delete" if statement.startswith("DELETE") else None
        with pytest.raises(ConstraintError, match=match):
            run(agency, statement, id=consent.id)
    with agency.vault.write() as tx:
        ConsentStore(tx).withdraw(consent.id, agency.now)
    with pytest.raises(ConstraintError):
        run(agency, "UPDATE consents SET withdrawn_at = NULL WHERE id = :id", id=consent.id)


def test_items_without_their_consent_are_refused(agency: Any) -> None:
    with pytest.raises(ConstraintError):
        run(agency, "INSERT INTO consent_items VALUES (:id, 'archive', true)", id=new_id())


# --- nothing rewritten, nothing lost ----------------------------------------------------------


def test_what_was_written_stays_written(agency: Any) -> None:
    case = agency.case()
    agency.evidence(case.id, "one")
    with agency.vault.write() as tx:
        package = PackageStore(tx).put(case.id, b"payload", now=agency.now)
        PackageStore(tx).approve(package.id, reviewer=ANN)
        DutyStore(tx).record(case.id, ANN, Duty.REVIEWED, agency.now)
        ExposureStore(tx).record(ANN, case.id, agency.now)
        HoldStore(tx).place(
            LegalHold(
                id=HoldId(new_id()),
                case_id=case.id,
                placed_by=BOB,
                placed_at=agency.now,
                matter="1",
            )
        )
        tx.execute(
            text(
                "INSERT INTO records (id, case_id, kind, at, body) VALUES ('r', :c, 'k', 'a', '')"
            ),
            {"c": case.id},
        )
    for statement in (
        "UPDATE captures SET captured_at = '2000'",
        "UPDATE evidence SET body = 'x'",
        "UPDATE records SET body = 'x'",
        "UPDATE packages SET payload = 'x'",
        "UPDATE approvals SET reviewer = 'bob'",
        "UPDATE duties SET duty = 'decided'",
        "UPDATE exposures SET actor = 'bob'",
        "UPDATE holds SET placed_by = 'ann'",
        "UPDATE cases SET state = 'released'",
        "UPDATE cases SET version = version + 2",
        "UPDATE cases SET opened_by = 'bob', version = version + 1",
        "UPDATE home SET mode = 'production'",
        "DELETE FROM captures",
        "DELETE FROM evidence",
        "DELETE FROM records",
        "DELETE FROM packages",
        "DELETE FROM approvals",
        "DELETE FROM duties",
        "DELETE FROM exposures",
        "DELETE FROM holds",
        "DELETE FROM cases",
        "DELETE FROM home",
    ):
        # Not only because something else refers to it.
        match = "delete" if statement.startswith("DELETE") else None
        with pytest.raises(ConstraintError, match=match):
            run(agency, statement)
    run(agency, "UPDATE evidence SET grade = 'disclosed'")
    run(
        agency, "UPDATE cases SET state = 'noticed', version = version + 1 WHERE id = :c", c=case.id
    )


def test_a_case_is_in_a_state_that_exists(agency: Any) -> None:
    case = agency.case()
    with pytest.raises(ConstraintError):
        run(
            agency,
            "UPDATE cases SET state = 'cleared', version = version + 1 WHERE id = :c",
            c=case.id,
        )


def test_a_held_case_is_not_destroyed(agency: Any) -> None:
    case = agency.case(CaseState.RETAINED)
    hold = LegalHold(
        id=HoldId(new_id()), case_id=case.id, placed_by=BOB, placed_at=agency.now, matter="1"
    )
    with agency.vault.write() as tx:
        HoldStore(tx).place(hold)
    with pytest.raises(ConstraintError, match="hold"), agency.vault.write() as tx:
        CaseStore(tx).move(case, CaseState.DESTROYED, now=agency.now)
    with agency.vault.write() as tx:
        HoldStore(tx).lift(hold.id, agency.now)
        CaseStore(tx).move(case, CaseState.DESTROYED, now=agency.now)
    with pytest.raises(ConstraintError):
        run(
            agency,
            "UPDATE cases SET state = 'retained', version = version + 1 WHERE id = :c",
            c=case.id,
        )


# --- separation of duties ---------------------------------------------------------------------


@pytest.fixture
def package(agency: Any) -> tuple[CaseId, PackageId]:
    case = agency.case()
    with agency.vault.write() as tx:
        return case.id, PackageStore(tx).put(case.id, b"payload", now=agency.now).id


def duty(agency: Any, case_id: CaseId, actor: ActorId, done: Duty) -> None:
    with agency.vault.write() as tx:
        DutyStore(tx).record(case_id, actor, done, agency.now)


def approve(agency: Any, package_id: PackageId, reviewer: ActorId) -> int:
    with agency.vault.write() as tx:
        return PackageStore(tx).approve(package_id, reviewer=reviewer)


def test_two_different_reviewers_approve(agency: Any, package: Any) -> None:
    _, package_id = package
    assert approve(agency, package_id, ANN) == 1
    with pytest.raises(SeparationOfDutiesError):
        approve(agency, package_id, ANN)
    assert approve(agency, package_id, BOB) == 2
    with pytest.raises(SeparationOfDutiesError):
        approve(agency, package_id, CAT)
    with agency.vault.read() as tx:
        assert PackageStore(tx).approvals(package_id) == [ANN, BOB]
    with pytest.raises(ConstraintError):
        run(agency, "INSERT INTO approvals VALUES (:p, 3, 'cat')", p=new_id())


def test_who_collected_never_approves(agency: Any, package: Any) -> None:
    case_id, package_id = package
    duty(agency, case_id, ANN, Duty.COLLECTED)
    with pytest.raises(SeparationOfDutiesError):
        approve(agency, package_id, ANN)
    with pytest.raises(SeparationOfDutiesError):
        run(agency, "INSERT INTO approvals VALUES (:p, 1, 'ann')", p=package_id)
    assert approve(agency, package_id, BOB) == 1


def test_who_approved_never_collects(agency: Any, package: Any) -> None:
    case_id, package_id = package
    approve(agency, package_id, ANN)
    with pytest.raises(SeparationOfDutiesError):
        duty(agency, case_id, ANN, Duty.COLLECTED)
    duty(agency, case_id, BOB, Duty.COLLECTED)


@pytest.mark.parametrize("later", [Duty.REVIEWED, Duty.RELEASED])
def test_who_collected_never_reviews_or_releases(agency: Any, later: Duty) -> None:
    case_id, other = agency.case().id, agency.case().id
    duty(agency, case_id, ANN, Duty.COLLECTED)
    with pytest.raises(SeparationOfDutiesError):
        duty(agency, case_id, ANN, later)
    duty(agency, case_id, BOB, later)
    duty(agency, other, ANN, later)
    with pytest.raises(SeparationOfDutiesError):
        duty(agency, case_id, BOB, Duty.COLLECTED)


def test_a_superseded_package_is_not_approved(agency: Any, package: Any) -> None:
    case_id, old = package
    with agency.vault.write() as tx:
        new = PackageStore(tx).put(case_id, b"payload 2", now=agency.now).id
    with pytest.raises(ConstraintError):
        approve(agency, old, ANN)
    assert approve(agency, new, ANN) == 1


def test_who_approved_the_package_does_not_release_it(agency: Any, package: Any) -> None:
    case_id, package_id = package
    approve(agency, package_id, ANN)
    with pytest.raises(SeparationOfDutiesError):
        duty(agency, case_id, ANN, Duty.RELEASED)
    duty(agency, case_id, DAN, Duty.RELEASED)
    with agency.vault.write() as tx:
        PackageStore(tx).put(case_id, b"payload 2", now=agency.now)
    duty(agency, case_id, ANN, Duty.RELEASED)


def test_who_saw_raw_evidence_never_decides(agency: Any, package: Any) -> None:
    case_id, package_id = package
    with agency.vault.write() as tx:
        ExposureStore(tx).record(ANN, case_id, agency.now)
        ExposureStore(tx).record(ANN, case_id, agency.now + timedelta(days=1))
        assert ExposureStore(tx).exposed(ANN, case_id)
        assert not ExposureStore(tx).exposed(BOB, case_id)
    duty(agency, case_id, BOB, Duty.COLLECTED)
    approve(agency, package_id, CAT)
    for tainted in (ANN, BOB, CAT):
        with pytest.raises(TaintedDeciderError):
            duty(agency, case_id, tainted, Duty.DECIDED)
    duty(agency, case_id, DAN, Duty.DECIDED)
    duty(agency, agency.case().id, ANN, Duty.DECIDED)


def test_who_released_the_package_never_decides(agency: Any) -> None:
    """And does so in a case that somebody else released."""
    case_id, other = agency.case().id, agency.case().id
    duty(agency, case_id, ANN, Duty.RELEASED)
    with pytest.raises(TaintedDeciderError):
        duty(agency, case_id, ANN, Duty.DECIDED)
    duty(agency, case_id, BOB, Duty.DECIDED)
    duty(agency, other, ANN, Duty.DECIDED)


def test_who_decided_takes_no_other_part(agency: Any, package: Any) -> None:
    case_id, package_id = package
    duty(agency, case_id, ANN, Duty.DECIDED)
    for other in (Duty.COLLECTED, Duty.REVIEWED, Duty.RELEASED):
        with pytest.raises(SeparationOfDutiesError):
            duty(agency, case_id, ANN, other)
    with pytest.raises(SeparationOfDutiesError):
        approve(agency, package_id, ANN)


def test_a_duty_is_written_once(agency: Any) -> None:
    case_id = agency.case().id
    for _ in range(2):
        duty(agency, case_id, ANN, Duty.REVIEWED)
    duty(agency, case_id, ANN, Duty.RELEASED)
    with agency.vault.read() as tx:
        assert DutyStore(tx).did(case_id, ANN) == {Duty.REVIEWED, Duty.RELEASED}
        assert DutyStore(tx).did(case_id, BOB) == frozenset()


def test_an_unknown_package_is_not_approved(agency: Any) -> None:
    with pytest.raises(Exception, match="package"):
        approve(agency, PackageId(new_id()), ANN)


def test_a_withdrawal_needs_a_consent(agency: Any) -> None:
    with pytest.raises(Exception, match="consent"), agency.vault.write() as tx:
        ConsentStore(tx).withdraw(ConsentId(new_id()), agency.now)
