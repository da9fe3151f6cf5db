"""The release package is a new document, built from findings by a closed list of fields.

It is built again whenever a finding is withheld or answered; a new version needs new approvals.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from casework.requisitions import frozen
from casework.step import Work
from models.finding import Finding
from models.ids import CaseId, FindingId
from models.rebuttal import DENIES_AUTHORSHIP, Rebuttal
from models.release import Answer, ReleasedFinding, ReleasePackage, canonical_order
from models.requisition import Requisition
from redaction.leakage import leaks
from storage.findings import FindingStore
from storage.packages import PackageStore, StoredPackage
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from triage.recency import band


def build_package(
    requisition: Requisition,
    findings: Iterable[Finding],
    answers: Mapping[FindingId, Answer],
    *,
    now: datetime,
) -> ReleasePackage:
    """Return what a manager may receive of these findings.

    A finding that does not stand, is too old for any recency band, or names a criterion outside
    the frozen pack is left out as if it had never existed.
    """
    shown = in_order(requisition, findings, answers, now=now)
    package = ReleasePackage(
        policy_sha256=requisition.policy_sha256,
        criteria_pack=f"{requisition.criteria.id} {requisition.criteria.version}",
        criteria_sha256=requisition.criteria_sha256,
        findings=tuple(released for _id, released in shown),
    )
    return cleared(package)


def in_order(
    requisition: Requisition,
    findings: Iterable[Finding],
    answers: Mapping[FindingId, Answer],
    *,
    now: datetime,
) -> list[tuple[FindingId, ReleasedFinding]]:
    """Return what would be released of each finding, in canonical order, with its id."""
    shown = []
    for finding in findings:
        recency = band(finding.said_at, now)
        criterion = requisition.criteria.criterion(finding.proposal.criterion)
        if not finding.stands or recency is None or criterion is None:
            continue
        released = ReleasedFinding(
            criterion=criterion.code,
            criterion_text=criterion.text,
            conduct=finding.proposal.conduct,
            severity=finding.proposal.severity,
            recency=recency,
            mitigators=tuple(sorted(finding.proposal.mitigators)),
            answer=answers.get(finding.id),
            excerpt=finding.excerpt,
        )
        shown.append((finding.id, _cleared(released)))
    return sorted(shown, key=lambda pair: pair[1].order())


def cleared(package: ReleasePackage) -> ReleasePackage:
    """Return the package without any text that fails the leakage check.

    Each text was checked by itself; here all of them are, together: what several findings would
    tell jointly is a leak as well, and then none of the texts goes.
    """
    findings = package.findings
    together = " ".join(text for finding in findings for text in _texts(finding))
    if leaks(together):
        findings = tuple(_without_text(finding) for finding in findings)
    return package.model_copy(update={"findings": canonical_order(findings)})


def store_package(work: Work) -> StoredPackage:
    """Build the case's package as things are and store it as its newest version."""
    requisition = frozen(work.tx, work.case.requisition_id)
    package = build_package(
        requisition,
        FindingStore(work.tx).for_case(work.case.id),
        answers_of(work.tx, work.case.id),
        now=work.now,
    )
    return PackageStore(work.tx).put(work.case.id, package.payload(), now=work.now)


def answers_of(tx: Transaction, case_id: CaseId) -> dict[FindingId, Answer]:
    """Return the applicant's newest answer to each finding, as the manager may read it."""
    answers: dict[FindingId, Answer] = {}
    for rebuttal in RecordStore(tx).all(case_id, RecordKind.REBUTTAL, Rebuttal):
        for answer in rebuttal.answers:
            if answer.claim not in DENIES_AUTHORSHIP:
                answers[answer.finding_id] = Answer(claim=answer.claim, statement=answer.neutral)
    return answers


def _texts(finding: ReleasedFinding) -> list[str]:
    statement = finding.answer.statement if finding.answer else None
    return [text for text in (finding.excerpt, statement) if text is not None]


def _cleared(finding: ReleasedFinding) -> ReleasedFinding:
    return _without_text(finding) if any(leaks(text) for text in _texts(finding)) else finding


def _without_text(finding: ReleasedFinding) -> ReleasedFinding:
    answer = finding.answer.model_copy(update={"statement": None}) if finding.answer else None
    return finding.model_copy(update={"excerpt": None, "answer": answer})
