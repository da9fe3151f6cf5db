"""Tables of signin.db: who may open the door of one application, and who is inside."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from storage.tables.base import SIGNIN, Utc, opaque

ACCOUNTS: Final = Table(
    "accounts",
    SIGNIN,
    Column("id", String(32), primary_key=True),
    Column("name", opaque(), nullable=False, unique=True),
    Column("actor", opaque(), nullable=False, index=True),
    Column("password", String(256)),
    Column("totp", LargeBinary),
    Column("totp_step", Integer),
    Column("identity", String(64), unique=True),
    Column("created_at", Utc, nullable=False),
    Column("disabled_at", Utc),
)
"""`password` is a PHC string of Argon2id, `totp` a sealed secret, `totp_step` the last time step
that was used, `identity` a digest of whom an identity provider knows."""

PASSKEYS: Final = Table(
    "passkeys",
    SIGNIN,
    Column("id", String(512), primary_key=True),
    Column("account_id", String(32), ForeignKey("accounts.id"), nullable=False, index=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("uses", Integer, nullable=False),
    Column("added_at", Utc, nullable=False),
)
"""`uses` is the authenticator's own counter: it never goes back."""

SESSIONS: Final = Table(
    "sessions",
    SIGNIN,
    Column("digest", String(64), primary_key=True),
    Column("account_id", String(32), ForeignKey("accounts.id"), index=True),
    Column("actor", opaque(), nullable=False, index=True),
    Column("case_id", String(32)),
    Column("stage", opaque(), nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("stepped_up_at", Utc),
    Column("challenge", LargeBinary),
)
"""A session is found by the SHA-256 of its token, which is nowhere else. A link's session has no
account and is for one case."""

LINKS: Final = Table(
    "links",
    SIGNIN,
    Column("digest", String(64), primary_key=True),
    Column("purpose", opaque(), nullable=False),
    Column("account_id", String(32), ForeignKey("accounts.id")),
    Column("actor", opaque(), nullable=False),
    Column("case_id", String(32)),
    Column("code", String(256)),
    Column("made_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("spent_at", Utc),
)
"""`code` is a PHC string of Argon2id of the second factor that travels another way."""

ATTEMPTS: Final = Table(
    "attempts",
    SIGNIN,
    Column("whose", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Utc, nullable=False),
)
"""Failures since the last success, by a keyed digest of the name, address or link."""

EVENTS: Final = Table(
    "events",
    SIGNIN,
    Column("id", String(32), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("actor", opaque()),
    Column("what", opaque(), nullable=False),
    Index(None, "at"),
)
"""What happened at the door, for good; without an actor where nobody was recognised."""
