"""The attribution desk: an account at a time, with what ties it to the applicant and what does not.

An analyst decides with stated evidence; where the policy asks, a second analyst looks as well. An
account that is not attributed does not exist for the manager.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from casework.applicant.consent import require_state
from casework.applicant.disclosure import disclosure_of
from casework.applicant.notice import delivered_notice
from casework.attribution.attribute import OPEN_TO_ANALYSTS
from casework.attribution.attribution_evidence import decisions_of
from casework.attribution.verified_links import verified_links_to
from casework.criminal.referrals import diverted
from casework.gathering.leads import leads_of, shown
from casework.people.exposure import expose
from casework.people.people_gates import require_searcher
from casework.search.case_platforms import platforms_of
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.attribution import (
    AccountConfirmation,
    AccountFacts,
    AttributionDecision,
    Basis,
    Grounds,
    Sign,
)
from models.audit import AuditAction
from models.case import BEFORE_RELEASE
from models.clauses import UnprovedAttributionError
from models.errors import RecordNotFoundError, SeparationOfDutiesError
from models.evidence import Evidence
from models.exposure import Material
from models.fetching import VerifiedLinkShown
from models.ids import CaseId
from models.leads import LeadShown
from models.people import Actor
from storage.evidence import EvidenceStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault
from triage.attribution import account_of
from triage.identifiers import enough, spells
from triage.imposter import signs


@dataclass(frozen=True, slots=True)
class AccountDesk:
    """What an analyst sees of one account that waits."""

    account: str
    items: tuple[Evidence, ...]
    signs: tuple[Sign, ...]
    handle_is_name: bool
    facts: AccountFacts | None
    word: AccountConfirmation | None
    decision: AttributionDecision | None
    leads: tuple[LeadShown, ...] = ()
    """Leads that name this account. A lead proves nothing."""
    verified: tuple[VerifiedLinkShown, ...] = ()
    """Links of disclosed accounts that lead to this one, as those accounts' platforms say."""


def open_attribution_desk(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[AccountDesk]:
    """Show an analyst the accounts that wait; the look is logged before anything is shown."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        require_state(work.case, *OPEN_TO_ANALYSTS)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        expose(work, Material.UNATTRIBUTED)
        work.log(AuditAction.RAW_READ, code="attribution")
    with vault.read() as tx:
        gone = diverted(tx, case_id)
        accounts: defaultdict[str, list[Evidence]] = defaultdict(list)
        for item in EvidenceStore(tx).for_case(case_id):
            if item.grade is None and item.id not in gone:
                accounts[account_of(item.item)].append(item)
        return [_desk(tx, case_id, account, items) for account, items in accounts.items()]


def confirm_account(
    case_id: CaseId, word: AccountConfirmation, *, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Write down the applicant's own word on an account, or that it was stolen, and when."""
    with step(vault, case_id, actor=actor, permission=Permission.CONFIRM_ACCOUNT, now=now) as work:
        require_state(work.case, *BEFORE_RELEASE, *OPEN_TO_ANALYSTS)
        RecordStore(work.tx).put(case_id, RecordKind.ACCOUNT_CONFIRMATION, word, now=now)
        work.log(AuditAction.ACCOUNT_CONFIRMED)


def state_account_facts(
    case_id: CaseId, facts: AccountFacts, *, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Write down what is known of an account beside its items."""
    permission = Permission.STATE_ACCOUNT_FACTS
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        require_state(work.case, *OPEN_TO_ANALYSTS)
        RecordStore(work.tx).put(case_id, RecordKind.ACCOUNT_FACTS, facts, now=now)


def decide_account(
    case_id: CaseId,
    account: str,
    grounds: Grounds,
    *,
    basis: tuple[Basis, ...] = (),
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> AttributionDecision:
    """Decide whose account it is, with the evidence stated; the signs shown are kept beside it.

    Raises `UnprovedAttributionError` for fewer than three independent identifiers, or for a
    confirmation that the applicant did not give; `RecordNotFoundError` for an account that does
    not wait.
    """
    permission = Permission.SETTLE_ATTRIBUTION
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        require_state(work.case, *OPEN_TO_ANALYSTS)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        desk = _waiting(work, account)
        if grounds is Grounds.CONFIRMED_BY_APPLICANT and not (desk.word and desk.word.mine):
            raise UnprovedAttributionError("the applicant has not confirmed this account")
        if grounds is Grounds.IDENTIFIERS and not enough(basis, handle_is_name=desk.handle_is_name):
            raise UnprovedAttributionError("fewer than three independent identifiers are stated")
        decision = AttributionDecision(
            case_id=case_id,
            account=account,
            grounds=grounds,
            basis=basis,
            signs=desk.signs,
            decided_by=actor.id,
            decided_at=now,
        )
        RecordStore(work.tx).put(case_id, RecordKind.ATTRIBUTION, decision, now=now)
        expose(work, Material.UNATTRIBUTED)
        work.log(AuditAction.ACCOUNT_DECIDED)
        return decision


def second_decision(
    case_id: CaseId, account: str, *, actor: Actor, vault: Vault, now: datetime
) -> AttributionDecision:
    """Agree with another analyst's decision. Raises `SeparationOfDutiesError` for one's own.

    Who does not agree decides anew instead: the newest decision stands, and needs its own second.
    """
    permission = Permission.SECOND_ATTRIBUTION
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        require_state(work.case, *OPEN_TO_ANALYSTS)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        decision = decisions_of(work.tx, case_id).get(account)
        if decision is None:
            raise RecordNotFoundError("nobody has decided on this account")
        if decision.decided_by == actor.id:
            raise SeparationOfDutiesError("a second look is another analyst's")
        seconded = decision.model_copy(update={"seconded_by": actor.id})
        RecordStore(work.tx).put(case_id, RecordKind.ATTRIBUTION, seconded, now=now)
        expose(work, Material.UNATTRIBUTED)
        work.log(AuditAction.ACCOUNT_DECIDED, code="seconded")
        return seconded


def _waiting(work: Work, account: str) -> AccountDesk:
    items = [
        item
        for item in EvidenceStore(work.tx).for_case(work.case.id)
        if item.grade is None and account_of(item.item) == account
    ]
    if not items:
        raise RecordNotFoundError("no such account waits for an analyst")
    return _desk(work.tx, work.case.id, account, items)


def _desk(tx: Transaction, case_id: CaseId, account: str, items: list[Evidence]) -> AccountDesk:
    records = RecordStore(tx)
    name = disclosure_of(tx, case_id).name.reveal()
    facts = {
        one.account: one for one in records.all(case_id, RecordKind.ACCOUNT_FACTS, AccountFacts)
    }.get(account)
    kind = RecordKind.ACCOUNT_CONFIRMATION
    word = {one.account: one for one in records.all(case_id, kind, AccountConfirmation)}.get(
        account
    )
    sources = [item.item for item in items]
    return AccountDesk(
        account=account,
        items=tuple(items),
        signs=signs(
            sources,
            name=name,
            notice_at=delivered_notice(tx, case_id).delivered_at,
            facts=facts,
            word=word,
        ),
        handle_is_name=spells(sources[0].author.reveal(), name),
        facts=facts,
        word=word,
        decision=decisions_of(tx, case_id).get(account),
        verified=verified_links_to(tx, case_id, sources),
        leads=tuple(shown(one) for one in leads_of(tx, case_id) if one.account == account),
    )
