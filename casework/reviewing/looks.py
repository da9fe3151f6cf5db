"""Whoever looks at a case item by item approves once every item was looked at."""

from typing import Final

from casework.steps.step import Work
from models.audit import AuditAction
from models.errors import UnreviewedError
from storage.audit import AuditLog
from storage.findings import FindingStore

REVIEW: Final = "review"
"""How the log names a look at the whole desk."""
_ITEM: Final = "item:"


def log_item(work: Work, item: str) -> None:
    """Log the look at one item of the desk."""
    work.log(AuditAction.RAW_READ, code=f"{_ITEM}{item}")


def seen(work: Work) -> set[str] | None:
    """Return the items that the actor looked at; None for somebody who saw the whole desk."""
    codes = {
        entry.code
        for entry in AuditLog(work.tx).entries(work.case.id)
        if entry.action is AuditAction.RAW_READ and entry.actor == work.actor.id
    }
    if REVIEW in codes:
        return None
    return {code.removeprefix(_ITEM) for code in codes if code.startswith(_ITEM)}


def require_every_item_seen(work: Work) -> None:
    """Raise `UnreviewedError` for somebody who looked at some items and not at the rest."""
    looked = seen(work)
    if not looked:
        return  # the whole desk, or a look of another kind, which is asked for elsewhere
    if {finding.id for finding in FindingStore(work.tx).for_case(work.case.id)} - looked:
        raise UnreviewedError("an item of this case has not been looked at yet")
