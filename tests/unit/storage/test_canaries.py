"""Nothing that an applicant wrote stands in clear in any file of a home, nor in its name."""

import base64
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.case import CaseState
from models.disclosure import Account, Applicant, Disclosure
from models.ids import ActorId, CaseId, HoldId, new_id
from models.people import Actor
from models.rebuttal import Claim, Rebuttal, RebuttalAnswer
from models.retention import LegalHold, RetentionSchedule
from models.text import RawText, RedactedText
from storage.audit import AuditLog
from storage.auditors import AuditorsLog
from storage.captures import CaptureStore
from storage.cases import CaseStore
from storage.checkpoints import publish
from storage.commands import CommandStore
from storage.consents import ConsentStore
from storage.domain import Domain
from storage.evidence import EvidenceStore
from storage.exchange import ApplicantVault, FairnessVault, SealedVault, letter
from storage.findings import FindingStore
from storage.handing_over import hand_over
from storage.holds import HoldStore
from storage.letters_out import queue_letter
from storage.originals import keep_original, read_original
from storage.outbox import OutboxStore
from storage.packages import PackageStore
from storage.people import PersonStore
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from storage.schedules import ScheduleStore
from storage.shred import erase, shred
from storage.tables.evidence import EVIDENCE

CANARY = "Zwjqx-Kanarienvogel-Ünïcödé"


def disguises(words: str) -> dict[str, bytes]:
    """The forms in which words could slip through."""
    plain = words.encode()
    digest = hashlib.sha256(plain)
    return {
        "utf-8": plain,
        "ascii part": b"Kanarienvogel",
        "utf-16": "Kanarienvogel".encode("utf-16-le"),
        "json": json.dumps(words).strip('"').encode(),
        "base64": base64.b64encode(plain)[4:-4],
        "hex": b"Kanarienvogel".hex().encode(),
        "digest": digest.digest(),
        "digest in hex": digest.hexdigest().encode(),
    }


def sightings(root: Path, *words: str) -> list[str]:
    found = []
    for path in root.rglob("*"):
        body = str(path.relative_to(root)).encode()
        if path.is_file():
            body += path.read_bytes()
        for word in words:
            found += [
                f"{path.name}: {form}" for form, raw in disguises(word).items() if raw in body
            ]
    return found


@pytest.fixture
def planted(agency: Any, tmp_path: Path) -> Any:
    """The canary in every store, by every road that applicant text takes."""
    case = agency.case(CaseState.RETAINED)
    consent = agency.consent_value(case.id).model_copy(
        update={"notice_sha256": hashlib.sha256(CANARY.encode()).hexdigest()}
    )
    words = (CANARY * 100).encode()
    of_it = {"sha256": hashlib.sha256(words).hexdigest(), "size": len(words)}
    capture = agency.capture_value(consent, CANARY).model_copy(update=of_it)
    raw = RawText(CANARY)
    source = tmp_path / "source"
    source.write_text(CANARY * 100)
    with agency.vault.write() as tx:
        PersonStore(tx).add(Actor(id=ActorId("ann"), roles=frozenset()), CANARY)
        ConsentStore(tx).add(consent)
        CaptureStore(tx).add(capture)
        keep_original(tx, capture, source, home=agency.home)
        (evidence_id,) = EvidenceStore(tx).add_many(capture, [agency.item(CANARY)])
        finding = agency.finding(case.id, evidence_id, CANARY)
        FindingStore(tx).replace(
            case.id, [finding.model_copy(update={"excerpt": RedactedText(CANARY)})]
        )
        records = RecordStore(tx)
        records.put(case.id, RecordKind.APPLICANT, Applicant(name=raw, contact=raw), now=agency.now)
        records.put(
            case.id,
            RecordKind.DISCLOSURE,
            Disclosure(
                name=raw,
                emails=(raw,),
                handles=(raw,),
                accounts=(Account(platform=raw, handle=raw),),
            ),
            now=agency.now,
        )
        records.put(
            case.id,
            RecordKind.REBUTTAL,
            Rebuttal(
                case_id=case.id,
                answers=(
                    RebuttalAnswer(finding_id=finding.id, claim=Claim.CONTEXT, statement=raw),
                ),
                submitted_at=agency.now,
            ),
            now=agency.now,
        )
        PackageStore(tx).put(case.id, CANARY.encode(), now=agency.now)
        OutboxStore(tx).add("deliver", case.id, CANARY.encode(), now=agency.now)
        OutboxStore(tx).add("publish", None, CANARY.encode(), now=agency.now)
        CommandStore(tx).remember(CANARY, CANARY, agency.now)
        HoldStore(tx).place(
            LegalHold(
                id=HoldId(new_id()),
                case_id=case.id,
                placed_by=ActorId("ann"),
                placed_at=agency.now,
                matter=CANARY,
                lifted_at=agency.now,
            )
        )
        ScheduleStore(tx).put(
            RetentionSchedule(
                case_id=case.id,
                computed_at=agency.now,
                applied=(),
                keep_until=date(2026, 1, 1),
                destroy_by=None,
            )
        )
        AuditLog(tx).append(agency.entry(case.id))
    released = ReleasedVault(agency.home, agency.ring_for(Domain.RELEASED))
    released.deliver(case.id, 1, CANARY.encode(), agency.now)
    _plant_elsewhere(agency, case.id)
    publish(agency.vault, now=agency.now)
    agency.canary_case = case
    agency.canary_capture = capture
    agency.released = released
    yield agency
    released.close()


def _plant_elsewhere(agency: Any, case_id: CaseId) -> None:
    """In the inbox and on the shelf of every domain that has them, and on the way there."""
    sides = [
        kind(agency.home, agency.ring) for kind in (SealedVault, ApplicantVault, FairnessVault)
    ]
    for side in sides:
        side.put(case_id, "notice", 0, CANARY.encode(), agency.now)
        writer = agency.ring.writer(case_id, side.domain)
        side.post(letter(writer, case_id, "said", CANARY.encode(), agency.now))
        assert side.read(case_id, "notice") == CANARY.encode()
        side.close()
    with agency.vault.write() as tx:
        queue_letter(tx, Domain.SEALED, case_id, "copy", CANARY.encode(), now=agency.now)
    publish(agency.vault, now=agency.now)
    auditors = AuditorsLog(agency.home)
    hand_over(agency.vault, auditors, now=agency.now)
    auditors.close()


@pytest.mark.sqlite_only
def test_no_file_holds_the_canary_while_everything_is_open(planted: Any) -> None:
    assert (planted.home.root / "raw.db-wal").stat().st_size > 0
    assert sightings(planted.home.root, CANARY) == []


def test_no_file_holds_the_canary_in_the_middle_of_a_transaction(planted: Any) -> None:
    with planted.vault.write() as tx:
        for _ in range(200):
            OutboxStore(tx).add("deliver", None, CANARY.encode() * 50, now=planted.now)
        assert sightings(planted.home.root, CANARY) == []


def test_no_file_holds_the_canary_at_rest(planted: Any) -> None:
    planted.vault.compact()
    planted.vault.close()
    planted.released.close()
    planted.ring.close()
    assert sightings(planted.home.root, CANARY) == []


def test_the_search_would_find_a_canary(planted: Any) -> None:
    """Each disguise, planted in clear, is seen."""
    for form, raw in disguises(CANARY).items():
        planted.home.root.joinpath("prefect", "note").write_bytes(b"x" + raw + b"x")
        assert any(form in found for found in sightings(planted.home.root, CANARY))
    planted.home.root.joinpath("prefect", "note").unlink()
    planted.home.root.joinpath("prefect", CANARY).touch()
    assert sightings(planted.home.root, CANARY)


def test_what_was_planted_comes_back_for_those_with_the_key(planted: Any) -> None:
    with planted.vault.read() as tx:
        case_id = planted.canary_case.id
        (evidence,) = EvidenceStore(tx).for_case(case_id)
        assert CANARY in evidence.item.text.reveal()
        applicant = RecordStore(tx).latest(case_id, RecordKind.APPLICANT, Applicant)
        assert applicant is not None
        assert applicant.name.reveal() == CANARY
        original = b"".join(read_original(tx, planted.canary_capture, home=planted.home))
        assert original.decode() == CANARY * 100
        assert CommandStore(tx).seen(CANARY) == CANARY
        assert PersonStore(tx).all()[0][1] == CANARY


@pytest.mark.sqlite_only
def test_after_destruction_no_lockbox_and_no_sealed_blob_is_left(planted: Any) -> None:
    """Neither the old sealed rows nor the old wrapped keys stand in any file afterwards."""
    with planted.vault.read() as tx:
        row = tx.execute(EVIDENCE.select()).one()
    wrapped = planted.home.keys_database.read_bytes()
    with planted.vault.write() as tx:
        erase(tx, CaseStore(tx).get(planted.canary_case.id), now=planted.now)
    certificate = shred(planted.vault, released=planted.released, now=planted.now)
    assert certificate.complete
    for path in planted.home.root.rglob("*"):
        if path.is_file():
            assert row.body[73:105] not in path.read_bytes(), path.name
    assert planted.home.keys_database.read_bytes() != wrapped
