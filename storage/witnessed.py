"""The times that the audit log bears witness to, in the order in which its entries came."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.audit import AuditAction, AuditEntry
from models.errors import AuditBrokenError
from storage.tables.audit import CHECKPOINTS, COSIGNATURES, LEAVES, QUEUE, STAMPS
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What the log says of the time since some entry."""

    entries: list[datetime]
    signed: datetime | None
    """When the newest checkpoint after that entry was signed, by this machine's clock."""


def witnessed_since(tx: Transaction, object_id: str, actions: Collection[AuditAction]) -> Witnessed:
    """Return the time of every entry since the newest of some actions on an object, that included.

    Without such an entry, those of the whole log. Entries that wait for the tree come last, as
    they will there. Raises `AuditBrokenError` if one cannot be read.
    """
    waiting = tx.execute(select(QUEUE.c.at, QUEUE.c.object_id, QUEUE.c.body).order_by(QUEUE.c.qid))
    queued = waiting.all()
    for count, row in enumerate(reversed(queued), start=1):
        if row.object_id == object_id and _action(row.body) in actions:
            return Witnessed([one.at for one in queued[-count:]], None)
    marks = (
        select(LEAVES.c.position, LEAVES.c.body)
        .where(LEAVES.c.object_id == object_id)
        .order_by(LEAVES.c.position.desc())
    )
    since = next(
        (row.position for row in tx.execute(marks) if _action(row.body) in actions),
        0,
    )
    leaves = select(LEAVES.c.at).where(LEAVES.c.position >= since).order_by(LEAVES.c.position)
    signed = (
        select(CHECKPOINTS.c.at)
        .where(CHECKPOINTS.c.size > since)
        .order_by(CHECKPOINTS.c.size.desc())
        .limit(1)
    )
    entries = [*tx.execute(leaves).scalars(), *(one.at for one in queued)]
    return Witnessed(entries, tx.execute(signed).scalar_one_or_none())


def said_by_others(tx: Transaction) -> list[tuple[datetime, datetime]]:
    """Return, for each newest witness and stamp, our time of a checkpoint and theirs."""
    found = []
    for table in (COSIGNATURES, STAMPS):
        query = (
            select(CHECKPOINTS.c.at.label("ours"), table.c.at.label("theirs"))
            .join(CHECKPOINTS, CHECKPOINTS.c.size == table.c.size)
            .order_by(table.c.size.desc())
            .limit(1)
        )
        found += [(row.ours, row.theirs) for row in tx.execute(query)]
    return found


def _action(body: str) -> AuditAction:
    try:
        return AuditEntry.model_validate_json(body).action
    except ValueError as exc:
        raise AuditBrokenError("an entry of the audit log cannot be read") from exc
