"""Tables of people, requisitions, cases, and the work in hand. Nothing personal is in clear."""

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from models.case import CaseState
from storage.tables.base import RAW, Utc, case_column, opaque

PEOPLE: Final = Table(
    "people",
    RAW,
    Column("id", opaque(), primary_key=True),
    Column("position", Integer, nullable=False, unique=True),
    Column("roles", Text, nullable=False),
    Column("rehearsal", Boolean, nullable=False),
    Column("label", LargeBinary, nullable=False),
)

REQUISITIONS: Final = Table(
    "requisitions",
    RAW,
    Column("id", String(32), primary_key=True),
    Column("opened_at", Utc, nullable=False),
    Column("state", String(16), nullable=False),
    Column("body", Text, nullable=False),
)

CASES: Final = Table(
    "cases",
    RAW,
    Column("id", String(32), primary_key=True),
    Column("requisition_id", String(32), ForeignKey("requisitions.id"), nullable=False, index=True),
    Column("state", String(24), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("opened_by", opaque(), nullable=False),
    Column("opened_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
    CheckConstraint(
        "state IN (" + ", ".join(f"'{state}'" for state in CaseState) + ")", name="state"
    ),
    CheckConstraint("version >= 0", name="version"),
)

LEASES: Final = Table(
    "leases",
    RAW,
    case_column(primary_key=True),
    Column("owner", opaque(), nullable=False),
    Column("until", Utc, nullable=False, index=True),
)

BATCHES: Final = Table(
    "batches",
    RAW,
    Column("id", String(32), primary_key=True),
    Column("kind", opaque(), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("finished_at", Utc),
)

BATCH_CASES: Final = Table(
    "batch_cases",
    RAW,
    Column("batch_id", String(32), ForeignKey("batches.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    case_column(),
)

DUTIES: Final = Table(
    "duties",
    RAW,
    case_column(primary_key=True),
    Column("actor", opaque(), primary_key=True),
    Column("duty", String(16), primary_key=True),
    Column("at", Utc, nullable=False),
    CheckConstraint("duty IN ('collected', 'reviewed', 'released', 'decided')", name="duty"),
)

EXPOSURES: Final = Table(
    "exposures",
    RAW,
    case_column(primary_key=True),
    Column("actor", opaque(), primary_key=True),
    Column("at", Utc, nullable=False),
)

OUTBOX: Final = Table(
    "outbox",
    RAW,
    Column("seq", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("kind", opaque(), nullable=False),
    Column("case_id", String(32), ForeignKey("cases.id"), index=True),
    Column("payload", LargeBinary),
    Column("created_at", Utc, nullable=False),
    Column("done_at", Utc, index=True),
)

COMMANDS: Final = Table(
    "commands",
    RAW,
    Column("key", String(64), primary_key=True),
    Column("result", LargeBinary, nullable=False),
    Column("at", Utc, nullable=False),
)
