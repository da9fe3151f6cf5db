"""Whoever released a package never decides on it: the rule on deciders lacked that part."""

from storage.migrations.rules import refuse

revision = "raw0007"
down_revision = "raw0006"


def upgrade() -> None:
    """Create the trigger."""
    refuse(
        "duties_decider_released",
        "INSERT ON duties",
        "NEW.duty = 'decided' AND EXISTS (SELECT 1 FROM duties WHERE case_id = NEW.case_id"
        " AND actor = NEW.actor AND duty = 'released')",
        "E-S10-TAINTED-DECIDER who released the package never decides",
        locking="cases WHERE id = NEW.case_id FOR NO KEY UPDATE",
    )
