"""The audit log takes an entry in the transaction of what it records, and gives none back.

A leaf is the entry as canonical JSON (RFC 8785); the tree's right edge is kept beside it.
"""

from datetime import datetime

import rfc8785
from sqlalchemy import bindparam, func, insert, select, update

from models.audit import AuditEntry
from models.errors import AuditBrokenError
from storage.merkle import Frontier, leaf_hash
from storage.shape import code
from storage.tables.audit import CHECKPOINTS, HEAD, LEAVES
from storage.transaction import Transaction

_FRONTIER = "audit-frontier"
_INSERT = insert(LEAVES)
_READ = select(HEAD)
_GROW = update(HEAD).values(size=bindparam("new_size"), frontier=bindparam("new_frontier"))
_LARGEST = 65_535
"""Bytes: the most that a tile of the published log can hold of one leaf."""


class AuditLog:
    """The log, as one transaction sees it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def append(self, entry: AuditEntry) -> int:
        """Append an entry and return its position.

        Raises `ConstraintError` if a field holds anything but an id or a code.
        """
        for text, what in (
            (entry.event_id, "the event's id"),
            (entry.actor, "the actor"),
            (entry.object_id, "the object's id"),
        ):
            code(text, what)
        for text, what in ((entry.code, "the code"), (entry.commitment, "the commitment")):
            if text:
                code(text, what)
        body = leaf_body(entry)
        digest = leaf_hash(body)
        frontier = self._frontier()
        self._tx.execute(
            _INSERT,
            {
                "position": frontier.size,
                "at": entry.at,
                "object_id": entry.object_id,
                "body": body.decode(),
                "hash": digest,
            },
        )
        self._tx.memo[_FRONTIER] = frontier.add(digest)
        return frontier.size

    def entries(self, object_id: str | None = None) -> list[AuditEntry]:
        """Return the entries in order, of one case or other object if named.

        Raises `AuditBrokenError` if one cannot be read.
        """
        query = select(LEAVES.c.body).order_by(LEAVES.c.position)
        if object_id is not None:
            query = query.where(LEAVES.c.object_id == object_id)
        try:
            return [
                AuditEntry.model_validate_json(body) for body in self._tx.execute(query).scalars()
            ]
        except ValueError as exc:
            raise AuditBrokenError("an entry of the audit log cannot be read") from exc

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self._frontier().size

    def _frontier(self) -> Frontier:
        known = self._tx.memo.get(_FRONTIER)
        if isinstance(known, Frontier):
            return known
        frontier = read_frontier(self._tx)
        self._tx.memo[_FRONTIER] = frontier
        self._tx.before_commit(self._write_frontier)
        return frontier

    def _write_frontier(self) -> None:
        frontier: Frontier = self._tx.memo[_FRONTIER]
        self._tx.execute(_GROW, {"new_size": frontier.size, "new_frontier": frontier.packed()})


def leaf_body(entry: AuditEntry) -> bytes:
    """Return the canonical JSON of an entry. Raises `AuditBrokenError` if it is too long."""
    body = rfc8785.dumps(entry.model_dump(mode="json"))
    if len(body) > _LARGEST:
        raise AuditBrokenError("an audit entry is too long")
    return body


def read_frontier(tx: Transaction) -> Frontier:
    """Return the tree's right edge as stored. Raises `AuditBrokenError` if it is damaged."""
    row = tx.execute(_READ).one_or_none()
    if row is None:
        raise AuditBrokenError("the head of the audit log is missing")
    try:
        return Frontier.unpack(row.size, row.frontier)
    except ValueError as exc:
        raise AuditBrokenError("the head of the audit log is damaged") from exc


def newest_time(tx: Transaction) -> datetime | None:
    """Return the newest time that the log bears witness to, or None if it is empty.

    What destroys compares the wall clock with it first.
    """
    times = [
        tx.execute(select(func.max(column))).scalar_one()
        for column in (LEAVES.c.at, CHECKPOINTS.c.at)
    ]
    return max((time for time in times if time is not None), default=None)
