"""The exposure ledger remembers every look at raw evidence, and recuses who would decide (S10).

A decider or member of the selection panel who has seen anything raw of an applicant is recused
from all that follows, in every case that is known to be the same applicant's.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from casework.people.staff import ever_on_panel
from casework.steps.permissions import Permission, authorize
from casework.steps.step import Work, entry, refusals_logged
from models.audit import AuditAction
from models.exposure import Material, Sight
from models.ids import ActorId, CaseId
from models.people import Actor, Role
from models.protected import Tier
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.exposures import ExposureStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault


def expose(work: Work, material: Material, *, tiers: AbstractSet[Tier] | None = None) -> None:
    """Write down that the actor is about to see raw evidence of the case (S10).

    Somebody who decides, or selects in the requisition, is recused by it, and the log says so.
    """
    expose_person(work, work.actor.id, material, tiers=tiers)


def expose_person(
    work: Work,
    person: ActorId,
    material: Material,
    *,
    tiers: AbstractSet[Tier] | None = None,
) -> None:
    """Write down that somebody who is there as well is about to see it."""
    exposures = ExposureStore(work.tx)
    first = not exposures.exposed(person, work.case.id)
    exposures.record(person, work.case.id, work.now)
    sight = Sight(
        person=person,
        material=material,
        tiers=None if tiers is None else frozenset(tiers),
        at=work.now,
    )
    RecordStore(work.tx).put(work.case.id, RecordKind.SIGHT, sight, now=work.now)
    if first and person == work.actor.id and _would_decide(work):
        work.log(AuditAction.RECUSED)


def note_tiers(
    case_id: CaseId,
    material: Material,
    tiers: AbstractSet[Tier],
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Add to a look what tiers it shows, before it is shown."""
    sight = Sight(person=actor.id, material=material, tiers=frozenset(tiers), at=now)
    with vault.write(case_id) as tx:
        RecordStore(tx).put(case_id, RecordKind.SIGHT, sight, now=now)


@dataclass(frozen=True, slots=True)
class Exposure:
    """A line of the ledger."""

    case_id: CaseId
    person: ActorId
    material: Material | None
    """None where only the fact is left: an earlier version's look, or a case that is destroyed."""
    at: datetime | None
    tiers: frozenset[Tier] | None = None
    """For the evidence custodian alone: by case, a tier tells what the applicant is."""


def exposure_ledger(
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
    case_id: CaseId | None = None,
    person: ActorId | None = None,
) -> list[Exposure]:
    """Return who saw what of which case when; the tiers for an evidence custodian alone.

    Raises `NotPermittedError`, `CaseNotFoundError`.
    """
    about = vault.home.id if case_id is None else case_id
    with refusals_logged(about, actor=actor, vault=vault, now=now), vault.write() as tx:
        role = authorize(actor, Permission.READ_EXPOSURES)
        with_tiers = role is Role.EVIDENCE_CUSTODIAN
        cases = CaseStore(tx)
        wanted = cases.all() if case_id is None else [cases.get(case_id)]
        found = []
        for case in wanted:
            told = _sights(RecordStore(tx), case.id, with_tiers=with_tiers)
            silent = set(ExposureStore(tx).of(case.id)) - {line.person for line in told}
            found += told + [Exposure(case.id, one, None, None) for one in sorted(silent)]
        read = entry(AuditAction.EXPOSURES_READ, actor=actor, role=role, object_id=about, now=now)
        AuditLog(tx).append(read)
    return [line for line in found if person in (None, line.person)]


def _sights(records: RecordStore, case_id: CaseId, *, with_tiers: bool) -> list[Exposure]:
    return [
        Exposure(
            case_id, sight.person, sight.material, sight.at, sight.tiers if with_tiers else None
        )
        for sight in records.all(case_id, RecordKind.SIGHT, Sight)
    ]


def _would_decide(work: Work) -> bool:
    return Role.HIRING_MANAGER in work.actor.roles or work.actor.id in ever_on_panel(
        work.tx, work.case.requisition_id
    )
