"""Tables of captures and evidence. Only `storage.captures` and `storage.evidence` know them."""

from typing import Final

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from storage.tables.base import RAW, Utc, case_column

CAPTURES: Final = Table(
    "captures",
    RAW,
    Column("seq", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    case_column(),
    Column("consent_id", String(32), nullable=False),
    Column("consent_item", String(32), nullable=False),
    Column("captured_at", Utc, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("case_id", "digest"),
    UniqueConstraint("id", "case_id"),
    ForeignKeyConstraint(["consent_id", "case_id"], ["consents.id", "consents.case_id"]),
    ForeignKeyConstraint(
        ["consent_id", "consent_item"], ["consent_items.consent_id", "consent_items.item"]
    ),
)
"""`digest` is keyed: the plain hash of a public post would identify its author."""

EVIDENCE: Final = Table(
    "evidence",
    RAW,
    Column("seq", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    case_column(),
    Column("capture_id", String(32), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("grade", String(24)),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("capture_id", "ordinal"),
    UniqueConstraint("id", "case_id"),
    ForeignKeyConstraint(["capture_id", "case_id"], ["captures.id", "captures.case_id"]),
)
