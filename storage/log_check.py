"""Before a step that a policy guards, the log is looked at: whole, and with every part in it.

`storage.verification` recomputes everything and takes its time. This looks at what a step can
afford: that no leaf is missing, that the log is what the mark beside the database says, that the
case's own entries give their hashes, and that whatever the case shows was logged when it happened.
"""

from typing import Final

from sqlalchemy import func, select

from models.audit import AuditAction, AuditEntry
from models.errors import AuditBrokenError
from models.ids import CaseId
from storage.audit import AuditLog, hashes_between, read_frontier
from storage.duties import Duty
from storage.merkle import leaf_hash
from storage.tables.audit import HEAD, LEAVES
from storage.tables.cases import DUTIES
from storage.tables.evidence import CAPTURES
from storage.transaction import Transaction

_LOGGED_AS: Final = {
    # A folder, a fetch, a friend who was spoken to, an item of somebody else's account: each is
    # gathering.
    Duty.COLLECTED: frozenset(
        {
            AuditAction.SOURCE_REGISTERED,
            AuditAction.FETCH_STARTED,
            AuditAction.CONTACT_MADE,
            AuditAction.CAPTURED,
        }
    ),
    Duty.REVIEWED: frozenset({AuditAction.APPROVED}),
    Duty.RELEASED: frozenset({AuditAction.RELEASED}),
    Duty.DECIDED: frozenset({AuditAction.DECIDED}),
}


def require_whole_log(tx: Transaction, case_id: CaseId) -> None:
    """Raise `AuditBrokenError` (E-Q2-LOG-BROKEN) if the log has a gap, as far as a step can see."""
    _require_no_gap(tx)
    _require_mark(tx)
    _require_case(tx, case_id)


def _require_no_gap(tx: Transaction) -> None:
    leaves = select(func.count()).select_from(LEAVES).scalar_subquery()
    last = select(func.coalesce(func.max(LEAVES.c.position), -1)).scalar_subquery()
    row = tx.execute(select(HEAD.c.size, leaves.label("leaves"), last.label("last"))).one_or_none()
    if row is None or not row.size == row.leaves == row.last + 1:
        raise AuditBrokenError("an entry of the audit log is missing")


def _require_mark(tx: Transaction) -> None:
    """Compare with the mark, where nobody else moves it meanwhile."""
    mark = tx.high_water
    if mark is None or not tx.alone or not mark.held:
        return
    now, marked = read_frontier(tx), mark.read()
    if marked is None:
        if now.size:
            raise AuditBrokenError("the high-water mark of the audit log is missing")
        return
    for digest in hashes_between(tx, marked.size, now.size):
        marked = marked.add(digest)
    if marked != now:
        raise AuditBrokenError("the audit log is not the one that the high-water mark says")


def _require_case(tx: Transaction, case_id: CaseId) -> None:
    query = select(LEAVES.c.body, LEAVES.c.hash).where(LEAVES.c.object_id == case_id)
    if any(leaf_hash(row.body.encode()) != row.hash for row in tx.execute(query)):
        raise AuditBrokenError("an entry of this case was altered")
    entries = AuditLog(tx).entries(case_id)
    logged = {(entry.actor, entry.action) for entry in entries}
    for row in tx.execute(select(DUTIES).where(DUTIES.c.case_id == case_id)):
        if not any((row.actor, action) in logged for action in _LOGGED_AS[Duty(row.duty)]):
            raise AuditBrokenError(f"no entry says who {row.duty} in this case")
    _require_captures(tx, case_id, entries)


def _require_captures(tx: Transaction, case_id: CaseId, entries: list[AuditEntry]) -> None:
    query = select(CAPTURES.c.id).where(CAPTURES.c.case_id == case_id).limit(1)
    captured = any(entry.action is AuditAction.CAPTURED for entry in entries)
    if not captured and tx.execute(query).first() is not None:
        raise AuditBrokenError("there are captures of this case that no entry speaks of")
