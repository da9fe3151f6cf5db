"""What a charge or subpoena asks for leaves in one sealed file, and only what two people approved.

The request places a hold at once. A custodian and a policy owner, two people, approve the scope:
one case, some kinds. What is kept back stands in a privilege log, by id and ground. The file is
sealed to whoever asked; the custodian who makes it sees ids and counts.
"""

import csv
import hashlib
import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from casework.counsel.production_items import file_name, ids_of, items_of
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.case import CaseState
from models.counsel import PrivilegeGround, ProducedKind, Production, Withheld
from models.counsel_clauses import ProductionUnapprovedError
from models.errors import RecordNotFoundError, SeparationOfDutiesError, WrongStateError
from models.ids import CaseId, HoldId, new_id
from models.people import Actor, Role
from models.retention import HoldKind, LegalHold
from storage.bundles import manifest_of, write_bundle
from storage.holds import HoldStore
from storage.home import Home
from storage.records import RecordKind, RecordStore
from storage.sealed_write import WritingKey
from storage.transaction import Transaction
from storage.vault import Vault

PRIVILEGE_LOG: Final = "privilege-log.csv"


def request_production(
    case_id: CaseId,
    matter: str,
    kinds: frozenset[ProducedKind],
    *,
    hold: HoldKind = HoldKind.CHARGE,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Production:
    """Take a demand in, and hold the whole case from this moment on.

    Raises `NotPermittedError`, and `WrongStateError` for a destroyed case.
    """
    permission = Permission.REQUEST_PRODUCTION
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        if work.case.state is CaseState.DESTROYED:
            raise WrongStateError("a destroyed case holds nothing that could be produced")
        placed = LegalHold(
            id=HoldId(new_id()),
            case_id=case_id,
            placed_by=actor.id,
            placed_at=now,
            matter=matter,
            kind=hold,
        )
        production = Production(
            id=new_id(),
            case_id=case_id,
            matter=matter,
            kinds=kinds,
            requested_by=actor.id,
            requested_at=now,
            hold=placed.id,
        )
        HoldStore(work.tx).place(placed)
        work.log(AuditAction.HOLD_PLACED, code=hold)
        _put(work, production)
        work.log(AuditAction.PRODUCTION_REQUESTED, code=hold, count=len(kinds))
        return production


def approve_production(
    case_id: CaseId, production_id: str, *, actor: Actor, vault: Vault, now: datetime
) -> Production:
    """Approve the scope, as custodian or as policy owner; nobody does both.

    An approval is of the items that there are: once there are others, approvals start anew.
    Raises `SeparationOfDutiesError` for a second approval by the same person, `WrongStateError`
    where this part is approved or the file is made.
    """
    permission = Permission.APPROVE_PRODUCTION
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        production = _as_it_stands(work, _unmade(work, production_id), vault.home)
        if actor.id in (production.custodian, production.owner):
            raise SeparationOfDutiesError("two different people approve a production")
        part = _part(production, actor)
        if getattr(production, part) is not None:
            raise WrongStateError(f"the {part} has approved")
        return _changed(work, production, {part: actor.id}, AuditAction.PRODUCTION_APPROVED, part)


def withhold_item(
    case_id: CaseId,
    production_id: str,
    item: str,
    ground: PrivilegeGround,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Production:
    """Keep an item back: it stands in the privilege log, by id and ground. Approvals start anew.

    Raises `RecordNotFoundError` for what is not in the scope, `WrongStateError` once made.
    """
    permission = Permission.APPROVE_PRODUCTION
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        production = _unmade(work, production_id)
        if item not in dict(_ids(work.tx, production, vault.home)):
            raise RecordNotFoundError("no such item in the scope")
        if item in {one.item for one in production.withheld}:
            raise WrongStateError("the item is withheld")
        line = Withheld(item=item, ground=ground, by=actor.id, at=now)
        update = {"withheld": (*production.withheld, line), "custodian": None, "owner": None}
        return _changed(work, production, update, AuditAction.ITEM_WITHHELD, ground)


def make_production(
    case_id: CaseId,
    production_id: str,
    target: Path,
    recipient: WritingKey,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Production:
    """Write the sealed file, with a manifest of digests and the privilege log in it.

    That evidence is read for it is on record before anything of it is on disk. Raises
    `ProductionUnapprovedError` without both approvals, `WrongStateError` once made.
    """
    permission = Permission.MAKE_PRODUCTION
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        _approved(work, production_id, vault.home)
        work.log(AuditAction.RAW_READ, code="production")
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        production = _approved(work, production_id, vault.home)
        kept_back = {one.item for one in production.withheld}
        files = {
            file_name(kind, item): content
            for kind in sorted(production.kinds)
            for item, content in items_of(work.tx, case_id, kind, home=vault.home)
            if item not in kept_back
        }
        count = len(files)
        files[PRIVILEGE_LOG] = privilege_log(production).encode()
        about: dict[str, object] = {
            "form": "walloff-production-1",
            "production": production.id,
            "case": case_id,
            "kinds": sorted(production.kinds),
            "approved_by": [production.custodian, production.owner],
            "made_at": now.isoformat(),
            "withheld": len(kept_back),
        }
        manifest = manifest_of(files, about)
        made = production.model_copy(
            update={
                "made_at": now,
                "made_by": actor.id,
                "items": count,
                "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
            }
        )
        _put(work, made)
        work.log(AuditAction.PRODUCTION_MADE, code=str(made.manifest_sha256)[:16], count=count)
        write_bundle(target, files, manifest, recipient)
        return made


def list_productions(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[Production]:
    """Return the productions of a case, the oldest first. Raises `NotPermittedError`."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_PRODUCTIONS, now=now) as work:
        return _all(work.tx, case_id)


def scope_of(
    case_id: CaseId, production_id: str, *, actor: Actor, vault: Vault, now: datetime
) -> list[tuple[str, ProducedKind]]:
    """Return the id and kind of every item in the scope, without what it says."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_PRODUCTIONS, now=now) as work:
        return _ids(work.tx, _named(work, production_id), vault.home)


def privilege_log(production: Production) -> str:
    """Return the privilege log as CSV: item, ground, by whom, when."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("item", "ground", "by", "at"))
    writer.writerows(
        (one.item, one.ground, one.by, one.at.isoformat()) for one in production.withheld
    )
    return out.getvalue()


def _changed(
    work: Work,
    production: Production,
    update: Mapping[str, object],
    action: AuditAction,
    code: str,
) -> Production:
    """Put a production down as it stands from now on, and log what was done to it."""
    changed = production.model_copy(update=update)
    _put(work, changed)
    work.log(action, code=code)
    return changed


def _ids(tx: Transaction, production: Production, home: Home) -> list[tuple[str, ProducedKind]]:
    return [
        (item, kind)
        for kind in sorted(production.kinds)
        for item in ids_of(tx, production.case_id, kind, home=home)
    ]


def _approved(work: Work, production_id: str, home: Home) -> Production:
    production = _unmade(work, production_id)
    if not production.approved:
        raise ProductionUnapprovedError("a custodian and a policy owner approve it first")
    if production.scope_sha256 != _scope(work, production, home):
        raise ProductionUnapprovedError("the case holds other items than those approved")
    return production


def _as_it_stands(work: Work, production: Production, home: Home) -> Production:
    """Return it with the scope of now, and without approvals of another."""
    scope = _scope(work, production, home)
    if production.scope_sha256 == scope:
        return production
    return production.model_copy(update={"scope_sha256": scope, "custodian": None, "owner": None})


def _scope(work: Work, production: Production, home: Home) -> str:
    ids = "\n".join(f"{kind} {item}" for item, kind in _ids(work.tx, production, home))
    return hashlib.sha256(ids.encode()).hexdigest()


def _part(production: Production, actor: Actor) -> str:
    if Role.EVIDENCE_CUSTODIAN in actor.roles and (
        production.custodian is None or Role.POLICY_OWNER not in actor.roles
    ):
        return "custodian"
    return "owner"


def _all(tx: Transaction, case_id: CaseId) -> list[Production]:
    records = RecordStore(tx).all(case_id, RecordKind.PRODUCTION, Production)
    return list({one.id: one for one in records}.values())


def _named(work: Work, production_id: str) -> Production:
    found = [one for one in _all(work.tx, work.case.id) if one.id == production_id]
    if not found:
        raise RecordNotFoundError("no such production of this case")
    return found[0]


def _unmade(work: Work, production_id: str) -> Production:
    production = _named(work, production_id)
    if production.made_at is not None:
        raise WrongStateError("the production is made")
    return production


def _put(work: Work, production: Production) -> None:
    RecordStore(work.tx).put(work.case.id, RecordKind.PRODUCTION, production, now=work.now)
