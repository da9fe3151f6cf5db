"""Tables of the blind index: keyed digests of e-mail addresses and handles, and their keys' ids."""

from typing import Final

from sqlalchemy import Column, Index, Integer, String, Table

from storage.tables.base import RAW, case_column

BLIND_INDEX: Final = Table(
    "blind_index",
    RAW,
    case_column(primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Index(None, "kind", "digest"),
)
"""Equal for equal values, whosever they are, and silent otherwise."""

BLIND_INDEX_KEYS: Final = Table(
    "blind_index_keys",
    RAW,
    Column("seq", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
)
"""The newest is in use; an older one is there until its lockbox is dropped."""
