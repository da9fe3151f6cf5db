"""Public keys of domains that the inside does not hold."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.rules import refuse

revision = "keys0003"
down_revision = "keys0002"


def upgrade() -> None:
    """Create the table, and forbid what is never done to it."""
    op.create_table(
        "writers",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("domain", sa.String(length=16), nullable=False),
        sa.Column("retired_at", sa.String(length=27), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_writers")),
        sa.UniqueConstraint("owner", name=op.f("uq_writers_owner")),
    )
    op.create_index(op.f("ix_writers_domain"), "writers", ["domain"], unique=False)
    refuse(
        "writers_stay",
        "UPDATE ON writers",
        "OLD.retired_at IS NOT NULL OR NEW.retired_at IS NULL OR NEW.owner <> OLD.owner"
        " OR NEW.domain <> OLD.domain OR NEW.seq <> OLD.seq OR NEW.body <> OLD.body",
        "a writing key is retired once, and never changed",
    )
