"""Tables of the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "raw0002"
down_revision = "raw0001"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "audit_checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_checkpoints")),
    )
    op.create_table(
        "audit_head",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_audit_head_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_leaves",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("object_id", sa.String(length=128), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_leaves")),
    )
    op.create_index(op.f("ix_audit_leaves_at"), "audit_leaves", ["at"], unique=False)
    op.create_index(op.f("ix_audit_leaves_object_id"), "audit_leaves", ["object_id"], unique=False)
    empty = sa.bindparam("empty", b"", sa.LargeBinary())
    head = sa.text("INSERT INTO audit_head (one, size, frontier) VALUES (1, 0, :empty)")
    op.execute(head.bindparams(empty))
