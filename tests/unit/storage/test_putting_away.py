"""What is put away leaves with its cause, cannot be read back, and is destroyed with its case."""

from typing import Any

import pytest

import storage.renewal
from models.case import CaseState
from models.errors import KeyUnavailableError, SealBrokenError
from models.ids import CaseId, new_id
from storage.cases import CaseStore
from storage.domain import Domain
from storage.exchange import SealedVault
from storage.letter_opener import LetterOpener
from storage.letters_out import queue_letter, queued_letters, send_letters
from storage.outbox import OutboxStore
from storage.released import ReleasedVault
from storage.shred import erase, shred, unfinished
from storage.vault import Vault
from storage.writers import owners_of


@pytest.fixture
def sealed(agency: Any) -> Any:
    made = SealedVault(agency.home, agency.ring)
    yield made
    made.close()


@pytest.fixture
def released(agency: Any) -> Any:
    made = ReleasedVault(agency.home, agency.ring_for(Domain.RELEASED))
    yield made
    made.close()


def put(agency: Any, case_id: CaseId, words: bytes) -> str:
    with agency.vault.write() as tx:
        return queue_letter(tx, Domain.SEALED, case_id, "copy", words, now=agency.now)


def kept(agency: Any, sealed: Any, case_id: CaseId) -> list[bytes]:
    opener = LetterOpener(agency.ring, Domain.SEALED)
    letters = [opener.open(one) for one in sealed.waiting() if one.case_id == case_id]
    shelf = [sealed.read(case_id, one.kind, one.position) for one in sealed.on_shelf(case_id)]
    return sorted(letters + shelf)


def test_a_step_that_fails_puts_nothing_away(agency: Any, sealed: Any) -> None:
    case = agency.case()

    def step() -> None:
        with agency.vault.write() as tx:
            queue_letter(tx, Domain.SEALED, case.id, "copy", b"words", now=agency.now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        step()
    assert send_letters(agency.vault, sealed, now=agency.now) == 0


def test_what_is_put_away_arrives_once_and_the_inside_cannot_read_it(
    agency: Any, sealed: Any
) -> None:
    case = agency.case()
    inside = Vault(agency.home, agency.ring_for(Domain.RAW, Domain.AUDIT))
    with inside.write(case.id) as tx:
        queue_letter(tx, Domain.SEALED, case.id, "copy", b"words", now=agency.now)
        ((_, one),) = queued_letters(tx, Domain.SEALED)
        assert b"words" not in one.body
        assert b"words" not in OutboxStore(tx).pending()[0].payload
    with pytest.raises(KeyUnavailableError):
        LetterOpener(inside.key_ring, Domain.SEALED)
    assert send_letters(inside, sealed, now=agency.now) == 1
    assert send_letters(inside, sealed, now=agency.now) == 0
    assert kept(agency, sealed, case.id) == [b"words"]
    inside.close()


def test_a_crash_between_the_databases_sends_nothing_twice(
    agency: Any, sealed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = agency.case()
    put(agency, case.id, b"words")

    def crash(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(OutboxStore, "done", crash)
        with pytest.raises(KeyboardInterrupt):
            send_letters(agency.vault, sealed, now=agency.now)
    assert send_letters(agency.vault, sealed, now=agency.now) == 1
    assert kept(agency, sealed, case.id) == [b"words"]


def test_a_destroyed_case_takes_what_was_put_away_with_it(
    agency: Any, sealed: Any, released: Any
) -> None:
    """Also from a copy of the sealed database that was made before, with today's keys."""
    gone, stays, queued = agency.case(CaseState.RETAINED), agency.case(), agency.case()
    put(agency, gone.id, b"gone")
    put(agency, stays.id, b"stays")
    send_letters(agency.vault, sealed, now=agency.now)
    old = sealed.waiting()
    put(agency, queued.id, b"queued")
    with agency.vault.write() as tx:
        erase(tx, CaseStore(tx).get(gone.id), now=agency.now)
    assert shred(agency.vault, released=released, now=agency.now).complete
    assert kept(agency, sealed, gone.id) == []
    assert kept(agency, sealed, stays.id) == [b"stays"]
    assert kept(agency, sealed, queued.id) == [b"queued"]
    opener = LetterOpener(agency.ring, Domain.SEALED)
    for one in old:
        with pytest.raises(SealBrokenError):
            opener.open(one)
    assert len(owners_of(agency.ring, Domain.SEALED)) == 1
    put(agency, stays.id, b"later")
    send_letters(agency.vault, sealed, now=agency.now)
    assert kept(agency, sealed, stays.id) == [b"later", b"stays"]


@pytest.mark.parametrize("step", ["queued_letters", "new_writer", "LetterOpener", "retire"])
def test_a_destruction_that_was_interrupted_is_finished_and_loses_nothing_else(
    agency: Any, sealed: Any, released: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    gone, stays = agency.case(CaseState.RETAINED), agency.case()
    put(agency, gone.id, b"gone")
    put(agency, stays.id, b"stays")
    send_letters(agency.vault, sealed, now=agency.now)
    with agency.vault.write() as tx:
        erase(tx, CaseStore(tx).get(gone.id), now=agency.now)

    def crash(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(storage.renewal, step, crash)
        with pytest.raises(KeyboardInterrupt):
            shred(agency.vault, released=released, now=agency.now)
    assert unfinished(agency.vault) == [gone.id]
    assert shred(agency.vault, released=released, now=agency.now).complete
    assert kept(agency, sealed, gone.id) == []
    assert kept(agency, sealed, stays.id) == [b"stays"]


def test_what_arrives_after_its_case_was_destroyed_stops_no_later_destruction(
    agency: Any, sealed: Any, released: Any
) -> None:
    """It was on its way between the two databases when the case went."""
    late, gone = agency.case(CaseState.RETAINED), agency.case(CaseState.RETAINED)
    put(agency, late.id, b"late")
    with agency.vault.read() as tx:
        ((_, one),) = queued_letters(tx, Domain.SEALED)
    for case in (late, gone):
        with agency.vault.write() as tx:
            erase(tx, CaseStore(tx).get(case.id), now=agency.now)
        assert shred(agency.vault, released=released, now=agency.now).complete
        sealed.post(one)
    put(agency, agency.case().id, b"stays")
    more = agency.case(CaseState.RETAINED)
    with agency.vault.write() as tx:
        erase(tx, CaseStore(tx).get(more.id), now=agency.now)
    assert shred(agency.vault, released=released, now=agency.now).complete
    assert late.id not in sealed.cases()


def test_without_the_sealed_key_the_destruction_waits_for_the_custodian(
    agency: Any, sealed: Any, released: Any
) -> None:
    gone = agency.case(CaseState.RETAINED)
    put(agency, gone.id, b"gone")
    send_letters(agency.vault, sealed, now=agency.now)
    with agency.vault.write() as tx:
        erase(tx, CaseStore(tx).get(gone.id), now=agency.now)
    without = Vault(agency.home, agency.ring_for(*(frozenset(Domain) - {Domain.SEALED})))
    certificate = shred(without, released=released, now=agency.now)
    assert not certificate.complete
    assert certificate.pending == (Domain.SEALED,)
    without.close()
    assert shred(agency.vault, released=released, now=agency.now).complete
    assert sealed.cases() == frozenset()


def test_nothing_of_a_case_is_left_with_the_applicants_interface(
    agency: Any, released: Any
) -> None:
    from storage.exchange import ApplicantVault

    gone = agency.case(CaseState.RETAINED)
    applicants = ApplicantVault(agency.home, agency.ring)
    applicants.put(gone.id, "notice", 0, b"words", agency.now)
    with agency.vault.write() as tx:
        erase(tx, CaseStore(tx).get(gone.id), now=agency.now)
    shred(agency.vault, released=released, now=agency.now)
    assert applicants.cases() == frozenset()
    applicants.close()


def test_a_letter_of_no_home_key_is_refused(agency: Any) -> None:
    bare = agency.ring_for(Domain.AUDIT)
    vault = Vault(agency.home, bare)
    with pytest.raises(KeyUnavailableError), vault.write() as tx:
        queue_letter(tx, Domain.SEALED, CaseId(new_id()), "copy", b"words", now=agency.now)
    vault.close()
