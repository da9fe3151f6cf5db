"""What no machine reads a person states, under a criterion of the trigger; a reviewer confirms it.

Where a criterion is about the employee's own safety nothing is found: they are warned (G9).
"""

from datetime import datetime

from casework.applicant.consent import require_consent, require_state
from casework.applicant.disclosure import disclosure_of
from casework.people.exposure import expose
from casework.people.people_gates import require_searcher
from casework.preview.package import store_package
from casework.requisition.requisitions import frozen
from casework.screening.excerpts import excerpt_of
from casework.screening.reportability import gates_for
from casework.screening.screen import Screener
from casework.search.case_platforms import platforms_of
from casework.steps.monitoring_gate import monitoring_scope
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import FishingError
from models.criteria import Conduct, Criterion, Severity
from models.errors import OutOfScopeError, RecordNotFoundError, WrongStateError
from models.evidence import AttributionGrade, Evidence
from models.exposure import Material
from models.finding import Finding, FindingSource, Proposal
from models.ids import CaseId, EvidenceId, FindingId, new_id
from models.people import Actor
from models.redaction import Outcome, Redaction
from models.requisition import Requisition
from models.safety_notices import SafetyNotice
from storage.evidence import EvidenceStore
from storage.findings import FindingStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault
from triage.reportable import excluded_by, unreportable

STATED = "stated-by-a-person"
"""The rule of a finding that no machine proposed."""


def state_finding(
    case_id: CaseId,
    evidence_id: EvidenceId,
    criterion: str,
    conduct: Conduct,
    severity: Severity,
    *,
    screener: Screener,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> FindingId | None:
    """State a finding of a monitoring case and return it; None where the employee was warned.

    It waits for a reviewer. Raises `FishingError` for a criterion outside the trigger,
    `OutOfScopeError` for conduct that does not meet it and for what the law keeps unreported,
    `RecordNotFoundError` for an item that is not the employee's.
    """
    with step(vault, case_id, actor=actor, permission=Permission.STATE_FINDING, now=now) as work:
        asked = require_in_scope(work, criterion)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        expose(work, Material.REVIEW)
        item = _theirs(work, evidence_id)
        if asked.safety_notice:
            _warn(work, evidence_id)
            return None
        if conduct not in asked.conduct:
            raise OutOfScopeError(f"{conduct} does not meet {asked.code}")
        redaction = redacted(work, item, screener)
        finding = finding_of(work, item, redaction, asked, conduct, severity)
        keep_finding(work, finding)
        return finding.id


def safety_notices(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[SafetyNotice]:
    """Return the warnings of a case for the employee to read; the log says that they did."""
    with step(
        vault, case_id, actor=actor, permission=Permission.READ_SAFETY_NOTICE, now=now
    ) as work:
        found = RecordStore(work.tx).all(case_id, RecordKind.SAFETY_NOTICE, SafetyNotice)
        work.log(AuditAction.SAFETY_NOTICE_READ, count=len(found))
        return found


def require_in_scope(work: Work, criterion: str) -> Criterion:
    """Return a criterion that a monitoring case may be weighed by, while it is weighed.

    Raises `WrongStateError` for an applicant's case, `FishingError` outside the trigger, and what
    `require_consent` does after the case's last day.
    """
    opened = monitoring_scope(work.tx, work.case)
    if opened is None:
        raise WrongStateError("this is no monitoring case")
    require_state(work.case, CaseState.REDACTED)
    require_consent(work.tx, work.case, now=work.now)
    asked = _requisition(work).criteria.criterion(criterion)
    if asked is None or criterion not in opened.scope.criteria:
        raise FishingError("the trigger does not name this criterion")
    return asked


def redacted(work: Work, item: Evidence, screener: Screener) -> Redaction:
    """Return one item of a case in neutral words, within the step that may read it."""
    return next(iter(screener.redact([item], disclosure_of(work.tx, work.case.id))))[1]


def finding_of(
    work: Work,
    item: Evidence,
    redaction: Redaction,
    criterion: Criterion,
    conduct: Conduct,
    severity: Severity,
    source: FindingSource = FindingSource.OWN_ACCOUNT,
) -> Finding:
    """Return what a person states, in neutral words, if the law lets it be reported.

    Raises `OutOfScopeError` with the rule that keeps it back.
    """
    requisition = _requisition(work)
    if redaction.outcome is not Outcome.PASSED or item.item.created_at is None:
        raise OutOfScopeError("the item cannot be told in neutral words, or has no date")
    proposal = Proposal(
        criterion=criterion.code,
        conduct=conduct,
        severity=severity,
        passage=redaction.coded,
        rule=STATED,
        needs_person=True,
    )
    years = requisition.policy.lookback_years
    rule = unreportable(
        item.item, criterion=criterion, now=work.now, lookback_years=years
    ) or excluded_by(item.item, redaction, proposal, gates_for(work.tx, work.case, now=work.now))
    if rule is not None:
        raise OutOfScopeError(f"it is not reported: {rule}")
    return Finding(
        id=FindingId(new_id()),
        case_id=work.case.id,
        evidence_id=item.id,
        proposal=proposal,
        said_at=item.item.created_at,
        excerpt=excerpt_of(proposal, requisition.policy),
        source=source,
    )


def keep_finding(work: Work, finding: Finding) -> None:
    """Add a finding to those of the case; the package is built again, and approvals start anew."""
    store = FindingStore(work.tx)
    store.replace(work.case.id, [*store.for_case(work.case.id), finding])
    work.log(AuditAction.FINDING_STATED, code=finding.proposal.criterion)
    store_package(work)


def _theirs(work: Work, evidence_id: EvidenceId) -> Evidence:
    """Return an item that is the employee's. Raises `RecordNotFoundError`."""
    for item in EvidenceStore(work.tx).for_case(work.case.id):
        if item.id == evidence_id and item.grade not in (None, _NOT_THEIRS):
            return item
    raise RecordNotFoundError("no such item of this employee")


def _warn(work: Work, evidence_id: EvidenceId) -> None:
    notice = SafetyNotice(evidence_id=evidence_id, made_by=work.actor.id, made_at=work.now)
    RecordStore(work.tx).put(work.case.id, RecordKind.SAFETY_NOTICE, notice, now=work.now)
    work.log(AuditAction.SAFETY_NOTICE_MADE)


def _requisition(work: Work) -> Requisition:
    return frozen(work.tx, work.case.requisition_id)


_NOT_THEIRS = AttributionGrade.UNATTRIBUTED
