"""Orders stand in a collector's folder for as long as their consent and their case let them."""

from datetime import datetime

from casework.applicant.consent import require_consent
from casework.gathering.source import registered_source
from casework.search.terms_register import platform_rules, rules_of_search
from casework.steps.marks import collected
from models.case import Case, CaseState
from models.delivery import WorkOrder
from models.errors import WalloffError
from storage.cases import CaseStore
from storage.collector_folder import CollectorFolder
from storage.domain import Domain
from storage.transaction import Transaction
from storage.vault import Vault


def refresh_orders(folder: CollectorFolder, *, vault: Vault, now: datetime) -> int:
    """Give the orders that stand, take back all others; return how many changed places.

    What waits in the inbox is to be settled before: what is left of an order goes with it.
    """
    with vault.read() as tx:
        cases = CaseStore(tx).in_state(CaseState.COLLECTING)
        standing = {
            case.id: made for case in cases if (made := _order(tx, case, folder, vault, now))
        }
        kept = {case.id for case in CaseStore(tx).all() if case.state is not CaseState.DESTROYED}
    before = folder.ordered()
    waiting = {name.case_id for name in folder.waiting()}
    for order in standing.values():
        folder.give(order)
    for case_id in before - standing.keys() - waiting:
        folder.withdraw(case_id)
    for case_id in folder.receipted() - kept:
        folder.forget(case_id)
    return len(before ^ standing.keys())


def _order(
    tx: Transaction, case: Case, folder: CollectorFolder, vault: Vault, now: datetime
) -> WorkOrder | None:
    """Return the order for a case, or None if this collector is to gather nothing of it."""
    try:
        source = registered_source(tx, case.id)
        if source.collector != folder.name or collected(tx, case.id):
            return None
        consent = require_consent(tx, case, now=now)
    except WalloffError:
        return None
    rules = rules_of_search(tx, case)
    writer = vault.key_ring.writer(case.id, Domain.RAW)
    return WorkOrder(
        case_id=case.id,
        consent_id=consent.id,
        granted=consent.scope.granted,
        lookback_years=consent.scope.lookback_years,
        valid_until=consent.expires_at,
        terms_asked=rules is not None and rules.terms_reviewed,
        platforms=platform_rules(tx, source.way, rules, now=now),
        mappings=None if rules is None else rules.mappings,
        writer=writer.dumps().decode(),
    )
