"""Lockboxes open for the domains of the ring, survive rotation, and do not come back."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

import storage.keyring
from models.errors import ConstraintError, KeyUnavailableError, SealBrokenError
from models.ids import CaseId, new_id
from storage.domain import HOME, Domain
from storage.engine import transaction
from storage.keystore import KeyStore


def test_a_ring_opens_its_domains_and_no_other(agency: Any) -> None:
    case = CaseId(new_id())
    agency.ring.lockbox(case, Domain.RAW, create=True)
    manager = agency.ring_for(Domain.RELEASED)
    assert manager.domains == {Domain.RELEASED}
    manager.lockbox(case, Domain.RELEASED, create=True)
    for domain in set(Domain) - {Domain.RELEASED}:
        for create in (True, False):
            with pytest.raises(KeyUnavailableError):
                manager.lockbox(case, domain, create=create)
        with pytest.raises(KeyUnavailableError):
            manager.rotate(domain)


def test_a_lockbox_is_the_same_for_every_process(agency: Any) -> None:
    case = CaseId(new_id())
    made = agency.ring.lockbox(case, Domain.RAW, create=True)
    assert agency.ring_for(Domain.RAW).lockbox(case, Domain.RAW) == made
    assert agency.ring_for(Domain.RAW).lockbox(case, Domain.RAW, create=True) == made


def test_cases_and_domains_have_keys_of_their_own(agency: Any) -> None:
    cases = [CaseId(new_id()), CaseId(new_id())]
    boxes = [
        agency.ring.lockbox(case, domain, create=True)
        for case in cases
        for domain in (Domain.RAW, Domain.SEALED)
    ]
    assert len({box.rows.secret for box in boxes} | {box.files.secret for box in boxes}) == 8
    assert len({box.index for box in boxes}) == 4


def test_a_lockbox_that_was_never_made_does_not_open(agency: Any) -> None:
    with pytest.raises(KeyUnavailableError):
        agency.ring.lockbox(CaseId(new_id()), Domain.RAW)


def test_a_lockbox_moved_to_another_case_does_not_open(agency: Any) -> None:
    one, two = CaseId(new_id()), CaseId(new_id())
    agency.ring.lockbox(one, Domain.RAW, create=True)
    with transaction(agency.ring.engine, "keys", writes=True) as connection:
        connection.execute(
            text("UPDATE lockboxes SET case_id = :two WHERE case_id = :one"),
            {"one": one, "two": two},
        )
    with pytest.raises(SealBrokenError):
        agency.ring_for(Domain.RAW).lockbox(two, Domain.RAW)


def test_rotation_keeps_every_lockbox_and_destroys_the_old_key(agency: Any) -> None:
    cases = [CaseId(new_id()) for _ in range(20)]
    before = {case: agency.ring.lockbox(case, Domain.RAW, create=True) for case in cases}
    rotation = agency.ring.rotate(Domain.RAW)
    # With the home's own, under which the inside's copies of writing keys are sealed.
    assert (rotation.version, rotation.rewrapped) == (2, 21)
    assert len(rotation.receipts) == 1
    assert {case: agency.ring.lockbox(case, Domain.RAW) for case in cases} == before
    (status,) = (row for row in agency.ring.status() if row.domain is Domain.RAW)
    assert (status.version, status.versions, status.lockboxes) == (2, (2,), 21)
    assert status.on_old_version == 0


def test_a_running_process_follows_a_rotation(agency: Any) -> None:
    case = CaseId(new_id())
    other = agency.ring_for(Domain.RAW)
    box = agency.ring.lockbox(case, Domain.RAW, create=True)
    agency.ring.rotate(Domain.RAW)
    assert other.lockbox(case, Domain.RAW) == box
    fresh = CaseId(new_id())
    made = other.lockbox(fresh, Domain.RAW, create=True)
    assert agency.ring.lockbox(fresh, Domain.RAW) == made


@pytest.mark.parametrize("stop", ["_rewrap", "_destroy_old"])
def test_a_rotation_that_was_interrupted_loses_nothing_and_is_finished_by_the_next(
    agency: Any, monkeypatch: pytest.MonkeyPatch, stop: str
) -> None:
    cases = [CaseId(new_id()) for _ in range(3)]
    before = {case: agency.ring.lockbox(case, Domain.RAW, create=True) for case in cases}

    def interrupted(*_args: Any) -> None:
        raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(KeyStore, stop, interrupted)
        with pytest.raises(InterruptedError):
            agency.ring.rotate(Domain.RAW)
    agency.ring.forget()
    assert {case: agency.ring.lockbox(case, Domain.RAW) for case in cases} == before
    assert agency.ring.lockbox(CaseId(new_id()), Domain.RAW, create=True)
    agency.ring.rotate(Domain.RAW)
    assert {case: agency.ring.lockbox(case, Domain.RAW) for case in cases} == before
    (status,) = (row for row in agency.ring.status() if row.domain is Domain.RAW)
    assert status.versions == (3,)


def test_a_rotation_that_ends_while_a_lockbox_is_read_hides_nothing(
    agency: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL a reader sees the row as it was while the key is destroyed beside it."""
    case = CaseId(new_id())
    box = agency.ring.lockbox(case, Domain.RAW, create=True)
    reader = agency.ring_for(Domain.RAW)
    real = KeyStore._opened
    stale: list[Any] = []

    def overtaken(store: KeyStore, connection: Any, *place: Any) -> bytes | None:
        if not stale:
            stale.append(place)
            raise KeyUnavailableError("raw key version 1 was destroyed")
        return real(store, connection, *place)

    monkeypatch.setattr(KeyStore, "_opened", overtaken)
    assert reader.lockbox(case, Domain.RAW) == box
    assert stale


def test_a_dropped_lockbox_opens_no_more_and_is_not_made_again(agency: Any) -> None:
    case, other = CaseId(new_id()), CaseId(new_id())
    for domain in (Domain.RAW, Domain.RELEASED):
        agency.ring.lockbox(case, domain, create=True)
    agency.ring.lockbox(other, Domain.RAW, create=True)
    assert agency.ring.drop(case, at=agency.now) == 2
    assert agency.ring.drop(case, at=agency.now) == 0
    for create in (False, True):
        with pytest.raises(KeyUnavailableError):
            agency.ring.lockbox(case, Domain.RAW, create=create)
    assert agency.ring.lockbox(other, Domain.RAW)


def test_the_database_itself_revives_no_dropped_lockbox(agency: Any) -> None:
    case = CaseId(new_id())
    agency.ring.lockbox(case, Domain.RAW, create=True)
    agency.ring.drop(case, at=agency.now)
    for statement in (
        "INSERT INTO lockboxes VALUES (:case, 'raw', 1, 'x')",
        "DELETE FROM dropped WHERE case_id = :case",
        "UPDATE dropped SET at = '2000' WHERE case_id = :case",
    ):
        with (
            pytest.raises(ConstraintError),
            transaction(agency.ring.engine, "keys", writes=True) as connection,
        ):
            connection.execute(text(statement), {"case": case})


@pytest.mark.sqlite_only
def test_an_old_copy_of_the_key_database_does_not_bring_a_dropped_lockbox_back(
    agency: Any,
) -> None:
    """The drill of a restored backup: shredded stays shredded."""
    case = CaseId(new_id())
    agency.ring.lockbox(case, Domain.RAW, create=True)
    backup = agency.home.keys_database.read_bytes()
    agency.ring.drop(case, at=agency.now)
    assert agency.ring.awaiting_rotation() == {Domain.RAW}
    agency.ring.rotate(Domain.RAW)
    assert agency.ring.awaiting_rotation() == frozenset()
    agency.ring.close()
    agency.home.keys_database.write_bytes(backup)
    with pytest.raises(KeyUnavailableError, match="destroyed"):
        agency.ring_for(Domain.RAW).lockbox(case, Domain.RAW)


def test_a_lockbox_dropped_during_a_rotation_still_waits_for_one(agency: Any) -> None:
    case = CaseId(new_id())
    agency.ring.lockbox(case, Domain.RAW, create=True)
    agency.ring.rotate(Domain.RAW)
    agency.ring.drop(case, at=agency.now)
    assert agency.ring.awaiting_rotation() == {Domain.RAW}
    narrow = agency.ring_for(Domain.AUDIT)
    assert narrow.awaiting_rotation() == {Domain.RAW}
    agency.ring.rotate(Domain.RAW)
    assert narrow.awaiting_rotation() == frozenset()


def test_the_database_takes_no_lockbox_under_an_old_key(agency: Any) -> None:
    agency.ring.rotate(Domain.RAW)
    case = new_id()
    for statement in (
        "INSERT INTO lockboxes VALUES (:case, 'raw', 1, 'x')",
        "INSERT INTO lockboxes VALUES (:case, 'nowhere', 1, 'x')",
        "UPDATE versions SET version = 1 WHERE domain = 'raw'",
        "DELETE FROM versions",
        "UPDATE home SET mode = 'production'",
        "UPDATE witness SET size = -1, checkpoints = checkpoints + 1",
        "UPDATE witness SET checkpoints = 0",
        "DELETE FROM witness",
        "DELETE FROM home",
    ):
        with (
            pytest.raises(ConstraintError),
            transaction(agency.ring.engine, "keys", writes=True) as connection,
        ):
            connection.execute(text(statement), {"case": case} if ":case" in statement else {})


def test_the_homes_own_lockbox_rotates_with_the_rest(agency: Any) -> None:
    seed = agency.ring.lockbox(HOME, Domain.AUDIT).signing
    agency.ring.rotate(Domain.AUDIT)
    assert agency.ring.lockbox(HOME, Domain.AUDIT).signing == seed


def test_an_opened_lockbox_is_kept_for_half_a_minute_only(
    agency: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(storage.keyring.time, "monotonic", lambda: clock[0])
    case = CaseId(new_id())
    holder = agency.ring_for(Domain.RAW)
    holder.lockbox(case, Domain.RAW, create=True)
    agency.ring.drop(case, at=agency.now + timedelta(days=1))
    clock[0] += storage.keyring.KEPT_SECONDS - 1
    assert holder.lockbox(case, Domain.RAW)
    clock[0] += 2
    with pytest.raises(KeyUnavailableError):
        holder.lockbox(case, Domain.RAW)


def test_no_more_lockboxes_are_kept_than_the_bound(
    agency: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.keyring, "KEPT_COUNT", 2)
    for _ in range(4):
        agency.ring.lockbox(CaseId(new_id()), Domain.RAW, create=True)
    assert len(agency.ring._opened) == 2


def test_a_lockbox_shows_itself_nowhere(agency: Any) -> None:
    box = agency.ring.lockbox(HOME, Domain.AUDIT)
    assert repr(box) == "Lockbox(…)"


def test_keys_of_another_home_open_nothing(make_agency: Callable[[str], Any]) -> None:
    one, two = make_agency("one"), make_agency("two")
    shutil.copy(two.home.key_file, one.home.key_file)
    with pytest.raises(KeyUnavailableError):
        one.ring_for(Domain.RAW)
