"""Tables of released.db: sealed payloads, what opens them, who may look, and who has looked."""

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from storage.tables.base import RELEASED, Utc, opaque

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

LOCKBOXES: Final = Table(
    "lockboxes",
    RELEASED,
    Column("case_id", String(32), primary_key=True),
    Column("domain", String(16), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)
"""Copies of keys.db's, of the released domain alone: the manager's process has no other."""

VIEWERS: Final = Table(
    "viewers",
    RELEASED,
    Column("case_id", String(32), primary_key=True),
    Column("actor", opaque(), primary_key=True),
)
"""Who may look: the inside writes it, for only the inside knows who has seen raw evidence."""

ACCESSES: Final = Table(
    "accesses",
    RELEASED,
    Column("id", String(32), primary_key=True),
    Column("case_id", opaque(), nullable=False),
    Column("actor", opaque(), nullable=False),
    Column("code", opaque(), nullable=False),
    Column("at", Utc, nullable=False),
    Column("taken_at", Utc),
    Index(None, "taken_at"),
)
"""Looks and refusals, written before a byte is served, until the audit log has taken them up."""
