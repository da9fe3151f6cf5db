"""Tables of the blind index over e-mail addresses and handles, with its first key's id."""

import uuid

import sqlalchemy as sa
from alembic import op

from storage.migrations.rules import refuse

revision = "raw0006"
down_revision = "raw0005"


def upgrade() -> None:
    """Create the tables and name the first key; its lockbox is made when it is first used."""
    op.create_table(
        "blind_index",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "kind", "digest", name=op.f("pk_blind_index")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_blind_index_case_id")),
    )
    op.create_index(op.f("ix_blind_index_kind_digest"), "blind_index", ["kind", "digest"])
    keys = op.create_table(
        "blind_index_keys",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_blind_index_keys")),
        sa.UniqueConstraint("id", name=op.f("uq_blind_index_keys_id")),
    )
    op.bulk_insert(keys, [{"id": uuid.uuid4().hex}])
    refuse("blind_index_stays", "UPDATE ON blind_index", "1", "blind_index: never changed")
    refuse(
        "blind_index_keys_stay",
        "UPDATE ON blind_index_keys",
        "1",
        "blind_index_keys: never changed",
    )
