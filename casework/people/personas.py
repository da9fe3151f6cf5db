"""Personas are asked for, approved by another, used in their matter, and retired (I1).

They are for investigations alone. Nothing here takes a case; vetting refuses them by type, in the
store, in queries and in sessions.
"""

from datetime import datetime, timedelta
from typing import Final

from casework.steps.permissions import Permission, authorize
from casework.steps.registering import Registering, registering
from models.audit import AuditAction
from models.errors import InputError, RecordNotFoundError, SeparationOfDutiesError
from models.ids import new_id
from models.people import Actor
from models.personas import Persona
from models.powers import PolicyKind, Power, require_power
from models.search_clauses import UnapprovedPersonaError
from models.text import RawText
from storage.personas import PersonaStore
from storage.vault import Vault

LONGEST: Final = timedelta(days=366)


def request_persona(
    matter: str,
    *,
    name: RawText,
    handle: RawText,
    platform: str,
    platform_rule: str,
    purpose: str,
    under: PolicyKind = PolicyKind.INVESTIGATION,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Persona:
    """Ask for a persona. It cannot be used until somebody else has approved it.

    Raises `PowerBorrowedError` for a policy that has no personas, and `PersonaInVettingError`
    if the matter is one of vetting.
    """
    persona_id = new_id()
    with registering(
        persona_id, permission=Permission.REQUEST_PERSONA, actor=actor, vault=vault, now=now
    ) as work:
        require_power(under, Power.USE_PERSONA)
        persona = Persona(
            id=persona_id,
            matter=matter,
            name=name,
            handle=handle,
            platform=platform,
            platform_rule=platform_rule,
            purpose=purpose,
            under=under,
            requested_by=actor.id,
            requested_at=now,
        )
        PersonaStore(work.tx).put(persona, now=now)
        work.log(AuditAction.PERSONA_REQUESTED)
        return persona


def approve_persona(
    persona_id: str, *, expires_at: datetime, actor: Actor, vault: Vault, now: datetime
) -> Persona:
    """Approve a persona until a day. Raises `SeparationOfDutiesError` for one's own request."""
    with registering(
        persona_id, permission=Permission.APPROVE_PERSONA, actor=actor, vault=vault, now=now
    ) as work:
        persona = _found(work)
        work.require_another(persona.requested_by)
        if not now < expires_at <= now + LONGEST:
            raise InputError("an approval ends within a year")
        if persona.retired_at is not None:
            raise UnapprovedPersonaError("the persona was retired")
        given = {"approved_by": actor.id, "approved_at": now, "expires_at": expires_at}
        approved = Persona.model_validate(dict(persona) | given)
        PersonaStore(work.tx).put(approved, now=now)
        work.log(AuditAction.PERSONA_APPROVED)
        return approved


def use_persona(
    persona_id: str, matter: str, *, actor: Actor, vault: Vault, now: datetime
) -> Persona:
    """Write down that a persona is used in its matter, before it is.

    Raises `PersonaInVettingError` for a case or requisition of vetting, `UnapprovedPersonaError`
    without an approval in force, or for another matter than its own, and
    `SeparationOfDutiesError` for whoever approved it.
    """
    with registering(
        persona_id, permission=Permission.USE_PERSONA, actor=actor, vault=vault, now=now
    ) as work:
        PersonaStore(work.tx).refuse_vetting(matter)
        persona = _found(work)
        if not persona.approved(now):
            raise UnapprovedPersonaError("the persona is not approved, or no longer")
        if matter != persona.matter:
            raise UnapprovedPersonaError("the persona is approved for another matter")
        if persona.approved_by == actor.id:
            raise SeparationOfDutiesError("who approved a persona does not use it")
        work.log(AuditAction.PERSONA_USED)
        return persona


def retire_persona(persona_id: str, *, actor: Actor, vault: Vault, now: datetime) -> None:
    """Retire a persona for good."""
    with registering(
        persona_id, permission=Permission.APPROVE_PERSONA, actor=actor, vault=vault, now=now
    ) as work:
        persona = _found(work)
        PersonaStore(work.tx).put(persona.model_copy(update={"retired_at": now}), now=now)
        work.log(AuditAction.PERSONA_RETIRED)


def list_personas(*, actor: Actor, vault: Vault) -> list[Persona]:
    """Return every persona as it stands. Raises `NotPermittedError`."""
    authorize(actor, Permission.READ_PERSONAS)
    with vault.read() as tx:
        return PersonaStore(tx).all()


def _found(work: Registering) -> Persona:
    persona = PersonaStore(work.tx).get(work.about)
    if persona is None:
        raise RecordNotFoundError("no such persona")
    return persona
