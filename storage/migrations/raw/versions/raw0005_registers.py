"""A table for what an agency writes down about its own work: appended to, never rewritten."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.rules import refuse

revision = "raw0005"
down_revision = "raw0004"


def upgrade() -> None:
    """Create the table, and forbid what is never done to it."""
    op.create_table(
        "registers",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=128), nullable=False),
        sa.Column("about", sa.String(length=128), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_registers")),
        sa.UniqueConstraint("id", name=op.f("uq_registers_id")),
    )
    op.create_index(op.f("ix_registers_kind_subject"), "registers", ["kind", "about"])
    refuse("registers_stay", "UPDATE ON registers", "1", "registers: never changed")
    refuse("registers_remain", "DELETE ON registers", "1", "registers: never deleted")
