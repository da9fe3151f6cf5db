"""Tables of audit.db: the log as it was handed over, and what was refused."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.interfaces import create_home
from storage.migrations.rules import never_emptied, refuse

revision = "audit0001"
down_revision = None

_KEPT = ("audit_leaves", "audit_checkpoints", "audit_cosignatures", "audit_stamps", "alarms")


def upgrade() -> None:
    """Create the tables, and forbid what is never done to them."""
    create_home()
    _create_log()
    _create_proofs()
    for table in _KEPT:
        refuse(f"{table}_not_updated", f"UPDATE ON {table}", "1", f"{table}: never changed")
        refuse(f"{table}_not_deleted", f"DELETE ON {table}", "1", f"{table}: never deleted")
    refuse(
        "audit_leaves_in_order",
        "INSERT ON audit_leaves",
        "NEW.position <> (SELECT coalesce(max(position) + 1, 0) FROM audit_leaves)",
        "the audit log has no gaps",
    )
    refuse(
        "audit_checkpoints_grow",
        "INSERT ON audit_checkpoints",
        "NEW.size <= (SELECT max(size) FROM audit_checkpoints)",
        "the signed audit log only grows",
    )
    never_emptied(*_KEPT, "home")


def _create_log() -> None:
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
    op.create_table(
        "audit_checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_checkpoints")),
    )


def _create_proofs() -> None:
    op.create_table(
        "audit_cosignatures",
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("witness", sa.String(length=128), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", "witness", "key_id", name=op.f("pk_audit_cosignatures")),
        sa.ForeignKeyConstraint(
            ["size"], ["audit_checkpoints.size"], name=op.f("fk_audit_cosignatures_size")
        ),
    )
    op.create_table(
        "audit_stamps",
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=128), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", "authority", name=op.f("pk_audit_stamps")),
        sa.ForeignKeyConstraint(
            ["size"], ["audit_checkpoints.size"], name=op.f("fk_audit_stamps_size")
        ),
    )
    op.create_table(
        "alarms",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("code", sa.String(length=128), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_alarms")),
    )
