"""Where each item of a case was found: every capture that holds it, by ids, places and times.

No words, no address and no file's name is told, so a look shows how evidence came and not what it
says; that somebody looked is on record first.
"""

from dataclasses import dataclass
from datetime import datetime

from casework.gathering.duplicates import Provenances
from casework.steps.permissions import Permission
from casework.steps.step import step
from models.audit import AuditAction
from models.consent import Sha256
from models.documentation import CaptureMethod
from models.evidence import Capture
from models.ids import CaptureId, CaseId, ConsentId, EvidenceId
from models.people import Actor
from storage.captures import CaptureStore
from storage.consents import ConsentStore
from storage.evidence import EvidenceStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Found:
    """One place where an item was found."""

    capture_id: CaptureId
    pointer: str
    """Where in the capture's file."""
    tool: str
    tool_version: str
    method: CaptureMethod | None
    sha256: str
    """Of the capture's file, which the item was made from."""
    captured_at: datetime
    consent_id: ConsentId
    withdrawn_at: datetime | None
    """When the consent that it was captured under was withdrawn, if it was since."""
    configuration: Sha256 | None = None
    """Digest of the tool with its limits, libraries and programs; None where it was not kept."""
    stated_at: datetime | None = None
    """The time that this place gives the item, where it is another than the item's own."""


@dataclass(frozen=True, slots=True)
class ItemFound:
    """An item with all the places where it was found: first the one that it is kept under."""

    evidence_id: EvidenceId
    found: tuple[Found, ...]
    versions: tuple[EvidenceId, ...] = ()
    """Earlier items that go by the same name, in other words."""


def provenances_of(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[ItemFound]:
    """Return where the items of a case were found, the first kept first. The look is logged first.

    Raises `NotPermittedError`, `RawAccessError` and `SeparationOfDutiesError`.
    """
    permission = Permission.READ_PROVENANCES
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        work.log(AuditAction.RAW_READ, code="provenances")
    with vault.read() as tx:
        return _found(tx, case_id)


def _found(tx: Transaction, case_id: CaseId) -> list[ItemFound]:
    captures = {one.id: one for one in CaptureStore(tx).all(case_id)}
    withdrawn = {one.id: one.withdrawn_at for one in ConsentStore(tx).all(case_id)}
    places: dict[EvidenceId, list[Found]] = {}
    kept: dict[tuple[CaptureId, str], list[EvidenceId]] = {}

    def found(capture: Capture, pointer: str, stated_at: datetime | None = None) -> Found:
        made = capture.documentation
        return Found(
            capture_id=capture.id,
            pointer=pointer,
            tool=capture.tool,
            tool_version=capture.tool_version,
            method=None if made is None else made.method,
            sha256=capture.sha256,
            captured_at=capture.captured_at,
            consent_id=capture.consent_id,
            withdrawn_at=withdrawn.get(capture.consent_id),
            configuration=None if made is None else made.configuration,
            stated_at=stated_at,
        )

    for item in EvidenceStore(tx).for_case(case_id):
        places[item.id] = [found(captures[item.capture_id], item.item.pointer)]
        kept.setdefault((item.capture_id, item.item.pointer), []).append(item.id)
    versions: dict[EvidenceId, list[EvidenceId]] = {}
    for held in RecordStore(tx).all(case_id, RecordKind.PROVENANCE, Provenances):
        for one in held.again:
            places[one.evidence_id].append(
                found(captures[held.capture_id], one.pointer, one.stated_at)
            )
        for one in held.versions:
            for new in kept.get((held.capture_id, one.pointer), ()):
                if new != one.evidence_id:
                    versions.setdefault(new, []).append(one.evidence_id)
    return [
        ItemFound(
            evidence_id=item,
            found=tuple(where),
            versions=tuple(dict.fromkeys(versions.get(item, ()))),
        )
        for item, where in places.items()
    ]
