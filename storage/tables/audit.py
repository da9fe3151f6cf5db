"""Tables of the audit log: leaves, what waits to become one, checkpoints, and proofs of others."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from storage.tables.base import RAW, Utc, opaque

LEAVES: Final = Table(
    "audit_leaves",
    RAW,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False, index=True),
    Column("object_id", opaque(), nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

HEAD: Final = Table(
    "audit_head",
    RAW,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    CheckConstraint("one = 1", name="one"),
)

CHECKPOINTS: Final = Table(
    "audit_checkpoints",
    RAW,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("root", String(64), nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("at", Utc, nullable=False),
    Column("note", Text, nullable=False),
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

COSIGNATURES: Final = Table(
    "audit_cosignatures",
    RAW,
    Column("size", Integer, ForeignKey("audit_checkpoints.size"), primary_key=True),
    Column("witness", opaque(), primary_key=True),
    Column("key_id", String(8), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("line", Text, nullable=False),
)
"""What witnesses signed of our checkpoints, as note signature lines."""

STAMPS: Final = Table(
    "audit_stamps",
    RAW,
    Column("size", Integer, ForeignKey("audit_checkpoints.size"), primary_key=True),
    Column("authority", opaque(), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("token", LargeBinary, nullable=False),
)
"""Time stamps (RFC 3161) of our checkpoints."""
