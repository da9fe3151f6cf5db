"""An adverse reason rests on a frozen criterion and on what was released, never on a search alone.

Nothing in this module can reach raw evidence, directly or through what it imports.
"""

from models.clauses import SoleBasisError
from models.decision import Alternative, Outcome, Reason
from models.errors import NoCriterionError, PackChangedError
from models.release import ReleasePackage
from models.requisition import Requisition
from policy.waiting import rules_of


def require_grounds(
    requisition: Requisition,
    reasons: tuple[Reason, ...],
    package: ReleasePackage,
    outcome: Outcome,
    alternatives: tuple[Alternative, ...],
) -> None:
    """Check what a decision cites.

    Raises `PackChangedError` if the release was made under other rules, `NoCriterionError` for a
    reason without a criterion of the frozen pack that a released finding or other evidence met,
    or without the alternatives that the policy asks for, and `SoleBasisError` where an adverse
    decision would rest on this search alone and the policy does not allow it.
    """
    if package.criteria_sha256 != requisition.criteria_sha256:
        raise PackChangedError("the release was made under other criteria than the frozen ones")
    if package.policy_sha256 != requisition.policy_sha256:
        raise PackChangedError("the release was made under another policy than the frozen one")
    for reason in reasons:
        _require_met(requisition, reason, package)
    if outcome is Outcome.FAVOURABLE:
        return
    if not reasons:
        raise NoCriterionError("an adverse decision cites a criterion and a released finding")
    rules = rules_of(requisition.policy)
    if rules.alternatives_required and not alternatives:
        raise NoCriterionError("an adverse decision names what was considered instead")
    if not rules.sole_basis_allowed and all(reason.evidence is None for reason in reasons):
        raise SoleBasisError("an adverse decision rests on other evidence as well")


def _require_met(requisition: Requisition, reason: Reason, package: ReleasePackage) -> None:
    if requisition.criteria.criterion(reason.criterion) is None:
        raise NoCriterionError(f"{reason.criterion}: not in the frozen criteria pack")
    if reason.finding is None:
        return
    if (
        reason.finding >= len(package.findings)
        or package.findings[reason.finding].criterion != reason.criterion
    ):
        raise NoCriterionError(f"{reason.criterion}: no released finding met it")
