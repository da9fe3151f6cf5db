"""Tables of findings, release packages and their approvals."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from storage.tables.base import RAW, Utc, case_column, opaque

FINDINGS: Final = Table(
    "findings",
    RAW,
    Column("seq", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    case_column(),
    Column("evidence_id", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("body", LargeBinary, nullable=False),
    ForeignKeyConstraint(["evidence_id", "case_id"], ["evidence.id", "evidence.case_id"]),
)

PACKAGES: Final = Table(
    "packages",
    RAW,
    Column("id", String(32), primary_key=True),
    case_column(),
    Column("version", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("case_id", "version"),
    CheckConstraint("version >= 1", name="version"),
)

APPROVALS: Final = Table(
    "approvals",
    RAW,
    Column("package_id", String(32), ForeignKey("packages.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("reviewer", opaque(), nullable=False),
    UniqueConstraint("package_id", "reviewer"),
    CheckConstraint("seq IN (1, 2)", name="two"),
)
