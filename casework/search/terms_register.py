"""A platform's terms are reviewed before anything is taken in from it, and again in time (I5)."""

from collections import Counter
from datetime import date, datetime, timedelta

from casework.requisition.requisitions import frozen
from casework.search.terms_names import OF_A_KIND, terms_name
from casework.steps.permissions import Permission, authorize
from casework.steps.registering import registering
from casework.steps.step import Work
from collection.files.platforms import kind_of
from models.audit import AuditAction
from models.case import Case
from models.consent import ConsentItem, PlatformKind
from models.delivery import PlatformRule
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.people import Actor
from models.search import AccessWay, PlatformTerms
from models.search_clauses import TermsBarredError, TermsUnreviewedError
from models.search_rules import SearchRules
from storage.registers import RegisterKind, RegisterStore
from storage.shape import is_code
from storage.transaction import Transaction
from storage.vault import Vault


def review_terms(
    platform: str,
    *,
    version: str,
    by_hand: bool,
    automated: bool,
    rule: str,
    robots_honoured: bool = True,
    requests_per_minute: int | None = None,
    next_review: date,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> PlatformTerms:
    """Write down what a platform's terms allow. Raises `InputError`, `NotPermittedError`."""
    name = terms_name(platform)
    if not is_code(name):
        raise InputError("the platform's name is no code")
    with registering(
        name, permission=Permission.REVIEW_TERMS, actor=actor, vault=vault, now=now, new=True
    ) as work:
        terms = PlatformTerms(
            platform=name,
            version=version,
            reviewed_at=now,
            reviewed_by=actor.id,
            by_hand=by_hand,
            automated=automated,
            rule=rule,
            robots_honoured=robots_honoured,
            requests_per_minute=requests_per_minute,
            next_review=next_review,
        )
        work.put(RegisterKind.PLATFORM_TERMS, terms)
        work.log(AuditAction.TERMS_REVIEWED)
        return terms


def reviewed_terms(*, actor: Actor, vault: Vault) -> list[PlatformTerms]:
    """Return the newest review of every platform. Raises `NotPermittedError`."""
    authorize(actor, Permission.READ_TERMS)
    with vault.read() as tx:
        return list(_newest(tx).values())


def require_terms(
    tx: Transaction,
    platform: str,
    way: AccessWay,
    *,
    rules: SearchRules | None,
    now: datetime,
    kind: PlatformKind | None = None,
) -> PlatformTerms | None:
    """Return the terms that allow a way of access to a platform; None where nobody asks.

    Raises `TermsUnreviewedError` without a review in force, and `TermsBarredError`. Neither
    repeats a platform's name, which may be the applicant's own site.
    """
    if rules is None or not rules.terms_reviewed or way is AccessWay.EXPORT:
        return None
    known = _newest(tx)
    terms = known.get(terms_name(platform))
    if terms is None:
        terms = known.get(f"{OF_A_KIND}{kind or kind_of(platform)}")
    if terms is None:
        raise TermsUnreviewedError("nobody has reviewed the platform's terms")
    oldest = terms.reviewed_at + timedelta(days=rules.terms_valid_days)
    if now.date() >= terms.next_review or now >= oldest:
        raise TermsUnreviewedError("the review of the platform's terms has lapsed")
    if not terms.allows(way):
        raise TermsBarredError(f"the platform's terms bar access {way}")
    return terms


def rules_of_search(tx: Transaction, case: Case) -> SearchRules | None:
    """Return what a case's frozen policy asks of searching, or None."""
    return frozen(tx, case.requisition_id).policy.search


def barred_hosts(tx: Transaction, way: AccessWay) -> frozenset[str]:
    """Return the platforms and hosts whose terms bar a way of access."""
    return frozenset(
        name
        for terms in _newest(tx).values()
        if not terms.allows(way) and not terms.platform.startswith(OF_A_KIND)
        for name in (terms.platform, f"{terms.platform}.com")
    )


def platform_rules(
    tx: Transaction, way: AccessWay, rules: SearchRules | None, *, now: datetime
) -> tuple[PlatformRule, ...]:
    """Return what the reviews in the register come to, for a process that has no register."""
    if rules is None or not rules.terms_reviewed:
        return ()
    found = []
    for name in sorted(_newest(tx)):
        try:
            require_terms(tx, name, way, rules=rules, now=now)
        except (TermsUnreviewedError, TermsBarredError) as refusal:
            found.append(PlatformRule(platform=name, code=refusal.code))
        else:
            found.append(PlatformRule(platform=name))
    return tuple(found)


def without_terms(
    work: Work, covered: dict[ConsentItem, list[SourceItem]], way: AccessWay
) -> Counter[str]:
    """Take out what comes from platforms whose terms do not allow it; count it by code."""
    rules = rules_of_search(work.tx, work.case)
    left_out: Counter[str] = Counter()
    known: dict[tuple[str, PlatformKind], str] = {}
    for item, items in list(covered.items()):
        kept = []
        for one in items:
            place = (one.platform.reveal(), one.kind)
            if one.gate is not AccessGate.GIVEN and place not in known:
                known[place] = _refused(work, place, way, rules)
            code = known.get(place, "") if one.gate is not AccessGate.GIVEN else ""
            if code:
                left_out[code] += 1
            else:
                kept.append(one)
        covered[item] = kept
        if not kept:
            del covered[item]
    return left_out


def _refused(
    work: Work, place: tuple[str, PlatformKind], way: AccessWay, rules: SearchRules | None
) -> str:
    try:
        require_terms(work.tx, place[0], way, rules=rules, now=work.now, kind=place[1])
    except (TermsUnreviewedError, TermsBarredError) as refusal:
        return refusal.code
    return ""


def _newest(tx: Transaction) -> dict[str, PlatformTerms]:
    found = RegisterStore(tx).all(RegisterKind.PLATFORM_TERMS, PlatformTerms)
    return {terms.platform: terms for terms in found}
