"""Tables of consent, in clear: when, until when, and to which items."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from storage.tables.base import RAW, Utc, case_column

CONSENTS: Final = Table(
    "consents",
    RAW,
    Column("seq", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    case_column(),
    Column("lookback_years", Integer, nullable=False),
    Column("consequence_sha256", String(64), nullable=False),
    Column("consequence_acknowledged", Boolean, nullable=False),
    Column("signed_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("withdrawn_at", Utc),
    Column("notice", LargeBinary, nullable=False),
    UniqueConstraint("id", "case_id"),
)
"""`notice` seals the digest of the notice: its text may name the applicant."""

CONSENT_ITEMS: Final = Table(
    "consent_items",
    RAW,
    Column(
        "consent_id",
        String(32),
        ForeignKey("consents.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    ),
    Column("item", String(32), primary_key=True),
    Column("granted", Boolean, nullable=False),
)
"""Written before the consent they belong to; once that stands, none can be added."""
