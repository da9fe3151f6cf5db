"""Marks that a case leaves once: its files are all gathered, its items wait for an analyst."""

from models.ids import CaseId
from storage.commands import CommandStore
from storage.transaction import Transaction


def collected(tx: Transaction, case_id: CaseId) -> bool:
    """Say whether collection has run to its end."""
    return CommandStore(tx).seen(collected_mark(case_id)) is not None


def collected_mark(case_id: CaseId) -> str:
    """Return the mark of a case whose collection has run to its end."""
    return f"collect:{case_id}"
