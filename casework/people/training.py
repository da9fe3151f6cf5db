"""Training is recorded by a training officer, from a trainer who is up to date (Q1, Q3, I3)."""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Final

from casework.people.competence import open_gaps
from casework.steps.permissions import Permission
from casework.steps.registering import registering
from collection.named_platforms import concerned_name
from models.audit import AuditAction
from models.errors import InputError
from models.ids import ActorId
from models.people import Actor
from models.people_rules import ABOUT_A_PLATFORM, Module
from models.search_clauses import KnowledgeGapError, UntrainedError
from models.staff import Credential, KnowledgeGap, PlatformChange, Training
from storage.registers import RegisterKind, RegisterStore
from storage.vault import Vault

VALID_AT_MOST: Final = timedelta(days=2 * 366)
"""Training is refreshed within two years; a policy's officer may say sooner."""
PASSED: Final = 70
"""Percent: a lower score is no pass, whoever records it."""


def recognise_trainer(
    trainer: ActorId,
    *,
    basis: str,
    modules: AbstractSet[Module],
    valid_until: datetime,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Credential:
    """Write down what makes somebody a trainer, and until when.

    Raises `SeparationOfDutiesError` for oneself, `InputError` for a credential that has lapsed.
    """
    with registering(
        trainer, permission=Permission.RECORD_TRAINING, actor=actor, vault=vault, now=now
    ) as work:
        work.require_person(trainer)
        work.require_another(trainer)
        if valid_until <= now:
            raise InputError("the credential has lapsed")
        credential = Credential(
            trainer=trainer, basis=basis, modules=frozenset(modules), valid_until=valid_until
        )
        work.put(RegisterKind.CREDENTIAL, credential)
        work.log(AuditAction.TRAINER_RECOGNISED, count=len(modules))
        return credential


def record_training(
    person: ActorId,
    module: Module,
    *,
    platforms: AbstractSet[str] = frozenset(),
    score_percent: int,
    trainer: ActorId,
    expires_at: datetime,
    evidence_sha256: str | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Training:
    """Record that somebody passed a module today.

    Raises `KnowledgeGapError` for a trainer without a credential in force for the module,
    `UntrainedError` for a score that is no pass, `SeparationOfDutiesError` for oneself or one's
    own trainer, and `InputError` for a module about platforms that names none.
    """
    with registering(
        person, permission=Permission.RECORD_TRAINING, actor=actor, vault=vault, now=now
    ) as work:
        work.require_person(person)
        work.require_another(person)
        if module in ABOUT_A_PLATFORM and not platforms:
            raise InputError(f"{module}: name the platforms that it was about")
        if not now < expires_at <= now + VALID_AT_MOST:
            raise InputError("training expires within two years from now")
        credential = RegisterStore(work.tx).latest(RegisterKind.CREDENTIAL, trainer, Credential)
        if credential is None or module not in credential.modules or now >= credential.valid_until:
            raise KnowledgeGapError(f"{module}: the trainer has no credential in force for it")
        if trainer == person:
            raise KnowledgeGapError("nobody trains themselves")
        if score_percent < PASSED:
            raise UntrainedError(f"{module}: {score_percent} percent is no pass")
        passed = Training(
            person=person,
            module=module,
            platforms=frozenset(platforms),
            passed_at=now,
            expires_at=expires_at,
            score_percent=score_percent,
            trainer=trainer,
            evidence_sha256=evidence_sha256,
        )
        work.put(RegisterKind.TRAINING, passed)
        work.log(AuditAction.TRAINED, code=module, count=score_percent)
        return passed


def change_platform(
    platform: str,
    change: str,
    *,
    effective: datetime,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> PlatformChange:
    """Write down that a platform changes: training before that day no longer counts for it (Q3).

    It is known by any of its names, and one that is not listed by its kind.
    """
    name = concerned_name(platform)
    with registering(
        name, permission=Permission.RECORD_TRAINING, actor=actor, vault=vault, now=now
    ) as work:
        told = PlatformChange(platform=name, change=change, effective=effective)
        work.put(RegisterKind.PLATFORM_CHANGE, told)
        work.log(AuditAction.PLATFORM_CHANGED)
        return told


def declare_gap(platform: str, *, actor: Actor, vault: Vault, now: datetime) -> KnowledgeGap:
    """Say of oneself that one does not know enough about a platform: it is blocked at once (I3)."""
    gap = KnowledgeGap(person=actor.id, platform=concerned_name(platform))
    with registering(
        actor.id, permission=Permission.SHOW_COMPETENCE, actor=actor, vault=vault, now=now
    ) as work:
        work.put(RegisterKind.KNOWLEDGE_GAP, gap)
        work.log(AuditAction.GAP_DECLARED, code=gap.platform)
        return gap


def close_gap(
    person: ActorId, platform: str, *, actor: Actor, vault: Vault, now: datetime
) -> KnowledgeGap:
    """Say of somebody else that the gap is closed. Raises `KnowledgeGapError` if there is none."""
    with registering(
        person, permission=Permission.RECORD_TRAINING, actor=actor, vault=vault, now=now
    ) as work:
        work.require_another(person)
        gaps = RegisterStore(work.tx).all(RegisterKind.KNOWLEDGE_GAP, KnowledgeGap, about=person)
        known = open_gaps(gaps)
        name = platform if platform in known else concerned_name(platform)
        if name not in known:
            raise KnowledgeGapError("no such gap is open")
        closed = KnowledgeGap(person=person, platform=name, closed=True)
        work.put(RegisterKind.KNOWLEDGE_GAP, closed)
        work.log(AuditAction.GAP_CLOSED, code=closed.platform)
        return closed
