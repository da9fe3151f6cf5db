"""Criminal evidence goes to the custodian, and the manager sees what would be seen without it.

Row S11. Whoever reads raw evidence flags it; the offence table says where it goes. A copy with its
chain of custody is sealed to the custodian, and leaves the inside; contraband is never copied,
its place alone is written down.
"""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Final

from casework.applicant.consent import require_state
from casework.criminal.custody_chain import digest_of
from casework.criminal.freezing import freeze
from casework.criminal.referrals import (
    assessed_without,
    linked,
    put_copy_away,
    save,
    without_diverted,
)
from casework.people.exposure import expose
from casework.preview.package import store_package
from casework.requisition.requisitions import frozen
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import CopiedContrabandError, UnroutedCriminalError
from models.criteria import Severity
from models.errors import RecordNotFoundError
from models.evidence import Evidence
from models.exposure import Material
from models.finding import Assessment
from models.ids import CaseId, EvidenceId, HoldId, new_id
from models.people import Actor
from models.referral import CriminalCopy, CriminalReferral, CustodyAct, OffenceRule, Route
from models.reporting_rules import ReportingRules
from models.retention import LegalHold
from models.text import RawText
from policy.offences import offence_rule
from storage.evidence import EvidenceStore
from storage.findings import FindingStore
from storage.holds import HoldStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault

DIVERTED_FROM: Final = (
    CaseState.COLLECTING,
    CaseState.ATTRIBUTED,
    CaseState.TRIAGED,
    CaseState.REDACTED,
    CaseState.CRIMINAL_HOLD,
)
"""Where an item can still leave the vetting; later, two reviewers have passed what it says."""

_FLAGGED_IN: Final = (
    *DIVERTED_FROM,
    CaseState.REVIEWED,
    CaseState.REBUTTAL,
    CaseState.RELEASED,
    CaseState.RECALLED,
    CaseState.DISPUTED,
    CaseState.PENDING_ADVERSE,
    CaseState.FAVOURABLE,
    CaseState.ADVERSE,
)


def flag_referral(
    case_id: CaseId,
    offence: str,
    *,
    evidence: AbstractSet[EvidenceId] = frozenset(),
    locator: RawText | None = None,
    content_sha256: str | None = None,
    severity: Severity = Severity.CRITICAL,
    imminent: bool = False,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> CriminalReferral:
    """Refer evidence of an offence; the item leaves the vetting, or its code alone stands.

    Raises `UnroutedCriminalError` for an offence that has no route, `CopiedContrabandError` if
    contraband is named by an item, which would copy it, `RecordNotFoundError` for an item that
    is not of this case or if nothing is named, and `KeyUnavailableError` for a copy that the
    home has no custodian's key to seal to.
    """
    with step(vault, case_id, actor=actor, permission=Permission.FLAG_CRIMINAL, now=now) as work:
        require_state(work.case, *_FLAGGED_IN)
        rule = route_for(work, offence, imminent=imminent)
        if rule.contraband and evidence:
            raise CopiedContrabandError("contraband is referred by its place, never by a copy")
        if not evidence and locator is None:
            raise RecordNotFoundError("a referral names items of the case, or a place")
        kept = {item.id: item for item in EvidenceStore(work.tx).for_case(case_id)}
        if not evidence <= set(kept):
            raise RecordNotFoundError("an item named is not of this case")
        expose(work, Material.REFERRAL)
        referral = refer(
            work,
            rule,
            items=tuple(kept[item] for item in sorted(evidence)),
            locator=locator,
            content_sha256=content_sha256 if rule.contraband else None,
            severity=severity,
            imminent=imminent,
        )
        _divert(work)
        freeze(work)
        return referral


def route_for(work: Work, offence: str, *, imminent: bool) -> OffenceRule:
    """Return the rule of an offence for a case. Raises `UnroutedCriminalError`.

    An imminent threat always has a route: a person calls.
    """
    rule = offence_rule(
        offence, frozen(work.tx, work.case.requisition_id).policy, on=work.now.date()
    )
    if rule.route is Route.NONE and not imminent:
        raise UnroutedCriminalError("evidence of this offence is not referred")
    return rule


def refer(
    work: Work,
    rule: OffenceRule,
    *,
    items: tuple[Evidence, ...],
    locator: RawText | None,
    content_sha256: str | None,
    severity: Severity,
    imminent: bool,
) -> CriminalReferral:
    """Write down a referral, put a copy away or preserve the place, and start the clock."""
    imminent = imminent or rule.route is Route.EMERGENCY_CALL
    referral = CriminalReferral(
        id=new_id(),
        case_id=work.case.id,
        offence=rule.offence,
        evidence=tuple(item.id for item in items),
        locator=locator,
        content_sha256=content_sha256,
        severity=severity,
        imminent=imminent,
        route=Route.EMERGENCY_CALL if imminent else rule.route,
        mandatory_report=rule.route is Route.MANDATORY_REPORT,
        vetting=rule.vetting,
        manager=rule.manager,
        citation=rule.citation,
        due_at=work.now + (_emergency(work) if imminent else rule.within),
    )
    chain = linked((), CustodyAct.FLAGGED, work)
    if items:
        copy = CriminalCopy(referral=referral.id, items=items)
        chain = linked(chain, CustodyAct.SEALED, work, digest_of(copy))
        copy_id = put_copy_away(work, copy, chain)
        referral = referral.model_copy(update={"copy_id": copy_id, "copy_sealed": True})
    else:
        chain = linked(chain, CustodyAct.LOCATOR_PRESERVED, work, content_sha256)
    HoldStore(work.tx).place(
        LegalHold(
            id=HoldId(new_id()),
            case_id=work.case.id,
            placed_by=work.actor.id,
            placed_at=work.now,
            matter=f"criminal referral {referral.id}",
        )
    )
    work.log(AuditAction.HOLD_PLACED, code="criminal-referral")
    # Neither the offence nor its route: an auditor learns that something was referred, not what.
    work.log(AuditAction.REFERRAL_FLAGGED)
    return save(work, referral.model_copy(update={"chain": chain}))


def _emergency(work: Work) -> timedelta:
    rules = frozen(work.tx, work.case.requisition_id).policy.reporting or ReportingRules()
    return timedelta(minutes=rules.emergency_minutes)


def _divert(work: Work) -> None:
    """Take what is diverted out of findings and package, where that can still be done."""
    case_id = work.case.id
    if work.case.state not in (CaseState.TRIAGED, CaseState.REDACTED):
        return
    findings = FindingStore(work.tx)
    before = findings.for_case(case_id)
    after = without_diverted(work.tx, case_id, before)
    assessment = RecordStore(work.tx).latest(case_id, RecordKind.ASSESSMENT, Assessment)
    if assessment is not None:
        left = assessed_without(work.tx, case_id, assessment)
        if left != assessment:
            RecordStore(work.tx).put(case_id, RecordKind.ASSESSMENT, left, now=work.now)
    if after != before:
        findings.replace(case_id, after)
        if work.case.state is CaseState.REDACTED:
            store_package(work)
