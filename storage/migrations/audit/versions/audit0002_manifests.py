"""What the log signed as the list of an export, for the auditors to export by themselves."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.rules import refuse

revision = "audit0002"
down_revision = "audit0001"


def upgrade() -> None:
    """Create the table, and forbid what is never done to it."""
    op.create_table(
        "manifests",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_manifests")),
        sa.ForeignKeyConstraint(
            ["size"], ["audit_checkpoints.size"], name=op.f("fk_manifests_size")
        ),
    )
    refuse("manifests_not_updated", "UPDATE ON manifests", "1", "manifests: never changed")
