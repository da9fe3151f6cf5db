"""What an applicant is sent about a decision is whole, holds the manager's very bytes, is proved.

The packet goes out before an adverse decision (15 USC 1681b(b)(3)), the notice after it (15 USC
1681m): by statute where a vendor made the report, and by default in-house too, because the policy
promises an answer and a copy to everybody.

Nothing in this module can reach raw evidence, directly or through what it imports.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from casework.deciding.applicant_file import applicant_file
from casework.preview.copies import digest, note_copy, require_copy
from casework.releasing.results import null_package, state_for_manager
from casework.releasing.waits import delivery_of, newest_document
from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission
from casework.steps.sealing import shown_null
from casework.steps.step import Work, step
from models.adverse import REQUIRED, Block, Channel, Delivered, Document, DocumentKind, Paragraph
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import NoCopyError
from models.deadlines import ClockKind
from models.decision_rules import Language
from models.dispute import Dispute
from models.errors import InputError, RecordNotFoundError, WrongStateError
from models.ids import CaseId
from models.people import Actor
from models.release import ReleasePackage
from models.text import RawText
from policy.document_texts import block_text, release_text, result_text, word
from policy.waiting import due, rules_of, waiting_of
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault

_IN_STATE = {
    DocumentKind.PRE_ADVERSE: (CaseState.PENDING_ADVERSE,),
    DocumentKind.ADVERSE: (CaseState.ADVERSE, CaseState.RETAINED),
    DocumentKind.DISPUTE_RESULT: tuple(CaseState),
    DocumentKind.RECALL: tuple(CaseState),
}


def make_document(
    case_id: CaseId,
    kind: DocumentKind,
    *,
    language: Language | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Document:
    """Make a document, seal it with the case, and return it for handing over.

    Raises `NoCopyError` where the applicant was never given these very bytes, `InputError` for a
    language that the policy does not name, `WrongStateError`, `NotPermittedError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.SEND_DOCUMENT, now=now) as work:
        state = state_for_manager(work)
        if state not in _IN_STATE[kind]:
            raise WrongStateError(f"the case is {state}: no such document is due")
        return compose(work, kind, language)


def compose(work: Work, kind: DocumentKind, language: Language | None = None) -> Document:
    """Make a document within a step. Raises as `make_document`."""
    policy = frozen(work.tx, work.case.requisition_id).policy
    rules = rules_of(policy)
    spoken = language or rules.languages[0]
    if spoken not in rules.languages:
        raise InputError(f"the policy has no documents in {spoken}")
    package = crossed(work)
    carries_first_copy = kind is DocumentKind.PRE_ADVERSE and shown_null(work.tx, work.case.id)
    if kind in {DocumentKind.PRE_ADVERSE, DocumentKind.ADVERSE} and not carries_first_copy:
        require_copy(work.tx, work.case.id, package.payload)
    until = waiting_of(ClockKind.PRE_ADVERSE, policy)
    dispute = RecordStore(work.tx).latest(work.case.id, RecordKind.DISPUTE, Dispute)
    filled = {
        "agency": rules.agency_name,
        "contact": rules.agency_contact,
        "source": rules.agency_source,
        "copy": release_text(ReleasePackage.from_payload(package.payload), spoken),
        "copy_hash": digest(package.payload),
        "until_rule": word("until_rule", spoken, length=str(until.length)),
        "file_copy_days": str(waiting_of(ClockKind.FILE_COPY, policy).length),
        "result": ""
        if dispute is None or dispute.outcome is None
        else result_text(dispute.outcome, spoken),
    }
    document = Document(
        case_id=work.case.id,
        kind=kind,
        language=spoken,
        paragraphs=tuple(
            Paragraph(block=block, text=RawText(block_text(kind, block, spoken, **filled)))
            for block in REQUIRED[kind]
        ),
        copy_hash=digest(package.payload) if Block.COPY in REQUIRED[kind] else "",
        made_at=work.now,
    )
    RecordStore(work.tx).put(work.case.id, RecordKind.DOCUMENT, document, now=work.now)
    work.log(AuditAction.DOCUMENT_MADE, code=kind)
    return document


def confirm_delivery(
    case_id: CaseId,
    kind: DocumentKind,
    channel: Channel,
    proof: RawText,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Delivered:
    """Write down the proof that the newest document of a kind reached the applicant.

    From the packet's the waiting time runs. Raises `InputError` without a proof, `WrongStateError`
    if none was made or it is proved already, and `NoCopyError` for a packet whose copy is no more
    what the manager sees.
    """
    with step(vault, case_id, actor=actor, permission=Permission.SEND_DOCUMENT, now=now) as work:
        document = newest_document(work.tx, case_id, kind)
        if document is None or delivery_of(work.tx, document) is not None:
            raise WrongStateError("no such document waits for its proof")
        if not proof.reveal().strip():
            raise InputError("a delivery is proved by something")
        payload = crossed(work)
        if document.copy_hash:
            if document.copy_hash != digest(payload.payload):
                raise NoCopyError("the packet's copy is no more what the manager sees")
            note_copy(work, payload.payload, payload.version, channel=channel)
        delivered = Delivered(
            kind=kind,
            made_at=document.made_at,
            channel=channel,
            proof=proof,
            confirmed_by=actor.id,
            delivered_at=now,
        )
        RecordStore(work.tx).put(case_id, RecordKind.DOCUMENT_DELIVERED, delivered, now=now)
        work.log(AuditAction.DOCUMENT_DELIVERED, code=kind)
        return delivered


def file_copy(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> bytes:
    """Return the applicant's free copy of the file, for 60 days after the adverse notice.

    It is JSON: the release, byte for byte, and everything that the applicant gave and was given,
    in every version, up to now. Raises `WrongStateError` before the notice and after its days
    (FCRA-08, 15 USC 1681j(b)).
    """
    with step(vault, case_id, actor=actor, permission=Permission.FILE_COPY, now=now) as work:
        notice = newest_document(work.tx, case_id, DocumentKind.ADVERSE)
        if notice is None:
            raise WrongStateError("there is no notice of an adverse decision")
        proved = delivery_of(work.tx, notice)
        since = notice.made_at if proved is None else proved.delivered_at
        policy = frozen(work.tx, work.case.requisition_id).policy
        if now >= due(ClockKind.FILE_COPY, policy, since):
            raise WrongStateError("the days of the free copy are over")
        package = crossed(work)
        content = applicant_file(work.tx, work.case) | {
            "form": "walloff-file-1",
            "made_at": now.isoformat(),
            "release": package.payload.decode(),
            "release_sha256": digest(package.payload),
        }
        work.log(AuditAction.FILE_COPY_GIVEN)
        return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Crossed:
    """What the manager was given, released or not."""

    payload: bytes
    version: int


def crossed(work: Work) -> Crossed:
    """Return the release as the manager was given it. Raises `RecordNotFoundError`."""
    if shown_null(work.tx, work.case.id):
        return Crossed(null_package(frozen(work.tx, work.case.requisition_id)).payload(), 1)
    package = PackageStore(work.tx).current(work.case.id)
    if package is None:
        raise RecordNotFoundError("the case has no package")
    return Crossed(package.payload, package.version)
