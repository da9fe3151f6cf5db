"""Screening: attributed items are redacted, weighed in coded form, and become findings.

Content that meets no criterion goes no further than this module.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from casework.applicant.consent import require_consent, require_state
from casework.applicant.disclosure import disclosure_of, known_persons
from casework.criminal.referrals import assessed_without, diverted, without_diverted
from casework.gathering.collect import Guard
from casework.gathering.live import consent_of, polled
from casework.gathering.monitoring_bounds import within_trigger
from casework.preview.package import store_package
from casework.requisition.requisitions import frozen
from casework.screening.excerpts import excerpt_of
from casework.screening.reportability import gates_for
from casework.steps.permissions import Permission
from casework.steps.step import step
from models.audit import AuditAction
from models.case import CaseState
from models.disclosure import Disclosure
from models.errors import CaseChangedError
from models.evidence import AttributionGrade, Evidence
from models.finding import Assessment, Finding
from models.ids import CaseId, EvidenceId, FindingId, new_id
from models.people import SYSTEM
from models.redaction import Outcome, Redaction
from models.reportable import Exclusion, Exclusions, Gates
from models.requisition import Requisition
from redaction.pipeline import Redactor
from storage.cases import CaseStore
from storage.evidence import EvidenceStore
from storage.findings import FindingStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault
from triage.engine import Triage
from triage.reportable import excluded_by, unreportable


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
        requisition = within_trigger(tx, case, frozen(tx, case.requisition_id))
        disclosure = disclosure_of(tx, case_id)
        gates = gates_for(tx, case, now=now)
        evidence = [
            item
            for item in EvidenceStore(tx).for_case(case_id)
            if item.grade not in (None, AttributionGrade.UNATTRIBUTED)
        ]
    findings: list[Finding] = []
    excluded: list[Exclusion] = []
    unreadable: list[EvidenceId] = []
    live = consent_of(case_id, vault=vault, now=now)
    for item, redaction in polled(screener.redact(evidence, disclosure), live):
        if redaction.outcome is Outcome.PASSED:
            for one in _weigh(item, redaction, requisition, screener.triage, gates, now=now):
                if isinstance(one, Finding):
                    findings.append(one)
                else:
                    excluded.append(one)
        else:
            unreadable.append(item.id)
    with step(vault, case_id, actor=SYSTEM, permission=Permission.SCREEN, now=now) as work:
        guard(work.tx)
        require_state(work.case, CaseState.ATTRIBUTED)
        require_consent(work.tx, work.case, now=now)
        if work.case.version != case.version:
            raise CaseChangedError("the case changed while it was being screened")
        if gates_for(work.tx, work.case, now=now) != gates:
            raise CaseChangedError("a gate of the case changed while it was being screened")
        # Read here: an item may have been referred while its text was being weighed.
        FindingStore(work.tx).replace(case_id, without_diverted(work.tx, case_id, findings))
        assessment = assessed_without(work.tx, case_id, Assessment(unreadable=tuple(unreadable)))
        gone = diverted(work.tx, case_id)
        left = tuple(one for one in excluded if one.evidence_id not in gone)
        records = RecordStore(work.tx)
        records.put(case_id, RecordKind.ASSESSMENT, assessment, now=now)
        records.put(case_id, RecordKind.EXCLUSIONS, Exclusions(entries=left), now=now)
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
    gates: Gates,
    *,
    now: datetime,
) -> Iterator[Finding | Exclusion]:
    policy = requisition.policy
    for proposal in triage.assess(redaction.coded):
        criterion = requisition.criteria.criterion(proposal.criterion)
        said_at = evidence.item.created_at
        if criterion is None:
            continue
        rule = unreportable(
            evidence.item, criterion=criterion, now=now, lookback_years=policy.lookback_years
        ) or excluded_by(evidence.item, redaction, proposal, gates)
        if rule is not None or said_at is None:
            yield Exclusion(
                evidence_id=evidence.id, criterion=criterion.code, rule=str(rule or "no-date")
            )
            continue
        yield Finding(
            id=FindingId(new_id()),
            case_id=evidence.case_id,
            evidence_id=evidence.id,
            proposal=proposal,
            said_at=said_at,
            excerpt=excerpt_of(proposal, policy),
        )
