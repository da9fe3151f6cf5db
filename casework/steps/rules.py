"""Every case carries the digest of the rules it opened under; a step under others is refused."""

from datetime import datetime
from functools import lru_cache
from typing import Final

from casework.steps.permissions import Permission
from models.case import Case
from models.clauses import InconsistentScopeError
from models.errors import PackChangedError
from models.ids import CaseId, RequisitionId
from models.requisition import Requisition
from policy.freezing import Frozen, frozen_rules
from storage.commands import CommandStore
from storage.requisitions import RequisitionStore
from storage.transaction import Transaction

_PROTECTIVE: Final = frozenset(
    {Permission.WITHDRAW, Permission.HOLD, Permission.OPEN_REQUEST, Permission.REPORT_BREACH}
)
"""Steps that only protect the applicant: they go ahead whatever became of the rules."""


@lru_cache(maxsize=64)
def rules_of(requisition: Requisition) -> Frozen:
    """Return the digests of a requisition's rules, as they stand now."""
    return frozen_rules(requisition.policy, requisition.criteria)


def remember_rules(
    tx: Transaction, about: RequisitionId | CaseId, requisition: Requisition, *, now: datetime
) -> Frozen:
    """Remember the rules under which a requisition or a case opens, and return them."""
    frozen = rules_of(requisition)
    CommandStore(tx).remember(_key(about), frozen.mark, now)
    return frozen


def require_same_rules(tx: Transaction, case: Case, permission: Permission) -> None:
    """Raise if a case's requisition holds other rules than those the case opened under.

    `InconsistentScopeError` if the scope differs, `PackChangedError` for anything else. A case of
    an earlier version has no digest; it is held to its requisition's own alone.
    """
    if permission not in _PROTECTIVE:
        _compare(tx, case.id, RequisitionStore(tx).get(case.requisition_id))


def mark_of(tx: Transaction, about: RequisitionId | CaseId) -> str | None:
    """Return the mark that a requisition or a case opened with, or None of an earlier version."""
    return CommandStore(tx).seen(_key(about))


def require_opening_rules(tx: Transaction, requisition: Requisition) -> None:
    """Raise as `require_same_rules` if a requisition's rules are not those it opened with."""
    _compare(tx, requisition.id, requisition)


def _compare(tx: Transaction, about: RequisitionId | CaseId, requisition: Requisition) -> None:
    remembered = CommandStore(tx).seen(_key(about))
    if remembered is None:
        return
    now = rules_of(requisition)
    if remembered == now.mark:
        return
    if remembered.partition(":")[2] != now.scope:
        raise InconsistentScopeError("the scope differs from the one this was opened under")
    raise PackChangedError("the rules differ from those this was opened under")


def _key(about: str) -> str:
    return f"rules:{about}"
