"""Destruction leaves nothing that opens, survives a crash, and says what it did."""

from typing import Any

import pytest
import rfc8785

from models.audit import AuditAction
from models.case import Case, CaseState
from models.disclosure import Applicant
from models.errors import (
    AuditBrokenError,
    ConstraintError,
    KeyUnavailableError,
    RecordNotFoundError,
    WrongStateError,
)
from models.ids import ActorId, HoldId, new_id
from models.retention import LegalHold
from models.text import RawText
from storage.audit import AuditLog
from storage.captures import CaptureStore
from storage.cases import CaseStore
from storage.certificate_note import read_certificate, sign_certificate, statements
from storage.checkpoints import publish
from storage.domain import Domain
from storage.duties import Duty, DutyStore
from storage.evidence import EvidenceStore
from storage.findings import FindingStore
from storage.holds import HoldStore
from storage.keyring import KeyRing
from storage.note import Verifier
from storage.originals import keep_original
from storage.outbox import OutboxStore
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from storage.shred import Certificate, destroy, erase, shred, unfinished
from storage.transaction import Transaction
from storage.vault import Vault
from storage.verification import verify

ANN = ActorId("ann")


@pytest.fixture
def released(agency: Any) -> Any:
    vault = ReleasedVault(agency.home, agency.ring)
    yield vault
    vault.close()


def full_case(agency: Any, released: ReleasedVault, state: CaseState = CaseState.RETAINED) -> Case:
    """A case with something in every table."""
    case: Case = agency.case(state)
    (evidence,) = agency.evidence(case.id, "one")
    with agency.vault.write() as tx:
        FindingStore(tx).replace(case.id, [agency.finding(case.id, evidence.id)])
        package = PackageStore(tx).put(case.id, b"payload", now=agency.now)
        PackageStore(tx).approve(package.id, reviewer=ANN)
        RecordStore(tx).put(
            case.id, RecordKind.APPLICANT, Applicant(name=RawText("Ann")), now=agency.now
        )
        OutboxStore(tx).add("deliver", case.id, b"payload", now=agency.now)
        DutyStore(tx).record(case.id, ANN, Duty.REVIEWED, agency.now)
    released.deliver(case.id, 1, b"payload", agency.now)
    return case


def logged(agency: Any) -> Any:
    def record(tx: Transaction, case: Case) -> None:
        entry = agency.entry(case.id).model_copy(update={"action": AuditAction.DESTROYED})
        AuditLog(tx).append(entry)

    return record


def destroyed(agency: Any, released: ReleasedVault, case: Case) -> Certificate:
    return destroy(agency.vault, case.id, released=released, record=logged(agency), now=agency.now)


def test_a_destroyed_case_is_gone_and_the_others_stay(agency: Any, released: Any) -> None:
    case, other = full_case(agency, released), full_case(agency, released)
    certificate = destroyed(agency, released, case)
    assert certificate.complete
    assert certificate.cases == (case.id,)
    assert certificate.lockboxes == 2
    assert {key.domain for key in certificate.keys} == {Domain.RAW, Domain.RELEASED}
    assert {key.destroyed for key in certificate.keys} == {(1,)}
    assert {key.assurance for key in certificate.keys} == {"best-effort"}
    assert certificate.key_store == agency.ring.digest()
    assert all("best effort" in receipt for key in certificate.keys for receipt in key.receipts)
    with agency.vault.read() as tx:
        assert CaseStore(tx).get(case.id).state is CaseState.DESTROYED
        assert EvidenceStore(tx).count(case.id) == 0
        assert FindingStore(tx).for_case(case.id) == []
        assert PackageStore(tx).current(case.id) is None
        assert RecordStore(tx).all(case.id, RecordKind.APPLICANT, Applicant) == []
        assert [row.case_id for row in OutboxStore(tx).pending()] == [other.id]
        assert DutyStore(tx).did(case.id, ANN) == {Duty.REVIEWED}
        assert EvidenceStore(tx).count(other.id) == 1
        assert RecordStore(tx).latest(other.id, RecordKind.APPLICANT, Applicant) is not None
        assert [entry.object_id for entry in AuditLog(tx).entries()] == [case.id]
    with pytest.raises(RecordNotFoundError):
        released.view(case.id)
    assert released.view(other.id) == b"payload"
    assert unfinished(agency.vault) == []
    assert verify(agency.vault).intact


@pytest.mark.sqlite_only
def test_a_backup_of_the_data_opens_no_more(agency: Any, released: Any) -> None:
    """Restoring yesterday's raw.db with today's keys leaves the destroyed destroyed."""
    case, other = full_case(agency, released), full_case(agency, released)
    agency.vault.compact()
    agency.vault.close()
    backup = agency.home.raw_database.read_bytes()
    keys = agency.home.keys_database.read_bytes()
    destroyed(agency, released, case)
    agency.vault.close()
    agency.home.raw_database.write_bytes(backup)
    restored = Vault(agency.home, agency.ring_for(Domain.RAW))
    with restored.read() as tx:
        assert EvidenceStore(tx).count(case.id) == 1
        with pytest.raises(KeyUnavailableError):
            list(EvidenceStore(tx).for_case(case.id))
        assert len(list(EvidenceStore(tx).for_case(other.id))) == 1
    restored.close()
    agency.ring.close()
    agency.home.keys_database.write_bytes(keys)
    both = Vault(agency.home, agency.ring_for(Domain.RAW))
    with both.read() as tx, pytest.raises(KeyUnavailableError):
        list(EvidenceStore(tx).for_case(case.id))
    both.close()


@pytest.mark.parametrize("state", [CaseState.DRAFT, CaseState.LEGAL_HOLD, CaseState.DESTROYED])
def test_only_a_retained_case_is_destroyed(agency: Any, released: Any, state: CaseState) -> None:
    case = agency.case(state)
    with pytest.raises(WrongStateError):
        destroyed(agency, released, case)


def test_a_hold_stops_destruction(agency: Any, released: Any) -> None:
    case = full_case(agency, released)
    hold = LegalHold(
        id=HoldId(new_id()), case_id=case.id, placed_by=ANN, placed_at=agency.now, matter="1"
    )
    with agency.vault.write() as tx:
        HoldStore(tx).place(hold)
    with pytest.raises(ConstraintError):
        destroyed(agency, released, case)
    with agency.vault.read() as tx:
        assert EvidenceStore(tx).count(case.id) == 1
        assert AuditLog(tx).size == 0
    with agency.vault.write() as tx:
        HoldStore(tx).lift(hold.id, agency.now)
    assert destroyed(agency, released, case).complete


def test_nothing_is_erased_if_the_record_of_it_fails(agency: Any, released: Any) -> None:
    case = full_case(agency, released)

    def failing(_tx: Transaction, _case: Case) -> None:
        raise ConstraintError("the log refuses")

    with pytest.raises(ConstraintError):
        destroy(agency.vault, case.id, released=released, record=failing, now=agency.now)
    with agency.vault.read() as tx:
        assert EvidenceStore(tx).count(case.id) == 1
    assert len(list(agency.home.files.iterdir())) == 0
    assert released.view(case.id) == b"payload"


@pytest.mark.parametrize("stop", ["drop", "rotate", "finish_dropping"])
def test_destruction_that_was_interrupted_is_finished_by_the_next(
    agency: Any, released: Any, monkeypatch: pytest.MonkeyPatch, stop: str
) -> None:
    case, other = full_case(agency, released), full_case(agency, released)

    def interrupted(*_args: Any, **_kwargs: Any) -> None:
        raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(KeyRing, stop, interrupted)
        with pytest.raises(InterruptedError):
            destroyed(agency, released, case)
    assert unfinished(agency.vault) == [case.id]
    certificate = shred(agency.vault, released=released, now=agency.now)
    assert certificate.cases == (case.id,)
    assert certificate.complete
    assert unfinished(agency.vault) == []
    assert released.view(other.id) == b"payload"


def test_a_process_without_all_keys_says_what_is_left_to_its_custodian(
    agency: Any, released: Any
) -> None:
    case = full_case(agency, released)
    narrow = Vault(agency.home, agency.ring_for(Domain.RAW, Domain.AUDIT))
    with narrow.write() as tx:
        erase(tx, CaseStore(tx).get(case.id), now=agency.now)
    first = shred(narrow, released=released, now=agency.now)
    assert first.pending == (Domain.RELEASED,)
    assert not first.complete
    assert unfinished(narrow) == [case.id]
    second = shred(agency.vault, released=released, now=agency.now)
    assert second.complete
    assert [key.domain for key in second.keys] == [Domain.RELEASED]
    narrow.close()


def test_a_certificate_is_bound_by_its_digest(agency: Any, released: Any) -> None:
    certificate = destroyed(agency, released, full_case(agency, released))
    assert (
        certificate.digest()
        == Certificate.model_validate_json(certificate.model_dump_json()).digest()
    )
    assert certificate.digest() != certificate.model_copy(update={"lockboxes": 9}).digest()


def test_a_certificate_verifies_without_the_content(agency: Any, released: Any) -> None:
    certificate = destroyed(agency, released, full_case(agency, released))
    payload = certificate.payload()
    note = sign_certificate(payload, key_ring=agency.ring, home_id=agency.home.id)
    verifier = Verifier.parse(agency.home.audit_key_file.read_text())
    assert read_certificate(note, verifier) == certificate
    of_a_case = rfc8785.dumps({"case_id": "x", "keys": certificate.model_dump(mode="json")})
    nested = sign_certificate(of_a_case, key_ring=agency.ring, home_id=agency.home.id)
    assert read_certificate(nested, verifier) == certificate
    told = "\n".join(statements(certificate))
    assert certificate.cases[0] in told
    assert "best effort: an old copy of the key file still opens it" in told
    for altered in (
        note.replace("raw", "row", 1),
        note.replace("certificate of", "certificate for", 1),
        note.replace("\n\n", "\n", 1),
        publish(agency.vault, now=agency.now).note,
    ):
        with pytest.raises(AuditBrokenError):
            read_certificate(altered, verifier)


def test_what_is_no_certificate_is_not_read_as_one(agency: Any) -> None:
    verifier = Verifier.parse(agency.home.audit_key_file.read_text())
    for payload in (b"{}", b'{"cases":1}', b'{"keys":{}}'):
        note = sign_certificate(payload, key_ring=agency.ring, home_id=agency.home.id)
        with pytest.raises(AuditBrokenError):
            read_certificate(note, verifier)
    for payload in (b"{ }", b"{", b'{"b":1,"a":2}'):
        with pytest.raises(AuditBrokenError):
            sign_certificate(payload, key_ring=agency.ring, home_id=agency.home.id)


def test_a_certificate_names_what_is_pending(agency: Any, released: Any) -> None:
    certificate = destroyed(agency, released, full_case(agency, released))
    told = "\n".join(statements(certificate.model_copy(update={"pending": ("sealed",)})))
    assert "sealed: PENDING" in told


def test_without_anything_to_destroy_no_key_is_touched(agency: Any, released: Any) -> None:
    full_case(agency, released)
    certificate = shred(agency.vault, released=released, now=agency.now)
    assert certificate.cases == certificate.keys == ()
    assert {status.version for status in agency.ring.status()} == {1}


def test_originals_go_with_their_case(agency: Any, released: Any, tmp_path: Any) -> None:
    case, other = full_case(agency, released), full_case(agency, released)
    source = tmp_path / "source"
    with agency.vault.write() as tx:
        for one in (case, other):
            (capture,) = CaptureStore(tx).all(one.id)
            source.write_text(capture.file_name.reveal())
            keep_original(tx, capture, source, home=agency.home)
    assert destroyed(agency, released, case).files == 1
    assert len(list(agency.home.files.iterdir())) == 1
