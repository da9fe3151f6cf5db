"""Where one case stands and what it waits for, read in one step, without an applicant's word."""

from dataclasses import dataclass
from datetime import datetime

from casework.applicant.notice import delivered_notice, notice_requested
from casework.applicant.refusals import refusal_waits
from casework.attribution.attribute import attribution_waits
from casework.duties.deadlines import running
from casework.duties.due import next_segment
from casework.duties.queues import TOLD
from casework.gathering.source import handed_over
from casework.releasing.clarified import clarified
from casework.requisition.requisitions import frozen
from casework.steps.failing import failed
from casework.steps.marks import collected
from casework.steps.permissions import Permission, authorize
from casework.steps.step import standing_of, step
from models.audit import AuditEntry
from models.case import Case
from models.clauses import StageDriftError
from models.consent import Consent
from models.deadlines import Deadline
from models.errors import NoNoticeError, NotPermittedError
from models.ids import CaseId
from models.people import Actor
from models.requisition import Requisition
from models.segment import Segment
from storage.audit import AuditLog
from storage.consents import ConsentStore
from storage.evidence import EvidenceStore
from storage.packages import PackageStore
from storage.transaction import Transaction
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Overview:
    """What the people of a case see of it."""

    case: Case
    requisition: Requisition
    notice_asked: bool
    notice_proved: bool
    """True too where the policy asks for no proof."""
    may_search_from: datetime | None
    """The end of the notice's lead time."""
    consent: Consent | None
    refusal_waits: bool
    with_collector: bool
    collected: bool
    items: int
    attribution_waits: bool
    approvals: int
    questions: int
    """A manager's questions that nobody has replied to."""
    due: Segment | None
    """The automatic segment that the case waits for."""
    failed: Segment | None
    tried_again_at: datetime | None
    deadlines: tuple[Deadline, ...]
    history: tuple[AuditEntry, ...]


def overview_of(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> Overview:
    """Return where a case stands.

    Raises `CaseNotFoundError`, `NotPermittedError`, `SealedError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.READ_CASES, now=now) as work:
        tx = work.tx
        requisition = frozen(tx, work.case.requisition_id)
        proved, lead = _notice(tx, case_id)
        segment = next_segment(tx, work.case)
        again = failed(tx)
        package = PackageStore(tx).current_id(case_id)
        return Overview(
            case=work.case,
            requisition=requisition,
            notice_asked=notice_requested(tx, case_id),
            notice_proved=proved,
            may_search_from=lead,
            consent=ConsentStore(tx).latest(case_id),
            refusal_waits=refusal_waits(tx, case_id),
            with_collector=handed_over(tx, case_id),
            collected=collected(tx, case_id),
            items=EvidenceStore(tx).count(case_id),
            attribution_waits=attribution_waits(tx, case_id),
            approvals=0 if package is None else len(PackageStore(tx).approvals(package)),
            questions=sum(one.reply is None for one in clarified(tx, case_id).values()),
            due=segment,
            failed=segment if segment is not None and (segment, case_id) in again else None,
            tried_again_at=None if segment is None else again.get((segment, case_id)),
            deadlines=_deadlines(tx, work.case, actor, now),
            history=tuple(e for e in AuditLog(tx).entries(case_id) if e.action in TOLD),
        )


def _notice(tx: Transaction, case_id: CaseId) -> tuple[bool, datetime | None]:
    try:
        notice = delivered_notice(tx, case_id)
    except (NoNoticeError, StageDriftError):
        return False, None
    return True, notice.delivered_at + notice.lead_time


def _deadlines(tx: Transaction, case: Case, actor: Actor, now: datetime) -> tuple[Deadline, ...]:
    """Return the clocks for whoever may read them; who may not is not refused the case for it."""
    try:
        authorize(actor, Permission.READ_DEADLINES, standing_of(tx, actor, case.id))
    except NotPermittedError:
        return ()
    return tuple(sorted(running(tx, case, now), key=lambda one: (one.due_at, one.clock)))
