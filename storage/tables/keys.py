"""Tables of keys.db: lockboxes, which key version wraps them, and what was destroyed."""

from typing import Final

from sqlalchemy import Column, Integer, LargeBinary, String, Table, Text

from storage.tables.base import KEYS, Utc

VERSIONS: Final = Table(
    "versions",
    KEYS,
    Column("domain", String(16), primary_key=True),
    Column("version", Integer, nullable=False),
)

LOCKBOXES: Final = Table(
    "lockboxes",
    KEYS,
    Column("case_id", String(32), primary_key=True),
    Column("domain", String(16), primary_key=True),
    Column("version", Integer, nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
)

DROPPED: Final = Table(
    "dropped",
    KEYS,
    Column("case_id", String(32), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("finished_at", Utc),
)
"""`finished_at` is set once no key exists any more that wrapped one of the case's lockboxes."""

ROTATIONS: Final = Table(
    "rotations",
    KEYS,
    Column("domain", String(16), primary_key=True),
    Column("version", Integer, nullable=False),
)
"""The newest key version that wrapped a dropped lockbox: it must be destroyed."""

WITNESS: Final = Table(
    "witness",
    KEYS,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("checkpoints", Integer, nullable=False),
    Column("note", Text, nullable=False),
)

WRITERS: Final = Table(
    "writers",
    KEYS,
    Column("seq", Integer, primary_key=True),
    Column("owner", String(32), nullable=False, unique=True),
    Column("domain", String(16), nullable=False, index=True),
    Column("retired_at", Utc),
    Column("body", LargeBinary, nullable=False),
)
"""Public keys to which the inside seals for a domain that it does not hold; `owner` names the
lockbox with the private half. The body is sealed, so that nobody puts a key of theirs there."""
