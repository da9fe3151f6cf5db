"""Wall-off review: two different people, neither of whom gathered anything, let a package pass."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.applicant.consent import require_consent_or_recall, require_state
from casework.applicant.deviations import require_named_reviewer
from casework.applicant.disclosure import disclosure_of
from casework.people.exposure import expose, note_tiers
from casework.people.people_gates import require_searcher
from casework.preview.answers import denied, disproved
from casework.preview.package import store_package
from casework.reviewing.looks import REVIEW, require_every_item_seen
from casework.reviewing.seeds import require_seeds_weighed, seed_lines, weigh_seed
from casework.screening.reportability import said_by_a_minor
from casework.screening.screen import Screener
from casework.screening.statements import require_statements_settled
from casework.search.case_platforms import platforms_of
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.case import CaseState
from models.errors import (
    OutOfScopeError,
    RebuttalUnansweredError,
    RecordNotFoundError,
    UnreviewedError,
)
from models.evidence import Evidence
from models.exposure import Material
from models.finding import Assessment, Finding, FindingState
from models.ids import CaseId, FindingId
from models.people import Actor
from models.redaction import Redaction
from models.release import ReleasePackage
from storage.duties import Duty
from storage.evidence import EvidenceStore
from storage.exposures import ExposureStore
from storage.findings import FindingStore
from storage.packages import PackageStore, StoredPackage
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

REVIEWABLE: Final = (CaseState.REDACTED, CaseState.REBUTTAL, CaseState.RECALLED)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a reviewer sees of one case, side by side."""

    package: ReleasePackage
    findings: tuple[tuple[Finding, Evidence, Redaction], ...]
    unreadable: tuple[Evidence, ...]


def open_desk(
    case_id: CaseId, *, screener: Screener, actor: Actor, vault: Vault, now: datetime
) -> Desk:
    """Show a reviewer the raw evidence behind the findings.

    The look is logged, and the reviewer exposed, before the first byte is read: if that fails,
    nothing is shown. Raises `NotPermittedError` and `WrongStateError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        require_state(work.case, *REVIEWABLE, CaseState.REVIEWED)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        expose(work, Material.REVIEW)
        work.log(AuditAction.RAW_READ, code=REVIEW)
    with vault.read() as tx:
        evidence = {item.id: item for item in EvidenceStore(tx).for_case(case_id)}
        findings = FindingStore(tx).for_case(case_id)
        concerned = [evidence[finding.evidence_id] for finding in findings]
        redactions = screener.redact(concerned, disclosure_of(tx, case_id))
        lines = [
            (finding, item, redaction)
            for finding, (item, redaction) in zip(findings, redactions, strict=True)
        ]
        if seeds := seed_lines(tx, work.case, screener):
            lines = sorted(lines + seeds, key=lambda line: line[0].id)
        desk = Desk(
            package=ReleasePackage.from_payload(_current(tx, case_id).payload),
            findings=tuple(lines),
            unreadable=tuple(evidence[item] for item in _assessment(tx, case_id).unreadable),
        )
    tiers = {span.tier for _finding, _item, redaction in lines for span in redaction.spans}
    note_tiers(case_id, Material.REVIEW, tiers, actor=actor, vault=vault, now=now)
    return desk


def weigh_finding(
    case_id: CaseId,
    finding_id: FindingId,
    *,
    stands: bool,
    unless_same: bool = False,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Let a finding stand or withhold it; the package is built again and approvals start anew.

    With `unless_same`, who judges as things already stand changes nothing, and no approval.
    Raises `RecordNotFoundError`, `NotPermittedError`, `WrongStateError`, and `OutOfScopeError` for
    what the applicant said before they came of age.
    """
    with step(vault, case_id, actor=actor, permission=Permission.WEIGH_FINDING, now=now) as work:
        require_state(work.case, *REVIEWABLE)
        require_look(work)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        if weigh_seed(work, finding_id, stands=stands):
            return
        store = FindingStore(work.tx)
        known = {finding.id: finding for finding in store.for_case(case_id)}
        if finding_id not in known:
            raise RecordNotFoundError("no such finding in this case")
        finding = known[finding_id]
        if unless_same and finding.stands is stands and not finding.waits_for_person:
            return
        if stands and finding_id in denied(work.tx, case_id):
            raise RebuttalUnansweredError("the applicant denies it: that is adjudicated")
        if stands and finding_id in disproved(work.tx, case_id):
            raise RebuttalUnansweredError("it went in a dispute, and is not put back")
        if stands and finding_id in said_by_a_minor(work.tx, case_id):
            raise OutOfScopeError("the applicant had not come of age")
        store.set_state(finding_id, FindingState.CONFIRMED if stands else FindingState.WITHHELD)
        work.log(AuditAction.FINDING_WITHHELD if not stands else AuditAction.FINDING_CONFIRMED)
        store_package(work)


def settle_unreadable(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> None:
    """Withhold every item that the machine could not read. Raises `WrongStateError`."""
    with step(vault, case_id, actor=actor, permission=Permission.WEIGH_FINDING, now=now) as work:
        require_state(work.case, *REVIEWABLE)
        require_look(work)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        settled = _assessment(work.tx, case_id).model_copy(update={"settled": True})
        RecordStore(work.tx).put(case_id, RecordKind.ASSESSMENT, settled, now=now)
        work.log(AuditAction.FINDING_WITHHELD)


def approve(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> int:
    """Approve the package as it stands; the second approval moves the case to `reviewed`.

    Raises `UnreviewedError` while something still waits for a person or if the reviewer has not
    opened the desk, `SeparationOfDutiesError`, `WrongStateError`, and what
    `require_consent_or_recall` does.
    """
    with step(vault, case_id, actor=actor, permission=Permission.APPROVE, now=now) as work:
        require_state(work.case, *REVIEWABLE)
        if work.case.state is not CaseState.RECALLED:
            require_consent_or_recall(work.tx, work.case, now=now)
        _require_settled(work)
        require_statements_settled(work)
        require_look(work)
        require_every_item_seen(work)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        require_seeds_weighed(work)
        require_named_reviewer(work)
        package = _current(work.tx, case_id)
        given = PackageStore(work.tx).approve(package.id, reviewer=actor.id)
        work.record_duty(Duty.REVIEWED)
        work.log(AuditAction.APPROVED, count=given)
        if given >= 2:
            work.move(CaseState.REVIEWED)
            work.log(AuditAction.REVIEWED)
        return given


def waiting_for_person(case_id: CaseId, *, vault: Vault) -> tuple[list[FindingId], int]:
    """Return the findings that a person must weigh, and the number of unreadable items."""
    with vault.read() as tx:
        findings = FindingStore(tx).for_case(case_id)
        assessment = _assessment(tx, case_id)
    return (
        [finding.id for finding in findings if finding.waits_for_person],
        0 if assessment.settled else len(assessment.unreadable),
    )


def require_look(work: Work) -> None:
    """Raise `UnreviewedError` for a reviewer who has not looked at the evidence."""
    if not ExposureStore(work.tx).exposed(work.actor.id, work.case.id):
        raise UnreviewedError("a reviewer looks at the evidence first")


def rebuild(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> None:
    """Build the package again as things are today; it then needs two fresh approvals."""
    with step(vault, case_id, actor=actor, permission=Permission.WEIGH_FINDING, now=now) as work:
        require_state(work.case, *REVIEWABLE)
        require_look(work)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        store_package(work)
        work.log(AuditAction.REDACTED, code="rebuilt")


def _require_settled(work: Work) -> None:
    findings = FindingStore(work.tx).for_case(work.case.id)
    if any(finding.waits_for_person for finding in findings):
        raise UnreviewedError("a finding waits for a person to weigh it")
    assessment = _assessment(work.tx, work.case.id)
    if assessment.unreadable and not assessment.settled:
        raise UnreviewedError("items that the machine could not read wait for a person")


def _assessment(tx: Transaction, case_id: CaseId) -> Assessment:
    found = RecordStore(tx).latest(case_id, RecordKind.ASSESSMENT, Assessment)
    return found or Assessment(unreadable=())


def _current(tx: Transaction, case_id: CaseId) -> StoredPackage:
    package = PackageStore(tx).current(case_id)
    if package is None:
        raise UnreviewedError("the case has no package yet")
    return package
