"""Tables of one sealed blob a row: of a case, of its retention, of the agency's own work."""

from typing import Final

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, String, Table, Text

from storage.tables.base import RAW, Utc, case_column, opaque

RECORDS: Final = Table(
    "records",
    RAW,
    Column("seq", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    case_column(),
    Column("kind", opaque(), nullable=False),
    Column("at", Utc, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

HOLDS: Final = Table(
    "holds",
    RAW,
    Column("id", String(32), primary_key=True),
    case_column(),
    Column("placed_by", opaque(), nullable=False),
    Column("placed_at", Utc, nullable=False),
    Column("lifted_at", Utc),
    Column("body", LargeBinary, nullable=False),
)

SCHEDULES: Final = Table(
    "schedules",
    RAW,
    case_column(primary_key=True),
    Column("keep_until", Date, index=True),
    Column("destroy_by", Date, index=True),
    Column("body", Text, nullable=False),
)

REGISTERS: Final = Table(
    "registers",
    RAW,
    Column("seq", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("kind", opaque(), nullable=False),
    Column("about", opaque(), nullable=False),
    Column("at", Utc, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_registers_kind_subject", "kind", "about"),
)
