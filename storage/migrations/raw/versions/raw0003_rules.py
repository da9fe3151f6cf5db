"""Rules that raw.db itself holds: consent before capture, separation of duties, nothing rewritten.

A message that begins with an error code surfaces as that error. What depends on other rows of a
case locks the case first on PostgreSQL, so that two who act at once cannot both be in time.
"""

from storage.migrations.rules import never_emptied, refuse

revision = "raw0003"
down_revision = "raw0002"

_COLLECTED = "who collected never reviews or releases"

_DESTROYED = (
    "NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = OLD.case_id AND cases.state = 'destroyed')"
)

_DID = "SELECT 1 FROM duties WHERE case_id = NEW.case_id AND actor = NEW.actor AND duty"

_BY_REVIEWER = (
    "SELECT 1 FROM duties d JOIN packages p ON p.case_id = d.case_id"
    " WHERE p.id = NEW.package_id AND d.actor = NEW.reviewer AND d.duty"
)

_APPROVED = (
    "SELECT 1 FROM approvals a JOIN packages p ON p.id = a.package_id"
    " WHERE p.case_id = NEW.case_id AND a.reviewer = NEW.actor"
)

_NEWEST = "(SELECT max(version) FROM packages WHERE case_id = NEW.case_id)"

_EXPOSED = "SELECT 1 FROM exposures WHERE case_id = NEW.case_id AND actor = NEW.actor"

_REFUSALS = (
    # name, event and table, when, message
    (
        "captures_need_consent",
        "INSERT ON captures",
        "NOT EXISTS (SELECT 1 FROM consents c JOIN consent_items i ON i.consent_id = c.id"
        " WHERE c.id = NEW.consent_id AND c.case_id = NEW.case_id"
        " AND i.item = NEW.consent_item AND i.granted"
        " AND c.signed_at <= NEW.captured_at AND NEW.captured_at < c.expires_at"
        " AND (c.withdrawn_at IS NULL OR c.withdrawn_at > NEW.captured_at))",
        "a capture needs a consent that covers it at that time",
    ),
    (
        "consents_stay",
        "UPDATE ON consents",
        "OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR NEW.seq <> OLD.seq"
        " OR NEW.id <> OLD.id OR NEW.case_id <> OLD.case_id"
        " OR NEW.lookback_years <> OLD.lookback_years OR NEW.signed_at <> OLD.signed_at"
        " OR NEW.consequence_sha256 <> OLD.consequence_sha256"
        " OR NEW.consequence_acknowledged <> OLD.consequence_acknowledged"
        " OR NEW.expires_at <> OLD.expires_at OR NEW.notice <> OLD.notice",
        "a consent can only be withdrawn, once",
    ),
    ("consent_items_stay", "UPDATE ON consent_items", "1", "a consent never changes"),
    (
        "consent_items_complete",
        "INSERT ON consent_items",
        "EXISTS (SELECT 1 FROM consents WHERE id = NEW.consent_id)",
        "a consent never grows",
    ),
    (
        "consent_items_kept",
        "DELETE ON consent_items",
        "NOT EXISTS (SELECT 1 FROM consents c JOIN cases ON cases.id = c.case_id"
        " WHERE c.id = OLD.consent_id AND cases.state = 'destroyed')",
        "consent_items: deleted only when the case is destroyed",
    ),
    (
        "approvals_kept",
        "DELETE ON approvals",
        "NOT EXISTS (SELECT 1 FROM packages p JOIN cases ON cases.id = p.case_id"
        " WHERE p.id = OLD.package_id AND cases.state = 'destroyed')",
        "approvals: deleted only when the case is destroyed",
    ),
    (
        "evidence_stays",
        "UPDATE ON evidence",
        "NEW.seq <> OLD.seq OR NEW.id <> OLD.id OR NEW.case_id <> OLD.case_id"
        " OR NEW.capture_id <> OLD.capture_id OR NEW.ordinal <> OLD.ordinal"
        " OR NEW.body <> OLD.body",
        "evidence never changes; only its grade does",
    ),
    (
        "holds_stay",
        "UPDATE ON holds",
        "OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL OR NEW.id <> OLD.id"
        " OR NEW.case_id <> OLD.case_id OR NEW.placed_by <> OLD.placed_by"
        " OR NEW.placed_at <> OLD.placed_at OR NEW.body <> OLD.body",
        "a hold can only be lifted, once",
    ),
    (
        "cases_step_by_step",
        "UPDATE ON cases",
        "NEW.version <> OLD.version + 1 OR OLD.state = 'destroyed' OR NEW.id <> OLD.id"
        " OR NEW.requisition_id <> OLD.requisition_id OR NEW.opened_at <> OLD.opened_at"
        " OR NEW.opened_by <> OLD.opened_by",
        "a case changes one version at a time and never after its destruction",
    ),
    (
        "cases_held",
        "UPDATE ON cases",
        "NEW.state = 'destroyed' AND EXISTS"
        " (SELECT 1 FROM holds WHERE case_id = NEW.id AND lifted_at IS NULL)",
        "a hold is in force",
    ),
    ("cases_kept", "DELETE ON cases", "1", "a case is never deleted"),
    (
        "approvals_not_by_collector",
        "INSERT ON approvals",
        f"EXISTS ({_BY_REVIEWER} = 'collected')",
        f"E-S1-SOD {_COLLECTED}",
    ),
    (
        "approvals_not_by_decider",
        "INSERT ON approvals",
        f"EXISTS ({_BY_REVIEWER} = 'decided')",
        "E-S1-SOD who decided never reviews",
    ),
    (
        "approvals_by_two",
        "INSERT ON approvals",
        "EXISTS (SELECT 1 FROM approvals"
        " WHERE package_id = NEW.package_id AND reviewer = NEW.reviewer)",
        "E-S1-SOD two different reviewers approve",
    ),
    (
        "approvals_at_most_two",
        "INSERT ON approvals",
        "(SELECT count(*) FROM approvals WHERE package_id = NEW.package_id) >= 2",
        "E-S1-SOD the package has both its approvals",
    ),
    (
        "approvals_of_current",
        "INSERT ON approvals",
        "EXISTS (SELECT 1 FROM packages this JOIN packages later ON later.case_id = this.case_id"
        " WHERE this.id = NEW.package_id AND later.version > this.version)",
        "a newer package has superseded this one",
    ),
    (
        "duties_collector",
        "INSERT ON duties",
        f"(NEW.duty IN ('reviewed', 'released') AND EXISTS ({_DID} = 'collected'))"
        " OR (NEW.duty = 'collected'"
        f" AND (EXISTS ({_DID} IN ('reviewed', 'released')) OR EXISTS ({_APPROVED})))",
        f"E-S1-SOD {_COLLECTED}",
    ),
    (
        "duties_releaser",
        "INSERT ON duties",
        f"NEW.duty = 'released' AND EXISTS ({_APPROVED} AND p.version = {_NEWEST})",
        "E-S1-SOD who approved the package does not release it",
    ),
    (
        "duties_decider",
        "INSERT ON duties",
        f"NEW.duty = 'decided' AND (EXISTS ({_DID} IN ('collected', 'reviewed'))"
        f" OR EXISTS ({_APPROVED}) OR EXISTS ({_EXPOSED}))",
        "E-S10-TAINTED-DECIDER who saw raw evidence never decides",
    ),
    (
        "duties_after_decision",
        "INSERT ON duties",
        f"NEW.duty <> 'decided' AND EXISTS ({_DID} = 'decided')",
        "E-S1-SOD who decided takes no other part",
    ),
    (
        "audit_leaves_in_order",
        "INSERT ON audit_leaves",
        "NEW.position <> (SELECT coalesce(max(position) + 1, 0) FROM audit_leaves)",
        "the audit log has no gaps",
    ),
    (
        "audit_head_grows",
        "UPDATE ON audit_head",
        "NEW.size < OLD.size",
        "the audit log only grows",
    ),
    (
        "audit_checkpoints_grow",
        "INSERT ON audit_checkpoints",
        "NEW.size <= (SELECT max(size) FROM audit_checkpoints)",
        "a checkpoint never covers less than the one before",
    ),
)

_NEVER_UPDATED = (
    "captures",
    "records",
    "packages",
    "approvals",
    "duties",
    "exposures",
    "audit_leaves",
    "audit_checkpoints",
    "home",
)

_NEVER_DELETED = ("audit_leaves", "audit_head", "audit_checkpoints", "home", "duties", "exposures")

_LOCKS = {
    "captures": "cases WHERE id = NEW.case_id FOR NO KEY UPDATE",
    "approvals": (
        "cases c JOIN packages p ON p.case_id = c.id WHERE p.id = NEW.package_id"
        " FOR NO KEY UPDATE OF c"
    ),
    "duties": "cases WHERE id = NEW.case_id FOR NO KEY UPDATE",
    "audit_leaves": "audit_head WHERE one = 1 FOR NO KEY UPDATE",
    "audit_checkpoints": "audit_head WHERE one = 1 FOR NO KEY UPDATE",
}
"""By table: what an insert on it locks before its rules are weighed."""

_DELETED_WITH_THE_CASE = ("consents", "captures", "evidence", "records", "packages", "holds")


def upgrade() -> None:
    """Create the triggers."""
    for name, event, when, message in _REFUSALS:
        verb, _, table = event.partition(" ON ")
        locking = _LOCKS.get(table, "") if verb == "INSERT" else ""
        refuse(name, event, when, message, locking=locking)
    for table in _NEVER_UPDATED:
        refuse(f"{table}_not_updated", f"UPDATE ON {table}", "1", f"{table}: never changed")
    for table in _NEVER_DELETED:
        refuse(f"{table}_not_deleted", f"DELETE ON {table}", "1", f"{table}: never deleted")
    for table in _DELETED_WITH_THE_CASE:
        refuse(
            f"{table}_not_deleted",
            f"DELETE ON {table}",
            _DESTROYED,
            f"{table}: deleted only when the case is destroyed",
        )
    never_emptied(*_NEVER_DELETED, *_DELETED_WITH_THE_CASE, "cases", "approvals", "consent_items")
