"""The log is handed over to the auditors' database as it is signed, each entry once and for good.

What comes is checked against what was handed over before: an entry, a checkpoint or a root that
differs is refused, and the refusal stands in the auditors' database for them to see. A crash
between the two databases is mended by the next hand-over.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select

from models.errors import AuditBrokenError
from storage.audit_export import signed_list
from storage.auditors import CHECKPOINTS, COSIGNATURES, LEAVES, STAMPS, AuditorsLog
from storage.checkpoints import log_keys, root_text
from storage.export_files import log_files
from storage.merkle import Frontier, leaf_hash
from storage.note import Verifier, read_checkpoint
from storage.tables.audit import ALARMS, LOG, MANIFESTS
from storage.vault import Vault


def hand_over(
    vault: Vault, auditors: AuditorsLog, *, witnesses: Sequence[Verifier] = (), now: datetime
) -> int:
    """Bring what the newest checkpoint covers into the auditors' database; return how many leaves.

    Raises `AuditBrokenError` (E-Q2-LOG-BROKEN), which is kept there too, if anything contradicts
    what was handed over before or the log's own signature; `KeyUnavailableError` without the
    audit domain.
    """
    keys = (*log_keys(vault), *witnesses)
    try:
        with vault.read() as tx:
            said = tx.execute(select(LOG.checkpoints).order_by(LOG.checkpoints.c.size)).all()
            size = said[-1].size if said else 0
            covered = select(LOG.leaves).where(LOG.leaves.c.position < size)
            leaves = tx.execute(covered.order_by(LOG.leaves.c.position)).all()
            proofs = [
                (target, tx.execute(select(source)).all())
                for source, target in (
                    (LOG.cosignatures, COSIGNATURES),
                    (LOG.stamps, STAMPS),
                )
            ]
        with auditors.connection(writes=True) as connection:
            count = _add_leaves(connection, leaves)
            _add(connection, CHECKPOINTS, said)
            _require_roots(connection, keys[0])
            for target, rows in proofs:
                _add(connection, target, rows)
    except AuditBrokenError as refusal:
        _raise_alarm(auditors, refusal, now)
        raise
    if said:
        _sign_list(vault, auditors, keys, size, now)
    return count


def _raise_alarm(auditors: AuditorsLog, refusal: AuditBrokenError, now: datetime) -> None:
    alarms = auditors.alarms()
    if not alarms or alarms[-1][1] != str(refusal):
        with auditors.connection(writes=True) as connection:
            row = {"at": now, "code": refusal.code, "fault": str(refusal)}
            connection.execute(insert(ALARMS).values(**row))


def _add_leaves(connection: Connection, leaves: Sequence[Row[Any]]) -> int:
    known = dict(connection.execute(select(LEAVES.c.position, LEAVES.c.hash)).tuples().all())
    if len(leaves) < len(known):
        raise AuditBrokenError(f"{len(known)} entries were handed over, {len(leaves)} are left")
    fresh = []
    for expected, row in enumerate(leaves):
        one = dict(row._mapping)
        if one["position"] != expected or leaf_hash(one["body"].encode()) != one["hash"]:
            raise AuditBrokenError(f"leaf {expected}: missing, or it does not give its hash")
        if expected not in known:
            fresh.append(one)
        elif known[expected] != one["hash"]:
            raise AuditBrokenError(f"leaf {expected}: another one was handed over before")
    if fresh:
        connection.execute(insert(LEAVES), fresh)
    return len(fresh)


def _add(connection: Connection, target: Table, rows: Sequence[Row[Any]]) -> None:
    """Add the rows that are not there. Raises `AuditBrokenError` if one is there otherwise."""
    place = [column.name for column in target.primary_key]
    known = {
        tuple(row._mapping[name] for name in place): dict(row._mapping)
        for row in connection.execute(select(target))
    }
    for row in rows:
        one = dict(row._mapping)
        before = known.pop(tuple(one[name] for name in place), None)
        if before is None:
            connection.execute(insert(target).values(**one))
        elif before != one:
            raise AuditBrokenError(f"{target.name}: another one was handed over before")
    if known and target is CHECKPOINTS:
        raise AuditBrokenError("a checkpoint that was handed over before is gone")


def _require_roots(connection: Connection, verifier: Verifier) -> None:
    """Raise `AuditBrokenError` unless every checkpoint is the log's, on these very leaves."""
    points = connection.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size)).all()
    said = {row.size: read_checkpoint(row.note, verifier) for row in points}
    frontier = Frontier()
    hashes = connection.execute(select(LEAVES.c.hash).order_by(LEAVES.c.position)).scalars()
    for digest in hashes:
        frontier = frontier.add(digest)
        point = said.pop(frontier.size, None)
        if point is not None and point.root != root_text(frontier.root()):
            raise AuditBrokenError(f"checkpoint {point.size}: its root is not that of the leaves")
    said.pop(0, None)
    if said:
        raise AuditBrokenError("leaves that a checkpoint covers are missing")


def _sign_list(
    vault: Vault, auditors: AuditorsLog, keys: Sequence[Verifier], size: int, now: datetime
) -> None:
    """Sign the list of an export's files, if they are others than at the last hand-over."""
    before = auditors.manifest()
    log = auditors.export_of(keys)
    signed = signed_list(vault, log_files(log), now)
    if before is not None and _listed(before[1]) == _listed(signed):
        return
    row = {
        "size": size,
        "at": now,
        "keys": "".join(f"{key.vkey}\n" for key in keys),
        "note": signed.decode(),
    }
    with auditors.connection(writes=True) as connection:
        connection.execute(insert(MANIFESTS).values(**row))


def _listed(signed: bytes) -> list[bytes]:
    """Return what a signed list says of files, without its time and signature."""
    return [line for line in signed.split(b"\n") if b"  " in line]
