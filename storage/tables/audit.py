"""Tables of the audit log: leaves, what waits to become one, checkpoints, and proofs of others.

The log is kept in raw.db, where it grows with what it records; audit.db has what was handed over
of it to the auditors.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from storage.tables.base import AUDIT, RAW, Utc, opaque


@dataclass(frozen=True, slots=True)
class LogTables:
    """What a log consists of, wherever it lies."""

    leaves: Table
    checkpoints: Table
    cosignatures: Table
    """What witnesses signed of our checkpoints, as note signature lines."""
    stamps: Table
    """Time stamps (RFC 3161) of our checkpoints."""


def log_tables(metadata: MetaData) -> LogTables:
    """Describe a log's tables in a database's collection."""
    return LogTables(
        leaves=Table(
            "audit_leaves",
            metadata,
            Column("position", Integer, primary_key=True, autoincrement=False),
            Column("at", Utc, nullable=False, index=True),
            Column("object_id", opaque(), nullable=False, index=True),
            Column("body", Text, nullable=False),
            Column("hash", LargeBinary, nullable=False),
        ),
        checkpoints=Table(
            "audit_checkpoints",
            metadata,
            Column("size", Integer, primary_key=True, autoincrement=False),
            Column("root", String(64), nullable=False),
            Column("frontier", LargeBinary, nullable=False),
            Column("at", Utc, nullable=False),
            Column("note", Text, nullable=False),
        ),
        cosignatures=Table(
            "audit_cosignatures",
            metadata,
            Column("size", Integer, ForeignKey("audit_checkpoints.size"), primary_key=True),
            Column("witness", opaque(), primary_key=True),
            Column("key_id", String(8), primary_key=True),
            Column("at", Utc, nullable=False),
            Column("line", Text, nullable=False),
        ),
        stamps=Table(
            "audit_stamps",
            metadata,
            Column("size", Integer, ForeignKey("audit_checkpoints.size"), primary_key=True),
            Column("authority", opaque(), primary_key=True),
            Column("at", Utc, nullable=False),
            Column("token", LargeBinary, nullable=False),
        ),
    )


LOG: Final = log_tables(RAW)
LEAVES: Final = LOG.leaves
CHECKPOINTS: Final = LOG.checkpoints
COSIGNATURES: Final = LOG.cosignatures
STAMPS: Final = LOG.stamps

HEAD: Final = Table(
    "audit_head",
    RAW,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    CheckConstraint("one = 1", name="one"),
)

QUEUE: Final = Table(
    "audit_queue",
    RAW,
    Column("qid", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("object_id", opaque(), nullable=False),
    Column("body", Text, nullable=False),
)
"""Entries that several writers left and that the sequencer has not yet put into the tree."""

HANDED_OVER: Final = log_tables(AUDIT)
"""What the auditors have of the log, in a database of their own."""

ALARMS: Final = Table(
    "alarms",
    AUDIT,
    Column("seq", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("code", opaque(), nullable=False),
    Column("fault", Text, nullable=False),
)
"""What was to be handed over and contradicted what was there: never taken in, never forgotten."""

MANIFESTS: Final = Table(
    "manifests",
    AUDIT,
    Column("seq", Integer, primary_key=True),
    Column("size", Integer, ForeignKey("audit_checkpoints.size"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("keys", Text, nullable=False),
    Column("note", Text, nullable=False),
)
"""The list of an export's files as the log signed it, and the public keys that stand in it."""
