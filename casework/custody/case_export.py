"""The chain of custody of a case's captures leaves as CASE and UCO, and that it did is on record.

On its own the file holds digests and no content, address or file name: what names people leaves
only in a production, sealed to whoever asked, after two people approved
(`casework.counsel.productions`). Faults of the chain do not stop it; they stand in it.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from casework.custody.case_uco import document_of
from casework.custody.custody_facts import CaptureFacts, CustodyFacts
from casework.gathering.captures import checked_captures
from casework.gathering.duplicates import Provenances
from casework.steps.permissions import Permission
from casework.steps.step import step
from models.audit import AuditAction
from models.case import Case
from models.errors import HomeError
from models.evidence import Evidence
from models.ids import CaptureId, CaseId
from models.people import Actor
from storage.atomic import replacing
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.consents import ConsentStore
from storage.evidence import EvidenceStore
from storage.faults import disk
from storage.home import Home
from storage.originals import kept_originals
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class CustodyExport:
    """What was written."""

    captures: int
    faults: int
    sha256: str


def export_custody(
    case_id: CaseId, target: Path, *, actor: Actor, vault: Vault, now: datetime
) -> CustodyExport:
    """Write the chain of custody of a case to a file, readable by its owner alone.

    That evidence is read for it is on record before anything of it is on disk. Raises
    `NotPermittedError`, `SeparationOfDutiesError`, and `HomeError` if a file is there or it cannot
    be written.
    """
    permission = Permission.EXPORT_CUSTODY
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        work.log(AuditAction.RAW_READ, code="custody-export")
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        facts = custody_of(work.tx, work.case, home=vault.home)
        document = document_of(facts)
        digest = hashlib.sha256(document).hexdigest()
        count = len(facts.captures)
        work.log(AuditAction.CUSTODY_EXPORTED, code=digest[:16], count=count)
        if target.exists():
            raise HomeError("a file is there: an export takes no other file's place")
        with disk("the export cannot be written"), replacing(target) as out:
            out.write(document)
    return CustodyExport(count, sum(len(one.faults) for one in facts.captures), digest)


def custody_document(tx: Transaction, case_id: CaseId, *, home: Home) -> bytes:
    """Return the chain of custody with addresses and file names: only ever to be sealed."""
    return document_of(custody_of(tx, CaseStore(tx).get(case_id), home=home), addresses=True)


def custody_of(tx: Transaction, case: Case, *, home: Home) -> CustodyFacts:
    """Return all that is known of how a case's evidence came to be, and who had it."""
    chain, found = checked_captures(tx, case, home=home)
    faults: dict[CaptureId, list[str]] = defaultdict(list)
    for one in found:
        faults[one.capture_id].append(one.code)
    evidence = {one.id: one for one in EvidenceStore(tx).for_case(case.id)}
    items: dict[CaptureId, list[Evidence]] = defaultdict(list)
    for item in evidence.values():
        items[item.capture_id].append(item)
    again = {
        held.capture_id: tuple((evidence[one.evidence_id], one.pointer) for one in held.again)
        for held in RecordStore(tx).all(case.id, RecordKind.PROVENANCE, Provenances)
    }
    originals = kept_originals(tx, case.id)
    return CustodyFacts(
        case_id=case.id,
        opened_at=case.opened_at,
        captures=tuple(
            CaptureFacts(
                capture=capture,
                record_sha256=digest,
                original_kept=capture.id in originals,
                items=tuple(items[capture.id]),
                again=again.get(capture.id, ()),
                faults=tuple(faults[capture.id]),
            )
            for capture, digest in chain
        ),
        consents=tuple(ConsentStore(tx).all(case.id)),
        entries=tuple(AuditLog(tx).entries(case.id)),
        software=_software(),
    )


def _software() -> str:
    try:
        return version("walloff")
    except PackageNotFoundError:
        return ""
