"""Tables of what is kept about a case in one sealed blob a row, and of its retention."""

from typing import Final

from sqlalchemy import Column, Date, Integer, LargeBinary, String, Table, Text

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
