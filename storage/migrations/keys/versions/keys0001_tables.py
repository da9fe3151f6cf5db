"""Tables of keys.db."""

import sqlalchemy as sa
from alembic import op

revision = "keys0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "dropped",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("finished_at", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_dropped")),
    )
    op.create_table(
        "home",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home")),
    )
    op.create_table(
        "lockboxes",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("domain", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "domain", name=op.f("pk_lockboxes")),
    )
    op.create_index(op.f("ix_lockboxes_version"), "lockboxes", ["version"], unique=False)
    op.create_table(
        "versions",
        sa.Column("domain", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_versions")),
    )
    op.create_table(
        "rotations",
        sa.Column("domain", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_rotations")),
    )
    op.create_table(
        "witness",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("checkpoints", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_witness")),
    )
