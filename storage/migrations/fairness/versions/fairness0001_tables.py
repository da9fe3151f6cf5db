"""Tables of fairness.db: what every interface has, an inbox and a shelf."""

from storage.migrations.interfaces import create_exchange, create_home, create_standing

revision = "fairness0001"
down_revision = None


def upgrade() -> None:
    """Create the tables, and forbid what is never done to them."""
    create_home()
    create_standing()
    create_exchange()
