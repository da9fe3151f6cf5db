"""The desk an item at a time: the raw text of one, after that look was logged; of the rest, codes.

The outline shows no raw text: what would be released, and what still waits for a person.
"""

from dataclasses import dataclass
from datetime import datetime

from casework.applicant.consent import require_state
from casework.applicant.disclosure import disclosure_of
from casework.people.exposure import expose, note_tiers
from casework.people.people_gates import require_searcher
from casework.preview.marked import marked, marks_of
from casework.reviewing.looks import log_item, seen
from casework.reviewing.review import REVIEWABLE
from casework.reviewing.seeds import seed_lines
from casework.screening.screen import Screener
from casework.search.case_platforms import platforms_of
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.case import Case, CaseState
from models.errors import RecordNotFoundError, UnreviewedError
from models.evidence import Evidence
from models.exposure import Material
from models.finding import Assessment, Finding
from models.ids import CaseId, FindingId
from models.marks import ReviewMark
from models.people import Actor
from models.redaction import Redaction
from models.release import ReleasePackage
from storage.evidence import EvidenceStore
from storage.findings import FindingStore
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Outline:
    """What there is to review in a case."""

    case: Case
    findings: tuple[Finding, ...]
    """With the excerpts that would be released."""
    looked_at: frozenset[str] | None
    """The findings that the reviewer has looked at; None for all."""
    unreadable: int
    """Items that the machine could not read, and that nobody has settled."""
    marks: tuple[ReviewMark, ...]
    """Those that stand."""
    approved_by_me: bool


@dataclass(frozen=True, slots=True)
class ItemDesk:
    """One finding beside its evidence."""

    outline: Outline
    finding: Finding
    evidence: Evidence
    redaction: Redaction


def outline_of(
    case_id: CaseId, *, screener: Screener, actor: Actor, vault: Vault, now: datetime
) -> Outline:
    """Return what there is to review. Raises `NotPermittedError`, `WrongStateError`."""
    with step(vault, case_id, actor=actor, permission=Permission.WEIGH_FINDING, now=now) as work:
        require_state(work.case, *REVIEWABLE, CaseState.REVIEWED)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        return _outline(work, screener)


def open_item(
    case_id: CaseId,
    finding_id: FindingId,
    *,
    screener: Screener,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> ItemDesk:
    """Show one finding beside its raw text; the look is logged, and exposes, before it is shown.

    Raises `RecordNotFoundError`, and as `outline_of`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        require_state(work.case, *REVIEWABLE, CaseState.REVIEWED)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        seeded = {line[0].id: line for line in seed_lines(work.tx, work.case, screener)}
        known = {finding.id for finding in FindingStore(work.tx).for_case(case_id)}
        if finding_id not in known | set(seeded):
            raise RecordNotFoundError("no such finding in this case")
        expose(work, Material.REVIEW)
        log_item(work, finding_id)
        outline = _outline(work, screener)
    finding = next(one for one in outline.findings if one.id == finding_id)
    if finding_id in seeded:
        _finding, evidence, redaction = seeded[finding_id]
    else:
        with vault.read() as tx:
            items = EvidenceStore(tx).for_case(case_id)
            item = next(one for one in items if one.id == finding.evidence_id)
            disclosure = disclosure_of(tx, case_id)
        ((evidence, redaction),) = screener.redact([item], disclosure)
    tiers = {span.tier for span in redaction.spans}
    note_tiers(case_id, Material.REVIEW, tiers, actor=actor, vault=vault, now=now)
    return ItemDesk(outline, finding, evidence, redaction)


def open_unreadable(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[Evidence]:
    """Show what the machine could not read; the look is logged before. Raises as `outline_of`."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        require_state(work.case, *REVIEWABLE, CaseState.REVIEWED)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        expose(work, Material.REVIEW)
        log_item(work, "unreadable")
    with vault.read() as tx:
        kept = RecordStore(tx).latest(case_id, RecordKind.ASSESSMENT, Assessment)
        wanted = set() if kept is None else set(kept.unreadable)
        return [item for item in EvidenceStore(tx).for_case(case_id) if item.id in wanted]


def as_it_stands(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> ReleasePackage:
    """Return the package that would be released as things are. Raises as `outline_of`."""
    with step(vault, case_id, actor=actor, permission=Permission.WEIGH_FINDING, now=now) as work:
        require_state(work.case, *REVIEWABLE, CaseState.REVIEWED)
        package = PackageStore(work.tx).current(case_id)
        if package is None:
            raise UnreviewedError("the case has no package yet")
        return ReleasePackage.from_payload(package.payload)


def _outline(work: Work, screener: Screener) -> Outline:
    tx, case_id = work.tx, work.case.id
    seeded = [line[0] for line in seed_lines(tx, work.case, screener)]
    findings = marked(tx, case_id, FindingStore(tx).for_case(case_id)) + seeded
    if seeded:
        findings.sort(key=lambda one: one.id)
    assessment = RecordStore(tx).latest(case_id, RecordKind.ASSESSMENT, Assessment)
    waits = assessment is not None and not assessment.settled
    package = PackageStore(tx).current_id(case_id)
    looked = seen(work)
    return Outline(
        case=work.case,
        findings=tuple(findings),
        looked_at=None if looked is None else frozenset(looked),
        unreadable=len(assessment.unreadable) if assessment is not None and waits else 0,
        marks=tuple(mark for mark in marks_of(tx, case_id) if not mark.undone),
        approved_by_me=package is not None and work.actor.id in PackageStore(tx).approvals(package),
    )
