"""Tables that the databases of several interfaces have: each in a collection of its own.

What opens the rows, who may look, who has looked; and, where the interface is no manager's, an
inbox that others fill who cannot read it, and a shelf of what was put there to be read.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table

from storage.tables.base import APPLICANT, FAIRNESS, SEALED, Utc, opaque


@dataclass(frozen=True, slots=True)
class Standing:
    """What every interface's database has."""

    lockboxes: Table
    """Copies of keys.db's, of the interface's own domain alone: its process has no other."""
    viewers: Table
    """Who may look: the inside writes it, for only the inside knows who has seen raw evidence."""
    accesses: Table
    """Looks and refusals, written before a byte is served, until the audit log took them up."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What goes to and fro."""

    inbox: Table
    """Written by whoever holds only a public key; the body is gone once it was taken in."""
    shelf: Table
    """Sealed with the domain's key for a case: what its interface is to read."""


def standing_tables(metadata: MetaData) -> Standing:
    """Describe the tables that every interface has, in its own collection."""
    return Standing(
        lockboxes=Table(
            "lockboxes",
            metadata,
            Column("case_id", String(32), primary_key=True),
            Column("domain", String(16), primary_key=True),
            Column("version", Integer, nullable=False),
            Column("wrapped", LargeBinary, nullable=False),
        ),
        viewers=Table(
            "viewers",
            metadata,
            Column("case_id", String(32), primary_key=True),
            Column("actor", opaque(), primary_key=True),
        ),
        accesses=Table(
            "accesses",
            metadata,
            Column("id", String(32), primary_key=True),
            Column("case_id", opaque(), nullable=False),
            Column("actor", opaque(), nullable=False),
            Column("code", opaque(), nullable=False),
            Column("at", Utc, nullable=False),
            Column("taken_at", Utc),
            Index(None, "taken_at"),
        ),
    )


def exchange_tables(metadata: MetaData) -> Exchange:
    """Describe an inbox and a shelf, in an interface's own collection."""
    return Exchange(
        inbox=Table(
            "inbox",
            metadata,
            Column("seq", Integer, primary_key=True),
            Column("id", String(32), nullable=False, unique=True),
            Column("case_id", String(32), nullable=False, index=True),
            Column("kind", opaque(), nullable=False),
            Column("at", Utc, nullable=False),
            Column("body", LargeBinary),
            Column("taken_at", Utc, index=True),
        ),
        shelf=Table(
            "shelf",
            metadata,
            Column("case_id", String(32), primary_key=True),
            Column("kind", opaque(), primary_key=True),
            Column("position", Integer, primary_key=True, autoincrement=False),
            Column("at", Utc, nullable=False),
            Column("digest", String(64), nullable=False),
            Column("body", LargeBinary, nullable=False),
        ),
    )


SEALED_STANDING: Final = standing_tables(SEALED)
SEALED_EXCHANGE: Final = exchange_tables(SEALED)
APPLICANT_STANDING: Final = standing_tables(APPLICANT)
APPLICANT_EXCHANGE: Final = exchange_tables(APPLICANT)
FAIRNESS_STANDING: Final = standing_tables(FAIRNESS)
FAIRNESS_EXCHANGE: Final = exchange_tables(FAIRNESS)
