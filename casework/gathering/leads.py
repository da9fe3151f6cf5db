"""Leads are taken in within the consent, shown without their sites, and settled by people.

A lead never becomes evidence, a finding or a search: nothing here writes an item or leaves work
for later. What is adopted is known by links that somebody stated; whose an account is stays the
question of the attribution desk.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from casework.applicant.consent import require_consent, require_lead_time, require_state
from casework.gathering.collect import InputProblem
from casework.people.exposure import expose
from casework.people.people_gates import require_searcher
from casework.steps.permissions import Permission
from casework.steps.restriction import require_unrestricted
from casework.steps.step import Work, step
from collection.boxed import BOXES
from collection.files.digest import sha256_of
from collection.files.reader import Problem
from collection.formats.registry import Format, candidates
from collection.reports.leads import MAX_LEADS
from models.attribution import Basis, Source
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import UnprovedAttributionError
from models.consent import Consent, PlatformKind, item_for
from models.errors import ConsentScopeError, InputError, RecordNotFoundError, WrongStateError
from models.evidence import AccessGate, SourceItem
from models.exposure import Material
from models.ids import CaseId, new_id
from models.leads import (
    LEAST_LINKS,
    SEARCHED_FOR,
    FoundLead,
    Lead,
    LeadKind,
    LeadShown,
    LeadsTakenIn,
    LeadStanding,
)
from models.people import Actor
from models.search_clauses import CaptureHashError
from models.text import RawText
from storage.duties import Duty
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault
from triage.attribution import account_of
from triage.identifiers import independent

_SEARCHING: Final = (CaseState.DISCLOSED, CaseState.COLLECTING)
_SETTLING: Final = (*_SEARCHING, CaseState.CRIMINAL_HOLD)
_LISTED: Final = 100
"""Problems of one file that are kept one by one."""


def take_in_leads(
    case_id: CaseId, file: Path, *, actor: Actor, vault: Vault, now: datetime
) -> LeadsTakenIn:
    """Read a file of leads and keep those that the consent covers, once each.

    A candidate account needs the consent item of its platform's kind, as what is public there
    would. Whoever takes leads in has gathered, and so neither reviews nor releases. Raises
    `InputError` for a file that holds no leads, `CaptureHashError` for one that changed while it
    was read, and what `require_consent` and `require_searcher` do.
    """
    permission = Permission.STATE_ACCOUNT_FACTS
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        consent = _ready(work)
        if file.is_symlink() or not file.is_file():
            raise InputError("the file of leads does not exist or is no file")
    digest, _size = sha256_of(file)
    form = _form_of(file)
    found, problems = _read(form, file)
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        if _ready(work) != consent:
            raise ConsentScopeError("the consent changed while the file was being read")
        if sha256_of(file)[0] != digest:
            raise CaptureHashError("the file changed while it was being read")
        return _keep(work, form, file, digest, found, problems, consent)


def open_leads(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> list[LeadShown]:
    """Show the leads of a case with the kinds of their sites. The look is logged first."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        require_searcher(work)
        expose(work, Material.UNATTRIBUTED)
        work.log(AuditAction.RAW_READ, code="leads")
    with vault.read() as tx:
        return [shown(one) for one in leads_of(tx, case_id)]


def open_sealed_leads(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> list[Lead]:
    """Show a wall-off reviewer the sealed records, sites and notes with them; logged first."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_EXCLUSIONS, now=now) as work:
        require_unrestricted(work.tx, case_id, Permission.READ_RAW)
        require_searcher(work)
        expose(work, Material.UNATTRIBUTED)
        work.log(AuditAction.RAW_READ, code="sealed-leads")
    with vault.read() as tx:
        return leads_of(tx, case_id)


def dismiss_lead(
    case_id: CaseId, lead_id: str, *, actor: Actor, vault: Vault, now: datetime
) -> LeadShown:
    """Put a lead aside. Raises `RecordNotFoundError`, `WrongStateError` for a settled one."""
    return _settle(case_id, lead_id, LeadStanding.DISMISSED, (), actor=actor, vault=vault, now=now)


def adopt_lead(
    case_id: CaseId,
    lead_id: str,
    basis: Iterable[Basis],
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> LeadShown:
    """State the links by which a candidate account is followed up at the attribution desk.

    Raises `UnprovedAttributionError` for fewer than two independent ones, the name that was
    searched for not counted; `InputError` for what is no account; otherwise as `dismiss_lead`.
    """
    return _settle(
        case_id, lead_id, LeadStanding.ADOPTED, tuple(basis), actor=actor, vault=vault, now=now
    )


def leads_of(tx: Transaction, case_id: CaseId) -> list[Lead]:
    """Return the leads of a case as they stand, oldest first."""
    every = RecordStore(tx).all(case_id, RecordKind.LEAD, Lead)
    return list({one.id: one for one in every}.values())


def shown(lead: Lead) -> LeadShown:
    """Return what is shown of a lead: no site, and no opinion."""
    return LeadShown(
        id=lead.id,
        kind=lead.found.kind,
        handle=RawText("") if lead.found.kind is LeadKind.NOTE else lead.found.text,
        platform=lead.found.platform,
        tool=lead.tool,
        standing=lead.standing,
        links=len(lead.basis),
    )


def _ready(work: Work) -> Consent:
    require_state(work.case, *_SEARCHING)
    consent = require_consent(work.tx, work.case, now=work.now)
    require_lead_time(work.tx, work.case, now=work.now)
    require_searcher(work)
    return consent


def _form_of(file: Path) -> Format:
    asked = [one for one in candidates(file.name) if one.leads is not None]
    form = BOXES.accepting(asked, file)
    if form is None:
        raise InputError("the file is none that is known to hold leads")
    return form


def _read(form: Format, file: Path) -> tuple[list[FoundLead], list[Problem]]:
    found: list[FoundLead] = []
    problems: list[Problem] = []
    for part in BOXES.leads(form, file):
        if isinstance(part, Problem):
            problems.append(part)
        elif len(found) < MAX_LEADS:
            found.append(part)
        else:
            raise InputError(f"the file holds more than {MAX_LEADS} leads")
    return found, problems


def _keep(
    work: Work,
    form: Format,
    file: Path,
    digest: str,
    found: list[FoundLead],
    problems: list[Problem],
    consent: Consent,
) -> LeadsTakenIn:
    records = RecordStore(work.tx)
    known = {_key(one.found) for one in leads_of(work.tx, work.case.id)}
    taken = again = refused = 0
    for lead in found:
        if lead.platform and item_for(lead.platform) not in consent.scope.granted:
            refused += 1
        elif _key(lead) in known:
            again += 1
        else:
            known.add(_key(lead))
            taken += 1
            records.put(
                work.case.id,
                RecordKind.LEAD,
                Lead(
                    id=new_id(),
                    found=lead,
                    tool=form.name,
                    tool_version=form.reader.version,
                    report=digest,
                    account=_account(lead),
                    taken_in_by=work.actor.id,
                    taken_in_at=work.now,
                ),
                now=work.now,
            )
    for problem in problems[:_LISTED]:
        noted = InputProblem(file=RawText(file.name), fault=problem.fault, pointer=problem.pointer)
        records.put(work.case.id, RecordKind.PROBLEM, noted, now=work.now)
    work.record_duty(Duty.COLLECTED)
    expose(work, Material.UNATTRIBUTED)
    if refused:
        work.log(AuditAction.INPUT_REFUSED, code=ConsentScopeError.code, count=refused)
    work.log(AuditAction.LEADS_TAKEN_IN, code=form.name, count=taken)
    return LeadsTakenIn(
        taken=taken,
        known=again,
        not_consented=refused,
        problems=tuple(problem.fault for problem in problems[:_LISTED]),
    )


def _settle(
    case_id: CaseId,
    lead_id: str,
    standing: LeadStanding,
    basis: tuple[Basis, ...],
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> LeadShown:
    permission = Permission.STATE_ACCOUNT_FACTS
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        require_state(work.case, *_SETTLING)
        require_searcher(work)
        lead = next((one for one in leads_of(work.tx, case_id) if one.id == lead_id), None)
        if lead is None:
            raise RecordNotFoundError("no such lead in this case")
        if lead.standing is not LeadStanding.OPEN:
            raise WrongStateError("this lead is settled")
        if standing is LeadStanding.ADOPTED:
            _require_links(lead, basis)
        settled = lead.model_copy(
            update={
                "standing": standing,
                "basis": basis,
                "settled_by": actor.id,
                "settled_at": now,
            }
        )
        RecordStore(work.tx).put(case_id, RecordKind.LEAD, settled, now=now)
        expose(work, Material.UNATTRIBUTED)
        work.log(AuditAction.LEAD_SETTLED, code=str(standing))
        return shown(settled)


def _require_links(lead: Lead, basis: tuple[Basis, ...]) -> None:
    if lead.found.kind is not LeadKind.ACCOUNT:
        raise InputError("only a candidate account can be adopted")
    counted = [
        one
        for one in basis
        if one.identifier not in SEARCHED_FOR and one.source is not Source.HANDLE
    ]
    if len(independent(counted, handle_is_name=False)) < LEAST_LINKS:
        raise UnprovedAttributionError("fewer than two independent links are stated")


def _key(lead: FoundLead) -> tuple[str, str, str, str]:
    place = lead.url.reveal() or lead.site.reveal().casefold()
    return (lead.kind, lead.text.reveal().casefold(), place, str(lead.platform))


def _account(lead: FoundLead) -> str | None:
    """Return the account's digest as items of it would have."""
    if lead.kind is not LeadKind.ACCOUNT:
        return None
    item = SourceItem(
        native_id=RawText(""),
        platform=lead.site,
        kind=lead.platform or PlatformKind.OTHER,
        author=lead.text,
        created_at=None,
        url=lead.url,
        text=RawText(""),
        gate=AccessGate.NONE,
        pointer=lead.pointer,
    )
    return account_of(item)
