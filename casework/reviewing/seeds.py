"""Seeded items of a known answer are put on the desk of an exercise, and never become findings.

They are sealed records of a made-up applicant's case. What a reviewer judges of one is noted in a
register and changes nothing else: no finding, no package, no approval counts it.
"""

import secrets
from datetime import datetime, timedelta

from casework.requisition.requisitions import frozen
from casework.screening.excerpts import excerpt_of
from casework.screening.screen import Screener
from casework.steps.exercise import is_exercise
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.case import Case
from models.consent import PlatformKind
from models.criteria import Criterion
from models.errors import InputError, UnreviewedError
from models.evidence import AccessGate, Evidence, SourceItem
from models.finding import Finding, Proposal
from models.ids import CaptureId, CaseId, EvidenceId, FindingId, new_id
from models.people import Actor
from models.quality import SeedChoice, SeededItem
from models.redaction import Redaction
from models.requisition import Requisition
from models.search_clauses import ExerciseError
from models.text import RawText
from policy.practical import Seed, seed_pack
from storage.records import RecordKind, RecordStore
from storage.registers import RegisterKind, RegisterStore
from storage.transaction import Transaction
from storage.vault import Vault

Line = tuple[Finding, Evidence, Redaction]
"""What a reviewer sees of one finding."""


def place_seeds(case_id: CaseId, count: int, *, actor: Actor, vault: Vault, now: datetime) -> int:
    """Put seeded items on the desk of an exercise's case; return how many there are now.

    Raises `ExerciseError` for a case of a real applicant: nobody's desk holds what they never
    wrote, and `InputError` for fewer than one.
    """
    with step(vault, case_id, actor=actor, permission=Permission.PLACE_SEEDS, now=now) as work:
        if not is_exercise(work.tx, work.case):
            raise ExerciseError("seeds are for exercises: this applicant is real")
        if count < 1:
            raise InputError("at least one item is placed")
        requisition = frozen(work.tx, work.case.requisition_id)
        placed = seeds_of(work.tx, case_id)
        left = [
            seed
            for seed in seed_pack().seeds
            if _criterion(requisition, seed) is not None
            and seed.id not in {item.seed for item in placed}
        ]
        drawn = secrets.SystemRandom().sample(left, min(count, len(left)))
        for seed in drawn:
            item = SeededItem(id=FindingId(new_id()), seed=seed.id, should_stand=seed.should_stand)
            RecordStore(work.tx).put(case_id, RecordKind.SEEDED_ITEM, item, now=work.now)
        work.log(AuditAction.SEEDED, count=len(drawn))
        return len(placed) + len(drawn)


def seeds_of(tx: Transaction, case_id: CaseId) -> list[SeededItem]:
    """Return the seeded items on a case's desk."""
    return RecordStore(tx).all(case_id, RecordKind.SEEDED_ITEM, SeededItem)


def seed_lines(tx: Transaction, case: Case, screener: Screener) -> list[Line]:
    """Return the seeded items of a case as a desk shows findings."""
    requisition = frozen(tx, case.requisition_id)
    seeds = {seed.id: seed for seed in seed_pack().seeds}
    lines = []
    for item in seeds_of(tx, case.id):
        seed = seeds.get(item.seed)
        criterion = None if seed is None else _criterion(requisition, seed)
        if seed is not None and criterion is not None:
            lines.append(_line(item, seed, criterion, case, requisition, screener))
    return lines


def weigh_seed(work: Work, finding_id: FindingId, *, stands: bool) -> bool:
    """Note what a reviewer judged of a seeded item; say whether it was one."""
    item = next((one for one in seeds_of(work.tx, work.case.id) if one.id == finding_id), None)
    if item is None:
        return False
    if item.id not in _weighed(work):
        choice = SeedChoice(
            item=item.id,
            seed=item.seed,
            reviewer=work.actor.id,
            correct=stands is item.should_stand,
            stands=stands,
            at=work.now,
        )
        registers = RegisterStore(work.tx)
        registers.put(RegisterKind.SEED_CHOICE, work.case.requisition_id, choice, now=work.now)
    work.log(AuditAction.SEED_WEIGHED)
    return True


def require_seeds_weighed(work: Work) -> None:
    """Raise `UnreviewedError` while the reviewer has not judged every seeded item of the case."""
    if {item.id for item in seeds_of(work.tx, work.case.id)} - _weighed(work):
        raise UnreviewedError("a finding waits for a person to weigh it")


def choices_in(tx: Transaction, requisition_id: str) -> list[SeedChoice]:
    """Return what was judged of the seeded items of a requisition, oldest first."""
    return RegisterStore(tx).all(RegisterKind.SEED_CHOICE, SeedChoice, about=requisition_id)


def _weighed(work: Work) -> set[FindingId]:
    choices = choices_in(work.tx, work.case.requisition_id)
    return {choice.item for choice in choices if choice.reviewer == work.actor.id}


def _criterion(requisition: Requisition, seed: Seed) -> Criterion | None:
    criteria = requisition.criteria.criteria
    return next((one for one in criteria if seed.conduct in one.conduct), None)


def _line(
    item: SeededItem,
    seed: Seed,
    criterion: Criterion,
    case: Case,
    requisition: Requisition,
    screener: Screener,
) -> Line:
    said_at = case.opened_at - timedelta(days=90 + int(item.id[:2], 16))
    evidence = Evidence(
        id=EvidenceId(item.id),
        case_id=case.id,
        capture_id=CaptureId(item.id),
        item=SourceItem(
            native_id=RawText(item.id[:12]),
            platform=RawText("forum"),
            kind=PlatformKind.FORUM,
            author=RawText("applicant"),
            created_at=said_at,
            url=RawText(""),
            text=RawText(seed.text),
            gate=AccessGate.NONE,
            pointer=f"line:{1 + int(item.id[2:4], 16)}",
        ),
    )
    redaction = screener.redactor.redact(evidence.item.text)
    proposal = Proposal(
        criterion=criterion.code,
        conduct=seed.conduct,
        severity=seed.severity,
        passage=redaction.coded,
        rule=f"{seed.conduct}.own",
        needs_person=True,
    )
    finding = Finding(
        id=item.id,
        case_id=case.id,
        evidence_id=evidence.id,
        proposal=proposal,
        said_at=said_at,
        excerpt=excerpt_of(proposal, requisition.policy),
    )
    return finding, evidence, redaction
