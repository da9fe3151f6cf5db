"""Tables for entries that wait for the tree, witnesses' cosignatures, and time stamps."""

import sqlalchemy as sa
from alembic import op

revision = "raw0004"
down_revision = "raw0003"

_RULES = (
    ("audit_queue", "UPDATE"),
    ("audit_cosignatures", "UPDATE"),
    ("audit_cosignatures", "DELETE"),
    ("audit_stamps", "UPDATE"),
    ("audit_stamps", "DELETE"),
)


def upgrade() -> None:
    """Create the tables, and forbid what is never done to them."""
    op.create_table(
        "audit_queue",
        sa.Column("qid", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("object_id", sa.String(length=128), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("qid", name=op.f("pk_audit_queue")),
    )
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
    for table, event in _RULES:
        _forbid(table, event)


def _forbid(table: str, event: str) -> None:
    name = f"{table}_not_{event.lower()}d"
    message = f"{table}: never {'changed' if event == 'UPDATE' else 'deleted'}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN 1"
            f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',"
        f" MESSAGE = '{message}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
