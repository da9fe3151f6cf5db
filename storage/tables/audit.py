"""Tables of the audit log: leaves, the head of the tree, and signed checkpoints."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, String, Table, Text

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
