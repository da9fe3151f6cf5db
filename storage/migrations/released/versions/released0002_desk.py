"""Tables for a manager's process that reaches no other database."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.rules import never_emptied, refuse

revision = "released0002"
down_revision = "released0001"


def upgrade() -> None:
    """Create the tables, and forbid what is never done to them."""
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
    never_emptied("accesses")
