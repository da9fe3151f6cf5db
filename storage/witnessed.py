"""The times that the audit log bears witness to, in the order in which its entries came."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from models.audit import AuditAction, AuditEntry
from models.errors import AuditBrokenError
from storage.note import read_signature
from storage.stamps import stated_time
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


def vouched_time(
    tx: Transaction, object_id: str, actions: Collection[AuditAction]
) -> datetime | None:
    """Return the newest time that somebody else than this machine's clock stood for.

    That is the newest of some actions on an object, or what a witness or a stamping authority
    signed; without any of these, the log's first entry. Raises `AuditBrokenError`.
    """
    times = [theirs for _ours, theirs in said_by_others(tx)]
    for table, order in ((QUEUE, QUEUE.c.qid), (LEAVES, LEAVES.c.position)):
        query = (
            select(table.c.at, table.c.body)
            .where(table.c.object_id == object_id)
            .order_by(order.desc())
        )
        found = next((row.at for row in tx.execute(query) if _action(row.body) in actions), None)
        if found is not None:
            times.append(found)
            break
    if times:
        return max(times)
    for table, order in ((LEAVES, LEAVES.c.position), (QUEUE, QUEUE.c.qid)):
        query = select(table.c.at).order_by(order).limit(1)
        first: datetime | None = tx.execute(query).scalar_one_or_none()
        if first is not None:
            return first
    return None


def said_by_others(tx: Transaction) -> list[tuple[datetime, datetime]]:
    """Return, for the newest cosignature and stamp, our time of a checkpoint and theirs.

    Theirs is the time that they signed, not the one at which this machine kept it.
    """
    found = []
    for table, column in ((COSIGNATURES, COSIGNATURES.c.line), (STAMPS, STAMPS.c.token)):
        query = (
            select(CHECKPOINTS.c.at.label("ours"), column.label("said"))
            .join(CHECKPOINTS, CHECKPOINTS.c.size == table.c.size)
            .order_by(table.c.size.desc())
            .limit(1)
        )
        for row in tx.execute(query):
            theirs = _cosigned_at(row.said) if table is COSIGNATURES else stated_time(row.said)
            if theirs is not None:
                found.append((row.ours, theirs))
    return found


def _cosigned_at(line: str) -> datetime:
    try:
        return datetime.fromtimestamp(read_signature(line.removesuffix("\n")).time, UTC)
    except (ValueError, OverflowError, OSError) as exc:
        raise AuditBrokenError("a cosignature states no time") from exc


def _action(body: str) -> AuditAction:
    try:
        return AuditEntry.model_validate_json(body).action
    except ValueError as exc:
        raise AuditBrokenError("an entry of the audit log cannot be read") from exc
