"""Rules that keys.db itself holds: no lockbox under an old key, none for a destroyed case."""

from storage.migrations.rules import never_emptied, refuse

revision = "keys0002"
down_revision = "keys0001"

_REFUSALS = (
    (
        "lockboxes_under_current_key",
        "INSERT ON lockboxes",
        "NEW.version <> coalesce((SELECT version FROM versions WHERE domain = NEW.domain), -1)",
        "a lockbox is wrapped by the current key",
    ),
    (
        "lockboxes_not_revived",
        "INSERT ON lockboxes",
        "EXISTS (SELECT 1 FROM dropped WHERE case_id = NEW.case_id)",
        "the keys of this case were destroyed",
    ),
    (
        "versions_grow",
        "UPDATE ON versions",
        "NEW.version <= OLD.version OR NEW.domain <> OLD.domain",
        "key versions only grow",
    ),
    ("versions_kept", "DELETE ON versions", "1", "versions: never deleted"),
    ("dropped_kept", "DELETE ON dropped", "1", "dropped: never deleted"),
    (
        "dropped_stay",
        "UPDATE ON dropped",
        "OLD.finished_at IS NOT NULL OR NEW.finished_at IS NULL OR NEW.case_id <> OLD.case_id"
        " OR NEW.at <> OLD.at",
        "dropped: finished once, never changed",
    ),
    ("home_stays", "UPDATE ON home", "1", "home: never changed"),
    ("home_kept", "DELETE ON home", "1", "home: never deleted"),
    (
        "witness_grows",
        "UPDATE ON witness",
        "NEW.size < OLD.size OR NEW.checkpoints <= OLD.checkpoints",
        "the witnessed audit log only grows",
    ),
    ("witness_kept", "DELETE ON witness", "1", "witness: never deleted"),
)


def upgrade() -> None:
    """Create the triggers."""
    for name, event, when, message in _REFUSALS:
        refuse(name, event, when, message)
    never_emptied("home", "versions", "dropped", "witness")
