"""Migrations of several interfaces' databases begin alike: one description for all of them."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.rules import never_emptied, refuse


def create_home() -> None:
    """Create the table that says whose a database is."""
    op.create_table(
        "home",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home")),
    )
    refuse("home_stays", "UPDATE ON home", "1", "home: never changed")
    refuse("home_kept", "DELETE ON home", "1", "home: never deleted")


def create_standing() -> None:
    """Create what every interface has: keys, who may look, who has looked."""
    op.create_table(
        "lockboxes",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("domain", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "domain", name=op.f("pk_lockboxes")),
    )
    op.create_table(
        "viewers",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "actor", name=op.f("pk_viewers")),
    )
    op.create_table(
        "accesses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=128), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("code", sa.String(length=128), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("taken_at", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accesses")),
    )
    op.create_index(op.f("ix_accesses_taken_at"), "accesses", ["taken_at"], unique=False)
    refuse(
        "accesses_stay",
        "UPDATE ON accesses",
        "OLD.taken_at IS NOT NULL OR NEW.taken_at IS NULL OR NEW.id <> OLD.id"
        " OR NEW.case_id <> OLD.case_id OR NEW.actor <> OLD.actor OR NEW.code <> OLD.code"
        " OR NEW.at <> OLD.at",
        "an access is taken up once, and never changed",
    )
    refuse("accesses_kept", "DELETE ON accesses", "1", "accesses: never deleted")
    never_emptied("accesses", "home")


def create_exchange() -> None:
    """Create an inbox, whose rows are taken in once, and a shelf, whose rows never change."""
    op.create_table(
        "inbox",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=128), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("taken_at", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_inbox")),
        sa.UniqueConstraint("id", name=op.f("uq_inbox_id")),
    )
    op.create_index(op.f("ix_inbox_case_id"), "inbox", ["case_id"], unique=False)
    op.create_index(op.f("ix_inbox_taken_at"), "inbox", ["taken_at"], unique=False)
    op.create_table(
        "shelf",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=128), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "kind", "position", name=op.f("pk_shelf")),
    )
    refuse(
        "inbox_stays",
        "UPDATE ON inbox",
        "OLD.taken_at IS NOT NULL OR NEW.taken_at IS NULL OR NEW.body IS NOT NULL"
        " OR NEW.id <> OLD.id OR NEW.case_id <> OLD.case_id OR NEW.kind <> OLD.kind"
        " OR NEW.at <> OLD.at OR NEW.seq <> OLD.seq",
        "what is in the inbox is taken in once, and never changed",
    )
    refuse("inbox_filled", "INSERT ON inbox", "NEW.body IS NULL", "the inbox takes no empty row")
    refuse("shelf_stays", "UPDATE ON shelf", "1", "shelf: never changed")
