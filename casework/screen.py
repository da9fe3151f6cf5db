"""Screening: attributed items are redacted, weighed in coded form, and become findings.

Content that meets no criterion goes no further than this module.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from casework.collect import Guard
from casework.consent import require_consent, require_state
from casework.disclosure import disclosure_of, known_persons
from casework.excerpts import excerpt_of
from casework.package import store_package
from casework.permissions import Permission
from casework.requisitions import frozen
from casework.step import step
from models.audit import AuditAction
from models.case import CaseState
from models.disclosure import Disclosure
from models.errors import CaseChangedError
from models.evidence import AttributionGrade, Evidence
from models.finding import Assessment, Finding
from models.ids import CaseId, EvidenceId, FindingId, new_id
from models.people import SYSTEM
from models.redaction import Outcome, Redaction
from models.requisition import Requisition
from redaction.pipeline import Redactor
from storage.cases import CaseStore
from storage.evidence import EvidenceStore
from storage.findings import FindingStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault
from triage.engine import Triage
from triage.reportable import unreportable


@dataclass(frozen=True, slots=True)
class Screener:
    """The machine's part in screening: a redactor and the triage of one criteria pack."""

    redactor: Redactor
    triage: Triage

    def redact(
        self, evidence: list[Evidence], disclosure: Disclosure
    ) -> Iterator[tuple[Evidence, Redaction]]:
        """Redact items, withholding the applicant's own names as well."""
        known = known_persons(disclosure)
        texts = (item.item.text for item in evidence)
        return zip(evidence, self.redactor.redact_many(texts, known=known), strict=True)


def triage_case(
    case_id: CaseId, *, screener: Screener, vault: Vault, now: datetime, guard: Guard
) -> int:
    """Find what meets a criterion: `attributed → triaged`. Return the number of items weighed.

    The work is done outside the transaction that keeps its result, which nobody else waits for.
    Raises `CaseChangedError` if the case moved on meanwhile.
    """
    with vault.read() as tx:
        case = CaseStore(tx).get(case_id)
        requisition = frozen(tx, case.requisition_id)
        disclosure = disclosure_of(tx, case_id)
        evidence = [
            item
            for item in EvidenceStore(tx).for_case(case_id)
            if item.grade not in (None, AttributionGrade.UNATTRIBUTED)
        ]
    findings: list[Finding] = []
    unreadable: list[EvidenceId] = []
    for item, redaction in screener.redact(evidence, disclosure):
        if redaction.outcome is Outcome.PASSED:
            findings += _weigh(item, redaction, requisition, screener.triage, now=now)
        else:
            unreadable.append(item.id)
    with step(vault, case_id, actor=SYSTEM, permission=Permission.SCREEN, now=now) as work:
        guard(work.tx)
        require_state(work.case, CaseState.ATTRIBUTED)
        require_consent(work.tx, work.case, now=now)
        if work.case.version != case.version:
            raise CaseChangedError("the case changed while it was being screened")
        FindingStore(work.tx).replace(case_id, findings)
        RecordStore(work.tx).put(
            case_id, RecordKind.ASSESSMENT, Assessment(unreadable=tuple(unreadable)), now=now
        )
        work.move(CaseState.TRIAGED)
        work.log(AuditAction.TRIAGED, code=screener.triage.version)
        return len(evidence)


def redact_case(case_id: CaseId, *, vault: Vault, now: datetime, guard: Guard) -> None:
    """Build the first package from the findings that stand: `triaged → redacted`."""
    with step(vault, case_id, actor=SYSTEM, permission=Permission.SCREEN, now=now) as work:
        guard(work.tx)
        require_state(work.case, CaseState.TRIAGED)
        require_consent(work.tx, work.case, now=now)
        store_package(work)
        work.move(CaseState.REDACTED)
        work.log(AuditAction.REDACTED)


def _weigh(
    evidence: Evidence,
    redaction: Redaction,
    requisition: Requisition,
    triage: Triage,
    *,
    now: datetime,
) -> Iterator[Finding]:
    policy = requisition.policy
    for proposal in triage.assess(redaction.coded):
        criterion = requisition.criteria.criterion(proposal.criterion)
        said_at = evidence.item.created_at
        if criterion is None or said_at is None:
            continue
        if unreportable(
            evidence.item, criterion=criterion, now=now, lookback_years=policy.lookback_years
        ):
            continue
        yield Finding(
            id=FindingId(new_id()),
            case_id=evidence.case_id,
            evidence_id=evidence.id,
            proposal=proposal,
            said_at=said_at,
            excerpt=excerpt_of(proposal, policy),
        )
