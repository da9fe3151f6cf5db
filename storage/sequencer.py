"""One sequencer at a time moves waiting entries into the tree, in the order of their commits.

If one entry was committed before another transaction began, it comes first: whenever the later
one is visible, so is the earlier, and its queue number is lower. Gaps in the numbers, left by
transactions that were rolled back, do not matter: the tree's positions are given here.
"""

import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import bindparam, delete, select, text

from models.ids import CaseId
from storage.audit import AuditLog, grow
from storage.tables.audit import QUEUE
from storage.transaction import Transaction
from storage.vault import Vault

BATCH: Final = 1000
"""Entries that one transaction moves."""

_SEQUENCER: Final = CaseId("e" * 32)
"""Named in place of a case: on PostgreSQL, who writes to it excludes other sequencers only."""

_WAITING: Final = (
    select(QUEUE.c.qid, QUEUE.c.at, QUEUE.c.object_id, QUEUE.c.body)
    .order_by(QUEUE.c.qid)
    .limit(bindparam("most"))
)
_GIVEN_OUT: Final = text(
    "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM audit_queue_qid_seq"
)
_COUNT_ON: Final = text("SELECT setval('audit_queue_qid_seq', :size)")
_TAKE: Final = delete(QUEUE).where(QUEUE.c.qid == bindparam("taken"))


def sequence(vault: Vault, *, batch: int = BATCH) -> int:
    """Move every waiting entry into the tree and return how many there were.

    On SQLite entries never wait. Raises `HomeError` if the database fails; what was moved then
    stays moved, and the rest waits.
    """
    moved = 0
    _count_on(vault)
    while True:
        with vault.write(_SEQUENCER) as tx:
            found = move_waiting(tx, batch=batch)
        moved += found
        if found < batch:
            return moved


def _count_on(vault: Vault) -> None:
    """Have the queue's numbers go on from the log's size, as in a home that was just restored."""
    with vault.read() as tx:
        if tx.alone or _given_out(tx) >= _entries(tx):
            return
    with vault.write() as tx:  # nobody takes a number meanwhile
        if _given_out(tx) < (size := _entries(tx)):
            tx.execute(_COUNT_ON, {"size": size})


def move_waiting(tx: Transaction, *, batch: int = BATCH) -> int:
    """Move up to so many entries within a transaction that excludes other sequencers."""
    rows = tx.execute(_WAITING, {"most": batch}).all()
    if rows:
        tx.execute(_TAKE, [{"taken": row.qid} for row in rows])
        grow(tx, [{"at": row.at, "object_id": row.object_id, "body": row.body} for row in rows])
    return len(rows)


def numbers_without_entry(vault: Vault) -> int:
    """Return how many queue numbers were given out for which the log has no entry.

    A transaction that failed at its commit leaves one, and a server that crashed a few; so does
    whoever owns the database and removes an entry that waits. On SQLite no entry ever waits.
    """
    with vault.write() as tx:  # nobody is between a number and its entry meanwhile
        return 0 if tx.alone else max(0, _given_out(tx) - _entries(tx))


def _given_out(tx: Transaction) -> int:
    return int(tx.execute(_GIVEN_OUT).scalar_one())


def _entries(tx: Transaction) -> int:
    return AuditLog(tx).size


def keep_sequencing(vault: Vault, *, pause: float, stop: Callable[[], bool] = lambda: False) -> int:
    """Sequence again and again, with a pause wherever nothing waits; return how many moved."""
    moved = 0
    while not stop():
        found = sequence(vault)
        moved += found
        if not found:
            time.sleep(pause)
    return moved
