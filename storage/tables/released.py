"""Tables of released.db: sealed payloads, what opens them, looks, and what managers write."""

from typing import Final

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from storage.tables.base import RELEASED, Utc
from storage.tables.interfaces import exchange_tables, standing_tables

DELIVERIES: Final = Table(
    "deliveries",
    RELEASED,
    Column("case_id", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("payload", LargeBinary),
    Column("delivered_at", Utc, nullable=False),
    Column("withdrawn_at", Utc),
)
"""`payload` is gone once withdrawn."""

STANDING: Final = standing_tables(RELEASED)
EXCHANGE: Final = exchange_tables(RELEASED)
LOCKBOXES: Final = STANDING.lockboxes
VIEWERS: Final = STANDING.viewers
ACCESSES: Final = STANDING.accesses
