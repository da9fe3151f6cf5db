"""The second review is blind: it sees the evidence and the proposals, no choice of the first (Q2).

Who had any part in the case does not give it. What was judged stays sealed with the case; a
register keeps the pairs of answers, which are about people's work and hold nothing of the case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from casework.applicant.consent import require_state
from casework.applicant.disclosure import disclosure_of
from casework.people.drawing import LOOKED_AT, drawn, second_reviews
from casework.people.exposure import expose, note_tiers
from casework.people.people_gates import require_searcher
from casework.screening.screen import Screener
from casework.search.case_platforms import platforms_of
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.errors import RecordNotFoundError, SeparationOfDutiesError, UnreviewedError
from models.evidence import AttributionGrade, Evidence
from models.exposure import Material, Sight
from models.finding import Finding, FindingState
from models.ids import CaseId, EvidenceId, FindingId
from models.people import Actor
from models.quality import QualityOutcome, QualityReview, SecondReview
from models.redaction import Redaction
from storage.audit import AuditLog
from storage.duties import Duty, DutyStore
from storage.evidence import EvidenceStore
from storage.findings import FindingStore
from storage.records import RecordKind, RecordStore
from storage.registers import RegisterKind, RegisterStore
from storage.vault import Vault

_DESK = "second-review"
"""How the log names a look at the blind desk."""
_BY_A_PERSON = frozenset({AttributionGrade.CONFIRMED, AttributionGrade.UNATTRIBUTED})


@dataclass(frozen=True, slots=True)
class BlindDesk:
    """What a second reviewer sees: as the first did, before anybody chose."""

    findings: tuple[tuple[Finding, Evidence, Redaction], ...]
    to_attribute: tuple[Evidence, ...]
    """Items that a person attributed, without the grade that was given."""


def open_blind_desk(
    case_id: CaseId, *, screener: Screener, actor: Actor, vault: Vault, now: datetime
) -> BlindDesk:
    """Show the evidence of a drawn case for a second judgement.

    Raises `RecordNotFoundError` if the case was not drawn, `SeparationOfDutiesError` for whoever
    had part in it, what `require_searcher` does, and `WrongStateError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.REVIEW_QUALITY, now=now) as work:
        require_state(work.case, *LOOKED_AT)
        _require_drawn(work)
        _require_no_part(work)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        expose(work, Material.SECOND_REVIEW)
        work.log(AuditAction.RAW_READ, code=_DESK)
    with vault.read() as tx:
        evidence = {item.id: item for item in EvidenceStore(tx).for_case(case_id)}
        findings = FindingStore(tx).for_case(case_id)
        concerned = [evidence[finding.evidence_id] for finding in findings]
        lines = tuple(
            (_unjudged(finding), item.model_copy(update={"grade": None}), redaction)
            for finding, (item, redaction) in zip(
                findings, screener.redact(concerned, disclosure_of(tx, case_id)), strict=True
            )
        )
    tiers = {span.tier for _finding, _item, redaction in lines for span in redaction.spans}
    note_tiers(case_id, Material.SECOND_REVIEW, tiers, actor=actor, vault=vault, now=now)
    return BlindDesk(
        findings=lines,
        to_attribute=tuple(
            item.model_copy(update={"grade": None})
            for item in evidence.values()
            if item.grade in _BY_A_PERSON
        ),
    )


def give_second_review(
    case_id: CaseId,
    *,
    stands: Mapping[FindingId, bool],
    confirmed: Mapping[EvidenceId, bool],
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> QualityReview:
    """Take a second reviewer's judgement of everything on the desk, and compare.

    Raises `UnreviewedError` if the desk was not opened or something is left unjudged,
    `RecordNotFoundError` for what is not on it or was reviewed a second time before, and as
    `open_blind_desk`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.REVIEW_QUALITY, now=now) as work:
        require_state(work.case, *LOOKED_AT)
        _require_drawn(work)
        _require_no_part(work)
        if Material.SECOND_REVIEW not in _looks(work):
            raise UnreviewedError("a second reviewer opens the blind desk first")
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        first = {one.id: one.stands for one in FindingStore(work.tx).for_case(case_id)}
        graded = {
            item.id: item.grade is AttributionGrade.CONFIRMED
            for item in EvidenceStore(work.tx).for_case(case_id)
            if item.grade in _BY_A_PERSON
        }
        _require_all(set(first), set(stands))
        _require_all(set(graded), set(confirmed))
        pairs = tuple((first[one], stands[one]) for one in sorted(first)) + tuple(
            (graded[one], confirmed[one]) for one in sorted(graded)
        )
        agreed = all(one == other for one, other in pairs)
        review = QualityReview(
            case_id=case_id,
            reviewer=actor.id,
            first=DutyStore(work.tx).reviewers(case_id),
            outcome=QualityOutcome.UPHELD if agreed else QualityOutcome.DIFFERS,
            pairs=pairs,
            at=now,
        )
        given = SecondReview(
            reviewer=actor.id, stands=dict(stands), confirmed=dict(confirmed), at=now
        )
        RecordStore(work.tx).put(case_id, RecordKind.SECOND_REVIEW, given, now=now)
        RegisterStore(work.tx).put(
            RegisterKind.QUALITY_REVIEW, work.case.requisition_id, review, now=now
        )
        work.log(AuditAction.QUALITY_REVIEWED, code=review.outcome)
        return review


def _unjudged(finding: Finding) -> Finding:
    return finding.model_copy(update={"state": FindingState.PROPOSED})


def _require_drawn(work: Work) -> None:
    requisition_id = work.case.requisition_id
    if work.case.id not in {one.case_id for one in drawn(work.tx, requisition_id)}:
        raise RecordNotFoundError("the case was not drawn for a second review")
    if work.case.id in {one.case_id for one in second_reviews(work.tx, requisition_id)}:
        raise RecordNotFoundError("the case was reviewed a second time before")


def _require_no_part(work: Work) -> None:
    """Who looked at the case in any other part, or took any step in it, is no second reviewer."""
    released = Duty.RELEASED in DutyStore(work.tx).did(work.case.id, work.actor.id)
    if released or _looks(work) - {Material.SECOND_REVIEW} or _took_part(work):
        raise SeparationOfDutiesError("who had part in a case does not review it a second time")


def _looks(work: Work) -> set[Material]:
    sights = RecordStore(work.tx).all(work.case.id, RecordKind.SIGHT, Sight)
    return {sight.material for sight in sights if sight.person == work.actor.id}


def _took_part(work: Work) -> bool:
    """Say whether the log names the actor for anything but a refusal and this very desk.

    Whoever previewed the package, settled an answer or released it knows what the first chose.
    """
    return any(
        entry.actor == work.actor.id
        and entry.action is not AuditAction.DENIED
        and (entry.action, entry.code) != (AuditAction.RAW_READ, _DESK)
        for entry in AuditLog(work.tx).entries(work.case.id)
    )


def _require_all(wanted: set[str], given: set[str]) -> None:
    if given - wanted:
        raise RecordNotFoundError("a judgement is of nothing on the desk")
    if wanted - given:
        raise UnreviewedError("something on the desk is left unjudged")
