"""An inbox for what managers write, and a shelf of what their process needs for it."""

from storage.migrations.interfaces import create_exchange

revision = "released0003"
down_revision = "released0002"


def upgrade() -> None:
    """Create the tables, and forbid what is never done to them."""
    create_exchange()
