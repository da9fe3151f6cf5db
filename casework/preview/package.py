"""The release package is a new document, built from findings by a closed list of fields.

It is built again whenever a finding is withheld or answered; a new version needs new approvals.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from casework.preview.answers import answers_of
from casework.preview.marked import marked
from casework.preview.window import FRESH
from casework.requisition.requisitions import frozen
from casework.steps.step import Work
from models.finding import Finding, Recency
from models.ids import CaseId, FindingId
from models.release import FINDINGS_MAX, Answer, ReleasedFinding, ReleasePackage
from models.requisition import Requisition
from redaction.leakage import leaks
from storage.findings import FindingStore
from storage.packages import PackageStore, StoredPackage
from storage.transaction import Transaction
from triage.mitigation import mitigate
from triage.recency import band

Shown = list[tuple[FindingId, ReleasedFinding]]
"""What is released of each finding, in canonical order, with the finding's id."""


def build_package(requisition: Requisition, shown: Shown) -> ReleasePackage:
    """Return the package that shows these findings."""
    return ReleasePackage(
        policy_sha256=requisition.policy_sha256,
        criteria_pack=f"{requisition.criteria.id} {requisition.criteria.version}",
        criteria_sha256=requisition.criteria_sha256,
        findings=tuple(released for _id, released in shown),
    )


def in_order(
    requisition: Requisition,
    findings: Iterable[Finding],
    answers: Mapping[FindingId, Answer],
    *,
    now: datetime,
) -> Shown:
    """Return what a manager may receive of these findings, in canonical order.

    A finding that does not stand, is or will soon be too old, or names a criterion outside the
    frozen pack is left out as if it had never existed; the mitigators are those of the findings
    that are left. Texts are checked for leaks one by one and then all together: what several
    findings would tell jointly is a leak as well, and then none of the texts goes.
    """
    standing = [
        finding
        for finding in findings
        if finding.stands and _band(requisition, finding, now + FRESH) is not None
    ]
    shown = []
    for finding in mitigate(standing, now=now):
        recency = _band(requisition, finding, now)
        criterion = requisition.criteria.criterion(finding.proposal.criterion)
        if recency is None or criterion is None:
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
        shown.append((finding.id, _without_leaks(released)))
    shown = _sorted(shown)[:FINDINGS_MAX]
    if leaks(" ".join(text for _id, released in shown for text in released.texts())):
        shown = _sorted((finding_id, _without_text(released)) for finding_id, released in shown)
    return shown


def _band(requisition: Requisition, finding: Finding, at: datetime) -> Recency | None:
    criterion = requisition.criteria.criterion(finding.proposal.criterion)
    beyond = criterion is not None and criterion.beyond_seven_years is not None
    return band(finding.said_at, at, beyond=beyond)


def shown_of(tx: Transaction, case_id: CaseId, requisition: Requisition, now: datetime) -> Shown:
    """Return what the case would show as things are."""
    findings = marked(tx, case_id, FindingStore(tx).for_case(case_id))
    return in_order(requisition, findings, answers_of(tx, case_id), now=now)


def store_package(work: Work) -> StoredPackage:
    """Build the case's package as things are and store it as its newest version."""
    requisition = frozen(work.tx, work.case.requisition_id)
    package = build_package(requisition, shown_of(work.tx, work.case.id, requisition, work.now))
    return PackageStore(work.tx).put(work.case.id, package.payload(), now=work.now)


def _sorted(shown: Iterable[tuple[FindingId, ReleasedFinding]]) -> Shown:
    return sorted(shown, key=lambda pair: pair[1].order())


def _without_leaks(finding: ReleasedFinding) -> ReleasedFinding:
    return _without_text(finding) if any(map(leaks, finding.texts())) else finding


def _without_text(finding: ReleasedFinding) -> ReleasedFinding:
    answer = finding.answer.model_copy(update={"statement": None}) if finding.answer else None
    return finding.model_copy(update={"excerpt": None, "answer": answer})
